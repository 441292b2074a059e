"""What a script spells out as constants is found, and nothing else; the answers are those of the plain twin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.constants import joined, next_escapes, next_numbers, without_junk
from reference import constants as reference

Next = Callable[[bytes, int, int], tuple[int, int, bytes] | None]
NUMBERS = b"1|65|255|256|0x41|0X4|007|1000|,|, | ,\n|         |x|_|;"
ESCAPES = b"%41|\\x42|&#x43;|&#43;|\\|%4|&|a"
STRINGS = b"'|\"|+|' + '|\"\t&\n'|\n|=|-|\xff|\0"
PIECES = st.sampled_from(b"|".join((NUMBERS, ESCAPES, STRINGS)).split(b"|"))


def every(find: Next, data: bytes, least: int) -> list[tuple[int, int, bytes]]:
    """All of them, one after the other."""
    found = []
    at = 0
    while (one := find(data, at, least)) is not None:
        found.append(one)
        at = one[1]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"[77, 90, 0x90]", b"MZ\x90"),
        (b"(77,\n90 ,3)", b"MZ\3"),
        (b"x = 177,90,255;", b"\xb1Z\xff"),
        (b"1,2,a77,90,3", None),
        (b"1,2,256", None),
        (b"1,2,1000,3", None),
        (b"1, 2" + b" " * 9 + b", 3", None),
        (b"1;2;3", None),
    ],
)
def test_numbers(text: bytes, expected: bytes | None) -> None:
    """Decimal and hexadecimal, up to what is no byte; a word is no number."""
    found = next_numbers(text, 0, 3)
    assert (found and found[2]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"unescape('%4D%5a%90')", b"MZ\x90"),
        (b'"\\x4d\\x5A\\x00"', b"MZ\0"),
        (b"&#x4d;&#X5A&#x0a;", b"MZ\n"),
        (b"%4d\\x5a&#x90;", b"MZ\x90"),
        (b"%4d%5", None),
        (b"%4d%5a %90", None),
        (b"&#77;&#90;&#10;", None),
    ],
)
def test_escapes(text: bytes, expected: bytes | None) -> None:
    """The three ways to write a byte, in any mixture, without anything between."""
    found = next_escapes(text, 0, 3)
    assert (found and found[2]) == expected


def test_spans() -> None:
    """What is found stands where it says, and the search goes on behind it."""
    text = b"a(1,2,3); b(4,5,6)"
    assert [text[start:end] for start, end, _ in every(next_numbers, text, 3)] == [b"1,2,3", b"4,5,6"]
    text = b"'%41%42%43' '%44%45%46'"
    assert [text[start:end] for start, end, _ in every(next_escapes, text, 3)] == [b"%41%42%43", b"%44%45%46"]


def test_joined() -> None:
    """Strings in pieces become one, of either quotes and operators; arithmetic stays."""
    assert joined(b"'ab' + 'cd'+\"ef\" &\n'g'") == b"'abcdefg'"
    assert joined(b"a + b & c") is None
    assert joined(b"'a' + b + 'c'") is None


def test_without_junk() -> None:
    """Lines of base64 lose what is no base64, and what follows it."""
    assert without_junk(b"QUJD!comment\nREVG\n-- x\n") == b"QUJD\nREVG\n\n"


@settings(deadline=None)
@given(st.lists(PIECES, max_size=60).map(b"".join), st.sampled_from([1, 2, 5]))
def test_twin(data: bytes, least: int) -> None:
    """The same as the plain twin, whatever stands around."""
    assert [found for _, _, found in every(next_escapes, data, least)] == reference.escapes(data, least)
    least = max(least, 2)
    assert [found for _, _, found in every(next_numbers, data, least)] == reference.numbers(data, least)
    assert joined(data) == reference.joined(data)
    assert without_junk(data) == reference.without_junk(data)
