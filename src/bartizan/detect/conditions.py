"""What data must have for the condition of a YARA rule to be true: sets of literals, of each of which one stands in it.

In: the tokens of a condition, what its strings need (rule_strings.py), and what earlier rules need. Out: a Cover, or
None where nothing is certain. An `and` needs what all of its operands need; an `or` one of what its operands need, the
rarest set of each; `2 of` a set all but one of its strings, and so on. What is not understood needs nothing.

Why that is right: rule_strings gives what a match of a string has in it; here only operands are used that are false, or
undefined, when the string has no match, and nothing that stands below a `not`. tests/detect/test_routing.py holds
libyara to it.
Limits: _DEPTH levels of parentheses (Doubt), MOST sets of a cover.
Not here: which rules run (routing.py).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bartizan.detect.rarity import share_of
from bartizan.detect.rule_source import Doubt, Token, closing
from bartizan.detect.rule_strings import Needs, folded

TELLING = 0.2
"""A set of which so many mails have a literal tells little: it is kept only where there is no other."""
MOST = 8
"""Sets of literals that are kept."""

_BOOLEAN = frozenset(("and", "or", "not", "defined", "for", "of"))
_READ = {"uint32": "little", "uint32be": "big"}
_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Cover:
    """What all data has for which something is true: of each set one literal at least; the rarest set first."""

    needs: tuple[frozenset[bytes], ...]

    @property
    def share(self) -> float:
        """How many mails have it, by a guess."""
        return math.prod(map(share_of, self.needs))


NEVER = Cover((frozenset(),))
"""What is false for all data."""


class Condition:
    """Reads the condition of one rule."""

    def __init__(self, strings: dict[str, list[Needs]], rules: dict[str, Cover | None]) -> None:
        """`strings` by their names, `rules` that may be asked for by theirs."""
        self._strings = {name: [_cover(needs) for needs in all] for name, all in strings.items()}
        self._rules = rules

    def cover(self, tokens: list[Token], depth: int) -> Cover | None:
        """What a boolean expression needs to be true."""
        if depth > _DEPTH:
            raise Doubt
        branches = []
        for branch in _split(tokens, "or"):
            cover = _all([self._operand(operand, depth) for operand in _split(branch, "and")])
            if cover is None:
                return None
            branches.append(cover)
        return branches[0] if len(branches) == 1 else _one(branches)

    def _operand(self, tokens: list[Token], depth: int) -> Cover | None:
        words = [token.text for token in tokens]
        if not words:
            raise Doubt
        if words[0] == "(" and closing(tokens, 0) == len(tokens) - 1:
            return self.cover(tokens[1:-1], depth + 1)
        if words == ["false"]:
            return NEVER
        if words[0] == "for":
            return self._loop(tokens, words)
        of = words.index("of") if "of" in words else -1
        if of >= 0:
            return self._some(words[:of], tokens[of + 1 :])
        if _BOOLEAN.intersection(words):
            return None
        if len(words) == 1:
            return self._string(words[0]) if words[0][0] == "$" else self._rules.get(words[0])
        return self._compared(words)

    def _compared(self, words: list[str]) -> Cover | None:
        """An expression without boolean operators: undefined without a place, false without a number of matches."""
        if words[0][0] == "$" and words[1] in ("at", "in"):
            return self._string(words[0])
        if words[0][0] == "#" and len(words) == 3 and _at_least_one(words[1], words[2]):
            return self._string("$" + words[0][1:])
        if words[0] in _READ and len(words) == 6 and words[1:5] == ["(", "0", ")", "=="]:
            return _cover([frozenset((folded(_number(words[5]).to_bytes(4, _READ[words[0]])),))])  # type: ignore[arg-type]
        return _all([self._string("$" + word[1:]) for word in words if word[0] in "@!" and len(word) > 1])

    def _string(self, name: str) -> Cover | None:
        """One string by its name."""
        found = self._strings.get(name, [])
        return found[0] if name != "$" and len(found) == 1 else None

    def _some(self, quantity: list[str], rest: list[Token]) -> Cover | None:
        """QUANTITY of a set of strings, perhaps at or in a place."""
        members, end = self._set(rest)
        if members is None or (rest[end:] and rest[end].text not in ("at", "in")):
            return None
        return _at_least(_least(quantity, len(members)), members)

    def _set(self, tokens: list[Token]) -> tuple[list[Cover | None] | None, int]:
        """The strings of a set, and behind which token it ends; no strings where it is one of rules."""
        if not tokens:
            raise Doubt
        if tokens[0].text == "them":
            return [cover for all in self._strings.values() for cover in all], 1
        end = closing(tokens, 0)
        if tokens[0].text != "(" or end < 0:
            raise Doubt
        members: list[Cover | None] = []
        for token in tokens[1:end]:
            if token.text == ",":
                continue
            if token.text[0] != "$":
                return None, end + 1
            start = token.text.removesuffix("*")
            exact = start == token.text
            members += [
                c for n, all in self._strings.items() if n == start or (not exact and n.startswith(start)) for c in all
            ]
        return members, end + 1

    def _loop(self, tokens: list[Token], words: list[str]) -> Cover | None:
        """`for QUANTITY of SET : ( BODY )`, and `for QUANTITY NAME in (1..#a) : ( BODY )`."""
        if words[2:3] == ["of"]:
            members, end = self._set(tokens[3:])
            body = tokens[3 + end + 1 :]
            if members is None or words[3 + end : 3 + end + 1] != [":"] or not _asks_for_match(body):
                return None
            return _at_least(_least([words[1]], len(members)), members)
        if words[1] == "any" and words[3:7] == ["in", "(", "1", ".."] and words[7][0] == "#" and words[8] == ")":
            return self._string("$" + words[7][1:])
        return None


def _asks_for_match(body: list[Token]) -> bool:
    """Is the body of a loop over strings false for a string without a match?"""
    if len(body) < 3 or body[0].text != "(" or closing(body, 0) != len(body) - 1:
        return False
    for branch in _split(body[1:-1], "or"):
        if not any(_true_for_match(operand) for operand in _split(branch, "and")):
            return False
    return True


def _true_for_match(operand: list[Token]) -> bool:
    words = [token.text for token in operand]
    if not words or _BOOLEAN.intersection(words):
        return False
    if words[0] == "$":
        return len(words) == 1 or words[1] in ("at", "in")
    if words[0] == "#":
        return len(words) == 3 and _at_least_one(words[1], words[2])
    return "@" in words or "!" in words


def _at_least_one(sign: str, number: str) -> bool:
    """Is `#a SIGN NUMBER` false when there is no match?"""
    if not number.isdigit():
        return False
    return (sign == ">" and int(number) >= 0) or (sign in (">=", "==") and int(number) >= 1)


def _least(quantity: list[str], members: int) -> int:
    """How many of a set must match, at least; 0: perhaps none."""
    if quantity == ["all"]:
        return members
    if quantity == ["any"]:
        return 1
    if len(quantity) == 1 and quantity[0].isdigit():
        return int(quantity[0])
    return 1 if len(quantity) == 2 and quantity[1] == "%" and quantity[0].isdigit() and int(quantity[0]) > 0 else 0


def _at_least(count: int, members: list[Cover | None]) -> Cover | None:
    """What is needed for so many of these: all but count - 1 of them have none."""
    if count <= 0:
        return None
    if count > len(members):
        return NEVER
    if count == len(members):
        return _all(members)
    wanted = len(members) - count + 1
    known = sorted((cover for cover in members if cover is not None), key=lambda cover: cover.share)
    return _one(known[:wanted]) if len(known) >= wanted else None


def _all(covers: Iterable[Cover | None]) -> Cover | None:
    """What all of these need that are known."""
    needs = {literals: None for cover in covers if cover is not None for literals in cover.needs}
    best = sorted(needs, key=share_of)
    return Cover((best[0], *(need for need in best[1:MOST] if share_of(need) < TELLING))) if best else None


def _one(covers: Iterable[Cover]) -> Cover:
    """What any of these needs: the rarest set of each, as one."""
    return Cover((frozenset().union(*(cover.needs[0] for cover in covers)),))


def _cover(needs: Needs) -> Cover | None:
    return _all([Cover(tuple(needs))])


def _split(tokens: list[Token], word: str) -> Iterator[list[Token]]:
    """The operands of the outermost operator `word`."""
    depth = 0
    piece: list[Token] = []
    for token in tokens:
        depth += (token.text in ("(", "[")) - (token.text in (")", "]"))
        if depth < 0:
            raise Doubt
        if depth == 0 and token.kind == "word" and token.text == word:
            yield piece
            piece = []
        else:
            piece.append(token)
    yield piece


def _number(text: str) -> int:
    try:
        return int(text, 0) & 0xFFFFFFFF
    except ValueError:
        raise Doubt from None
