"""The source of YARA rules as tokens, and the rules in a file of them; as much of it as can be read with certainty.

In: the text of one rule file. Out: tokens with their places, rules with their conditions. Whatever is not understood
raises Doubt: who asks must then take the file as it is. Not here: what a condition means (plain_rules.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<text>"(?:[^"\\\n]|\\.)*")
    |(?P<word>[$\#@!]?[A-Za-z_0-9]+\*?|[$\#@!]\*?)
    |(?P<dots>\.\.)
    |(?P<sign>[=!<>]=|<<|>>|[^\s])""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\n]|\\.)+/[is]*")
_HEX = re.compile(r"\{(?:[^{}/\"]|//[^\n]*|/\*.*?\*/)*\}", re.DOTALL)


class Doubt(Exception):
    """Something that is not certain: the file is taken as it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of rule source; [start, end) are offsets into the text."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(source: str) -> Iterator[Token]:
    """Everything but white space and comments. Strings, hexadecimal strings and regular expressions are one token."""
    at = 0
    before = ""
    two_before = ""
    while at < len(source):
        found = None
        kind = "text"
        if source[at] == "/" and source[at + 1 : at + 2] not in ("/", "*"):
            # in a condition only `matches` takes a regular expression, else "/" would be a division
            if before not in ("=", "matches"):
                raise Doubt
            found = _REGEX.match(source, at)
        elif source[at] == "{" and before == "=" and two_before[:1] == "$":
            found = _HEX.match(source, at)
        else:
            found = _TOKEN.match(source, at)
            kind = str(found.lastgroup) if found else ""
        if found is None or (source[at] == '"' and kind != "text"):
            raise Doubt
        at = found.end()
        if kind != "space":
            two_before, before = before, found.group()
            yield Token(kind, found.group(), found.start(), at)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its tokens from the first modifier to the closing brace, and those of its condition."""

    name: str
    tokens: list[Token]
    condition: list[Token]

    @property
    def is_global(self) -> bool:
        """All other rules depend on it."""
        return any(token.text == "global" for token in self.tokens[:2])


def rules_of(tokens: list[Token]) -> Iterator[Rule]:
    """The rules of a file. Doubt when it is not made of imports and rules alone."""
    at = 0
    while at < len(tokens):
        first = at
        while at < len(tokens) and tokens[at].text in ("private", "global"):
            at += 1
        if tokens[at : at + 1] and tokens[at].text == "import" and first == at:
            if at + 1 >= len(tokens) or tokens[at + 1].kind != "text":
                raise Doubt
            at += 2
            continue
        if at + 1 >= len(tokens) or tokens[at].text != "rule":
            raise Doubt
        name = tokens[at + 1].text
        begin = _condition_at(tokens, at + 2)
        end = _end_of_rule(tokens, begin)
        yield Rule(name, tokens[first : end + 1], tokens[begin:end])
        at = end + 1


def _condition_at(tokens: list[Token], at: int) -> int:
    """The index behind `condition :` of the rule whose tags or opening brace are at `at`."""
    depth = 0
    while at + 1 < len(tokens):
        depth += (tokens[at].text == "{") - (tokens[at].text == "}")
        if depth == 1 and tokens[at].text == "condition" and tokens[at + 1].text == ":":
            return at + 2
        if depth > 1 or (depth == 0 and tokens[at].text == "rule"):
            break
        at += 1
    raise Doubt


def _end_of_rule(tokens: list[Token], at: int) -> int:
    """The index of the brace that ends the rule whose condition begins at `at`."""
    while at < len(tokens) and tokens[at].text != "}":
        if tokens[at].text == "{":
            raise Doubt
        at += 1
    if at == len(tokens):
        raise Doubt
    return at


def closing(tokens: list[Token], at: int) -> int:
    """The index of the parenthesis that closes the one at `at`; -1 when there is none."""
    depth = 0
    for index in range(at, len(tokens)):
        depth += (tokens[index].text == "(") - (tokens[index].text == ")")
        if depth == 0:
            return index
    return -1
