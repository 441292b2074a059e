"""Attributes of tags."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.tags import attributes
from pace import seconds


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        (b"<a>", {}),
        (b"<a b=c D='e f' g = \"h>'i\" j>", {b"b": b"c", b"d": b"e f", b"g": b"h>'i", b"j": b""}),
        (b"<a/b='c'd=e/f=g>", {b"b": b"c", b"d": b"e/f=g"}),
        (b"<a title=' b=c' b=d B=e>", {b"title": b" b=c", b"b": b"d"}),
        (b"<a b=&#99;&amp; =c d=>", {b"b": b"c&", b"=c": b"", b"d": b""}),
        (b"<a b='c", {b"b": b"c"}),
        ("<x:y é=ß>".encode(), {"é".encode(): "ß".encode()}),
    ],
)
def test_attributes(tag: bytes, found: dict[bytes, bytes]) -> None:
    """As a browser reads them."""
    assert attributes(tag) == found


@given(st.text("<ab='\"/> \n&;#9é", max_size=40).map(str.encode))
def test_any_tag(tag: bytes) -> None:
    """Nothing raises, and names are of the tag."""
    assert all(name in tag.lower() for name in attributes(tag))


@pytest.mark.parametrize("unit", [b"a ", b" ", b"=", b"'", b"a='", b'a="b"', b"/", b"a =\n"])
def test_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long."""
    small, large = (seconds(partial(attributes, b"<a " + unit * (size // len(unit)))) for size in (50_000, 200_000))
    assert large < 10 * max(small, 0.02)
