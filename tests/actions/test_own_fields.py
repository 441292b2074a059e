"""Fields that only we may write, taken out of what others wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.actions.own_fields import OwnFields

OURS = OwnFields(("X-Gate", "X.Odd+Name"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"X-Gate: good\r\nA: b\r\n\r\nx\r\n", b"A: b\r\n\r\nx\r\n"),
        (b"A: b\r\nx-GATE:good\r\n\r\nx\r\n", b"A: b\r\n\r\nx\r\n"),
        (b"A: b\r\nX-Gate \t: good\r\nC: d\r\n\r\n", b"A: b\r\nC: d\r\n\r\n"),
        (b"X-Gate: a\r\n b\r\n\tc\r\nC: d\r\n\r\n", b"C: d\r\n\r\n"),
        (b"X-Gate:\r\n \r\n a\r\nC: d\r\n\r\n", b"C: d\r\n\r\n"),
        (b"X-Gate: a\r\nX-Gate: b\r\nX-GATE: c\r\n\r\nx", b"\r\nx"),
        (b"junk\r\nX-Gate: a\r\n\r\nx", b"junk\r\n\r\nx"),
        (b" junk\r\nX-Gate: a\r\n\r\nx", b" junk\r\n\r\nx"),
        (b"X-Gate: a", b""),
        (b"X-Gate: a\r\n b", b""),
        (b"A: b\nX-Gate: a\n\nX-Gate: b\n", b"A: b\n\nX-Gate: b\n"),
        (b"X.odd+name: a\r\n\r\n", b"\r\n"),
    ],
)
def test_taken_out(raw: bytes, expected: bytes) -> None:
    """In any case, with white space, folded, doubled, behind junk, without an end."""
    assert bytes(OURS.without(raw)) == expected
    assert bytes(OURS.without(memoryview(raw))) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"A: b\r\n\r\nX-Gate: a\r\n",
        b"\r\nX-Gate: a\r\n\r\n",
        b"\nX-Gate: a\n\n",
        b"A: b\r\n X-Gate: a\r\n\r\n",
        b"X-Gateway: a\r\nMy-X-Gate: b\r\nXxOdd+Name: c\r\n\r\n",
        b"X-Gate a: b\r\n\r\n",
        b"",
    ],
)
def test_left_alone(raw: bytes) -> None:
    """The body, continuations of others, other names: the very same object."""
    assert OURS.without(raw) is raw
    assert OwnFields().without(b"X-Gate: a\r\n\r\n") == b"X-Gate: a\r\n\r\n"


LINES = st.sampled_from([b"X-Gate: a\r\n", b"x-gate : b\n", b" more\r\n", b"A: b\r\n", b"junk\r\n", b"\r\n", b"X-Gate"])


@given(st.lists(LINES, max_size=12).map(b"".join))
def test_nothing_is_left(raw: bytes) -> None:
    """Once is enough, and the body is whole."""
    once = bytes(OURS.without(raw))
    assert bytes(OURS.without(once)) == once
    head, _, _ = once.partition(b"\n\r\n")
    if not once.startswith(b"\r\n"):
        assert not any(line.lower().replace(b" ", b"").startswith(b"x-gate:") for line in head.split(b"\n"))
