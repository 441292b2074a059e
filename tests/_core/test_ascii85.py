"""ASCII base-85 is decoded as the standard library does it, and what stands in front of a fault is kept."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.ascii85 import decode

MANY = 1 << 20


@given(st.binary(max_size=300) | st.integers(0, 300).map(bytes), st.integers(0, 60))
def test_round_trip(data: bytes, width: int) -> None:
    """Whatever the length, with line ends and zeros in short form."""
    encoded = base64.a85encode(data, wrapcol=width)
    assert decode(encoded, MANY) == data
    assert decode(encoded + b"~>junk", MANY) == data


@given(st.binary(max_size=100).map(lambda data: bytes(33 + byte % 90 for byte in data)))
def test_any_text(text: bytes) -> None:
    """The same as the standard library where it finds no fault."""
    try:
        expected = base64.a85decode(text.split(b"~", 1)[0])
    except ValueError:
        decode(text, MANY)
    else:
        assert decode(text, MANY) == expected


@pytest.mark.parametrize("fault", [b"\x7f", b"v", b"\xff", b"uuuuu", b"ab" + b"z"])
def test_fault(fault: bytes) -> None:
    """What was decoded before it counts, and nothing after it."""
    found = decode(base64.a85encode(b"before it") + b"   " + fault + base64.a85encode(b"behind it"), MANY)
    assert found.startswith(b"before i")
    assert b"behind" not in found


def test_most() -> None:
    """A little more than the limit comes out, so that it can be told."""
    assert len(decode(b"z" * 1000, 100)) == 104
