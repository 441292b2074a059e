"""Structured header values: the standard's reading first, every oddity flagged, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.headers import FLAG_BAD, FLAG_COMMENT, parse_field

PLAIN = [
    (b" multipart/mixed; boundary=abc", (b"multipart/mixed", [(b"boundary", b"abc")])),
    (b'TEXT/Plain;\r\n\tcharset="utf-8"', (b"text/plain", [(b"charset", b"utf-8")])),
    (b'a/b; NAME="x;y.exe"; size=3', (b"a/b", [(b"name", b"x;y.exe"), (b"size", b"3")])),
    (b"attachment; filename=a.zip;", (b"attachment", [(b"filename", b"a.zip")])),
    (b"a/b ; x = y", (b"a/b", [(b"x", b"y")])),
    (b"a/b; filename*0*=utf-8''a; filename*1=b", (b"a/b", [(b"filename*0*", b"utf-8''a"), (b"filename*1", b"b")])),
    (b"base64", (b"base64", [])),
]
ODD = [
    (b'a/b; name="x\\"y"', (b"a/b", [(b"name", b'x"y'), (b"name", b'x\\"y')]), 0),
    (b"a/b (c); boundary=(x) y", (b"a/b", [(b"boundary", b"y")]), FLAG_COMMENT),
    (b"a/b; boundary=b(c)d", (b"a/b", [(b"boundary", b"bd"), (b"boundary", b"b(c)d")]), FLAG_COMMENT),
    (b"multipart/mixed boundary=b", (b"multipart/mixed", [(b"boundary", b"b")]), FLAG_BAD),
    (b'a/b; name="open', (b"a/b", [(b"name", b"open")]), FLAG_BAD),
    (b'a/b; name="x"y', (b"a/b", [(b"name", b"x")]), FLAG_BAD),
    (b"a/b; x:y=1; boundary=b", (b"a/b", [(b"x:y", b"1"), (b"boundary", b"b")]), 0),
    (b"a/b; =; boundary=b", (b"a/b", [(b"boundary", b"b")]), FLAG_BAD),
    (b"a/b; junk; boundary=b", (b"a/b", [(b"boundary", b"b")]), FLAG_BAD),
    (b"a/b; filename=my file.exe", (b"a/b", [(b"filename", b"my file.exe")]), FLAG_BAD),
    (b"a/b; boundary=boundary=x", (b"a/b", [(b"boundary", b"boundary=x")]), FLAG_BAD),
]


@pytest.mark.parametrize(("value", "expected"), PLAIN)
def test_plain_values(value: bytes, expected: tuple[bytes, list[tuple[bytes, bytes]]]) -> None:
    """What RFC 2045 allows is read as it says, without a flag."""
    assert (*expected, 0) == parse_field(value)


@pytest.mark.parametrize(("value", "expected", "flags"), ODD)
def test_odd_values(value: bytes, expected: tuple[bytes, list[tuple[bytes, bytes]]], flags: int) -> None:
    """Bad syntax loses no parameter, and is flagged."""
    assert (*expected, flags) == parse_field(value)


@given(st.lists(st.sampled_from([*b'a=;"\\() \t\r\n*/', 0, 255]), max_size=80).map(bytes))
def test_any_value(value: bytes) -> None:
    """Any bytes give a token and bounded parameters."""
    token, parameters, flags = parse_field(value)

    assert token == token.lower()
    assert len(parameters) <= 400
    assert 0 <= flags <= FLAG_BAD | FLAG_COMMENT


def test_many_parameters_are_bounded() -> None:
    """A header full of parameters is cut off and flagged."""
    _, parameters, flags = parse_field(b"a/b" + b"; x=y" * 5000)

    assert len(parameters) == 200
    assert flags & FLAG_BAD
