"""Data made for a rule to match: its own strings, behind what its condition reads at fixed places.

For tests: real mail matches next to nothing. What a condition asks in other ways (modules, sums, numbers of matches) is
not understood here, so some rules have no data that they match.
"""

from __future__ import annotations

import codecs
import re
import re._constants as sre
import re._parser as parser
from collections.abc import Iterator

from bartizan.detect.rule_source import Rule, Token

_HEX = re.compile(r"//[^\n]*|/\*.*?\*/|\s+|~?[0-9A-Fa-f?]{2}|\[\s*(\d*)[^\]]*\]|[()|]", re.DOTALL)
_READ = {
    f"{sign}int{bits}{order}": (bits // 8, "big" if order else "little")
    for sign in ("", "u")
    for bits in (8, 16, 32)
    for order in ("", "be")
}
_UNITS = {"KB": 1024, "MB": 1 << 20}
LARGEST = 1 << 20


def inputs(rule: Rule) -> Iterator[bytes]:
    """Some data: with all strings, with those only that nothing excludes, with few, at the beginning."""
    strings = dict(_strings(rule))
    words = [token.text for token in rule.condition]
    fixed = dict(_fixed(words))
    wanted = {name: data for name, data in strings.items() if not _excluded(name, words)}
    for chosen in (wanted, strings, dict(list(wanted.items())[:1])):
        for glue in (b" \n", b""):
            body = bytearray(max((at + len(data) for at, data in fixed.items()), default=0))
            for at, data in fixed.items():
                body[at : at + len(data)] = data
            text = bytes(body) + glue + glue.join(data for data in chosen.values()) + glue
            yield text + bytes(max(0, _least_size(words) - len(text)))
            yield glue.join(chosen.values()) + bytes(max(0, _least_size(words) - len(text)))


def _strings(rule: Rule) -> Iterator[tuple[str, bytes]]:
    tokens = [token for token in rule.tokens if token.end <= rule.condition[0].start]
    starts = [i for i in range(len(tokens) - 1) if tokens[i].text[0] == "$" and tokens[i + 1].text == "="]
    for number, at in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(tokens)
        modifiers = {token.text for token in tokens[at + 3 : end]}
        data = _sample(tokens[at + 2])
        if "wide" in modifiers and "ascii" not in modifiers:
            data = b"".join(bytes((octet, 0)) for octet in data)
        name = tokens[at].text
        yield (name if name != "$" else f"${number}", data)


def _sample(value: Token) -> bytes:
    text = value.text
    if text.startswith('"'):
        return bytes(codecs.escape_decode(text[1:-1].encode("latin-1"))[0])
    if text.startswith("{"):
        return _hexadecimal(text[1:-1])
    pattern, _, flags = text[1:].rpartition("/")
    try:
        return _expression(parser.parse(pattern.replace("\\/", "/"), re.IGNORECASE if "i" in flags else 0)).encode(
            "latin-1"
        )
    except (re.error, ValueError):
        return b""


def _hexadecimal(text: str) -> bytes:
    out = bytearray()
    skipping = depth = 0
    for found in _HEX.finditer(text):
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            skipping = min(skipping, depth)
        elif token == "|":
            skipping = max(skipping, depth)
        elif skipping:
            continue
        elif token[0] == "[":
            out += bytes(int(found[1] or 0))
        elif token[0] == "~":
            out.append(~int(token[1:].replace("?", "0"), 16) & 0xFF)
        elif token.strip() and token[0] != "/":
            out.append(int(token.replace("?", "0"), 16))
    return bytes(out)


_OF_CATEGORY = {sre.CATEGORY_DIGIT: "1", sre.CATEGORY_SPACE: " ", sre.CATEGORY_WORD: "a"}


def _expression(parsed: object) -> str:
    out = ""
    for kind, value in parsed:  # type: ignore[attr-defined]
        if kind is sre.LITERAL:
            out += chr(value)
        elif kind is sre.NOT_LITERAL:
            out += "b" if value == 97 else "a"
        elif kind is sre.ANY:
            out += "a"
        elif kind is sre.IN:
            out += _member(value)
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            out += _expression(value[2]) * value[0]
        elif kind is sre.SUBPATTERN:
            out += _expression(value[3])
        elif kind is sre.BRANCH:
            out += _expression(value[1][0])
    return out


def _member(members: list[tuple[object, object]]) -> str:
    kind, value = members[0]
    if kind is sre.NEGATE:
        return next(sign for sign in "a1 .~\x01" if not any(_is_in(sign, member) for member in members[1:]))
    if kind is sre.RANGE:
        return chr(value[0])  # type: ignore[index]
    return _OF_CATEGORY.get(value, "~") if kind is sre.CATEGORY else chr(value)  # type: ignore[call-overload, arg-type]


def _is_in(sign: str, member: tuple[object, object]) -> bool:
    kind, value = member
    if kind is sre.RANGE:
        return value[0] <= ord(sign) <= value[1]  # type: ignore[index, no-any-return]
    return sign == _OF_CATEGORY.get(value) if kind is sre.CATEGORY else ord(sign) == value  # type: ignore[call-overload]


def _fixed(words: list[str]) -> Iterator[tuple[int, bytes]]:
    """What `uint16(0) == 0x5A4D` and the like read; the first for each place."""
    seen = set()
    for at, word in enumerate(words[:-5]):
        if word in _READ and words[at + 4] == "==" and words[at + 2] not in seen:
            size, order = _READ[word]
            try:
                place, number = int(words[at + 2], 0), int(words[at + 5], 0)
            except ValueError:
                continue
            if place < 4096:
                seen.add(words[at + 2])
                yield place, (number & (1 << 8 * size) - 1).to_bytes(size, order)  # type: ignore[arg-type]


def _excluded(name: str, words: list[str]) -> bool:
    """Does the condition say that it must not be there?"""
    for at, word in enumerate(words):
        if word == "not":
            behind = words[at + 1 : at + 8]
            if any(
                name == item or (item.endswith("*") and name.startswith(item[:-1]) and len(item) > 2) for item in behind
            ):
                return True
    return False


def _least_size(words: list[str]) -> int:
    for at, word in enumerate(words[:-2]):
        if word == "filesize" and words[at + 1] in (">", ">="):
            number = re.fullmatch(r"(\d+)(KB|MB)?", words[at + 2])
            if number:
                return min(LARGEST, int(number[1]) * _UNITS.get(number[2], 1) + 1)
    return 0
