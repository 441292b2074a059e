"""Literals are found wherever they stand, in either case, and nothing is found that is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.grams import Grams

LITERALS = [
    b"abcd",
    b"bcde",
    b"abcde",
    b"\0\0\0\0",
    b"a\0b\0c\0",
    b"zzzzzzzz",
    b"dcba",
    b"abcdabcd",
    b"\xff\xfe\xfd\xfc",
]
PIECES = st.sampled_from([*LITERALS, b"AB", b"Cd", b"e", b"\0", b"a", b"Z", b"\xff\xfe"])


@given(st.lists(PIECES | st.binary(max_size=4), max_size=30).map(b"".join))
def test_alike(data: bytes) -> None:
    """Each that is in the data in lower case, once."""
    found = Grams(LITERALS).find(data)
    assert sorted(found) == [number for number, literal in enumerate(LITERALS) if literal in data.lower()]
    assert sorted(Grams(LITERALS).find(memoryview(data))) == sorted(found)


@given(st.lists(st.binary(min_size=4, max_size=9).map(bytes.lower), max_size=40), st.binary(max_size=400))
def test_any_literals(literals: list[bytes], data: bytes) -> None:
    """Whatever they are, and however many begin alike or are the same."""
    data += b"".join(literals[::3]).upper()
    lower = data.lower()
    expected = [number for number, literal in enumerate(literals) if literal in lower]
    assert sorted(Grams(literals).find(data)) == expected


def test_only_ascii_has_case() -> None:
    """As YARA sees it."""
    assert Grams([b"\xe4\xe4\xe4\xe4"]).find(b"\xc4\xc4\xc4\xc4") == []
    assert Grams([b"@[`{"]).find(b"@[`{`{@[") == [0]


def test_many() -> None:
    """More than there are slots for at first."""
    literals = [b"%06d" % number for number in range(50_000)]
    grams = Grams(literals)
    assert len(grams) == 50_000
    assert sorted(grams.find(b"x049999, 000000; 12345")) == [0, 49_999]


@pytest.mark.parametrize("literal", [b"", b"abc", b"ABCD", b"abcD"])
def test_no_literal(literal: bytes) -> None:
    """Too short, or in capitals."""
    with pytest.raises(ValueError, match="a literal"):
        Grams([literal])


def test_nothing() -> None:
    """No literals, no data."""
    assert Grams([]).find(b"abcd") == []
    assert Grams([b"abcd"]).find(b"") == Grams([b"abcd"]).find(b"abc") == []
