"""What must stand in data for a string of a YARA rule to match: bytes without which it cannot.

In: the tokens of a rule. Out: for each of its strings the ways to match it, as sets of literals: every match of the
string has at least one literal of each set in it. All literals are in lower case (ASCII only): who looks for them must
not mind case, so a string with or without `nocase` needs the same. A string of which nothing certain can be said has
no sets: text that is xor-ed or base64, short strings, expressions that are not understood.
Not here: what the condition asks of the strings (routing.py).
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from bartizan.detect.rule_source import Doubt, Rule, Token

SHORTEST = 4
"""Bytes of a literal that is worth looking for."""
Needs = list[frozenset[bytes]]
"""Sets of literals, of each of which a match has one at least."""

_HIDING = frozenset(("xor", "base64", "base64wide"))
_HEX = re.compile(
    r"//[^\n]*|/\*.*?\*/|\s+|(?P<byte>[0-9A-Fa-f]{2})|(?P<other>~?[0-9A-Fa-f?]{2}|\[[^\]]*\])|[()|]", re.DOTALL
)
_QUANTITY = re.compile(r"\{(\d*)(?:,\d*)?\}")
_CLASSES = "wWsSdDbB"
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "a": "\a", "v": "\v"}
_DEPTH = 30


def strings_of(rule: Rule) -> dict[str, list[Needs]]:
    """The needs of the strings of each name (`$a`; `$` has all without one)."""
    found: dict[str, list[Needs]] = {}
    tokens = [token for token in rule.tokens if token.end <= rule.condition[0].start]
    starts = [
        at
        for at, (name, sign) in enumerate(pairwise(tokens))
        if name.kind == "word" and name.text[0] == "$" and sign.text == "="
    ]
    for at, following in pairwise([*starts, len(tokens)]):
        words = {token.text for token in tokens[at + 3 : following]}
        found.setdefault(tokens[at].text, []).append(_needs(tokens[at + 2], words))
    return found


def folded(text: bytes) -> bytes:
    """ASCII in lower case."""
    return text.lower()


def _needs(value: Token, modifiers: set[str]) -> Needs:
    if modifiers & _HIDING:
        return []
    text = value.text
    try:
        if text.startswith('"'):
            plain = [frozenset((codecs.escape_decode(text[1:-1].encode("latin-1"))[0],))]
        elif text.startswith("{"):
            return _worth(_runs_of_hex(text[1:-1]))
        else:
            plain = _Expression(text[1 : text.rindex("/")]).needs()
    except (Doubt, ValueError):
        return []
    wide = [frozenset(map(_wide, literals)) for literals in plain]
    if "wide" not in modifiers:
        return _worth(plain)
    return _worth(wide if "ascii" not in modifiers else [one | other for one, other in zip(plain, wide, strict=True)])


def _wide(text: bytes) -> bytes:
    return b"".join(bytes((octet, 0)) for octet in text)


def _worth(needs: Needs) -> Needs:
    """Those whose literals are all long enough."""
    return [frozenset(map(folded, literals)) for literals in needs if min(map(len, literals), default=0) >= SHORTEST]


def _runs_of_hex(text: str) -> Needs:
    """The fixed bytes of a hexadecimal string between its jumps, wildcards and alternatives."""
    runs = [bytearray()]
    depth = at = 0
    while at < len(text):
        found = _HEX.match(text, at)
        if found is None:
            raise Doubt
        at = found.end()
        token = found[0]
        depth += (token == "(") - (token == ")")
        if found["byte"] and not depth:
            runs[-1].append(int(token, 16))
        elif found["other"] or token in ("(", ")", "|"):
            runs.append(bytearray())
    return [frozenset((bytes(run),)) for run in runs if run]


class _Expression:
    """A regular expression as YARA has them, as far as it is certain which bytes it takes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def needs(self) -> Needs:
        """What a match has."""
        found = self._alternatives(0)
        if self._at < len(self._text):
            raise Doubt
        return found

    def _alternatives(self, depth: int) -> Needs:
        """Up to the end or a closing parenthesis. Of several branches one set is made, the longest of each."""
        if depth > _DEPTH:
            raise Doubt
        branches = [self._branch(depth)]
        while self._next("|"):
            branches.append(self._branch(depth))
        if len(branches) == 1:
            return branches[0]
        if not all(branches):
            return []
        return [frozenset().union(*(max(branch, key=_shortest) for branch in branches))]

    def _branch(self, depth: int) -> Needs:
        needs: Needs = []
        run = bytearray()

        def flush() -> None:
            if run:
                needs.append(frozenset((bytes(run),)))
                run.clear()

        while self._at < len(self._text) and self._text[self._at] not in "|)":
            inner, character = self._atom(depth)
            least, many = self._quantity()
            if character is not None and least == 1 and not many:
                run += character
                continue
            if character is not None and least:
                run += character * min(least, 64)
            flush()
            if least:
                needs += inner
        flush()
        return needs

    def _atom(self, depth: int) -> tuple[Needs, bytes | None]:
        """One thing: what it needs, or the byte that it is."""
        sign = self._text[self._at]
        self._at += 1
        if sign == "(":
            if self._next("?") and not self._next(":"):
                raise Doubt
            inner = self._alternatives(depth + 1)
            if not self._next(")"):
                raise Doubt
            return inner, None
        if sign == "[":
            self._skip_class()
            return [], None
        if sign in ".^$":
            return [], None
        if sign in "*+?{}]":
            raise Doubt
        if sign == "\\":
            return [], self._escaped()
        return [], sign.encode("latin-1")

    def _escaped(self) -> bytes | None:
        """The byte behind a backslash; None for a class or place."""
        sign = self._text[self._at : self._at + 1]
        self._at += 1
        if sign == "x":
            self._at += 2
            return bytes((int(self._text[self._at - 2 : self._at], 16),))
        if not sign or sign in _CLASSES:
            return None
        if sign.isalnum() and sign not in _CONTROLS:
            raise Doubt
        return _CONTROLS.get(sign, sign).encode("latin-1")

    def _skip_class(self) -> None:
        text = self._text
        at = self._at + (text[self._at : self._at + 1] == "^")
        at += text[at : at + 1] == "]"
        while text[at : at + 1] not in ("]", ""):
            at += 2 if text[at] == "\\" else 1
        if at >= len(text):
            raise Doubt
        self._at = at + 1

    def _quantity(self) -> tuple[int, bool]:
        """How often the last thing must be there, and whether there may be any other number of it."""
        found = _QUANTITY.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
            least, many = int(found[1] or 0), True
        elif self._next("*") or self._next("?"):
            least, many = 0, True
        elif self._next("+"):
            least, many = 1, True
        else:
            return 1, False
        self._next("?")
        return least, many

    def _next(self, sign: str) -> bool:
        """Is this what comes now? Then it is behind us."""
        here = self._text[self._at : self._at + 1] == sign
        self._at += here
        return here


def _shortest(literals: frozenset[bytes]) -> int:
    return min(map(len, literals))
