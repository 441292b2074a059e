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


NAMES = OwnFields((), ("mx.example.org", "example.org"))


@pytest.mark.parametrize(
    "value",
    [
        b"mx.example.org; spf=pass smtp.mailfrom=a.example",
        b" MX.Example.ORG;dkim=pass",
        b"example.org. 1; dmarc=pass",
        b"mx.example.org",
        b"mx.example.org 1;\r\n\tdmarc=pass",
        b"\r\n mx.example.org; spf=pass",
        b'"mx.example.org"; spf=pass',
        b'"mx.\\example.org"; spf=pass',
        b"(a comment; with (another)) mx.example.org; spf=pass",
        b"mx.(x)example.org (; spf=pass",
        b"mx.exam\r\n ple.org; spf=pass",
        b"evil.example mx.example.org; spf=pass",
    ],
)
def test_results_in_our_name(value: bytes) -> None:
    """However the name is written; also where nothing else is said."""
    field = b"Authentication-Results:" + value + b"\r\n"
    other = b"Authentication-Results: mail.other.example; spf=pass smtp.helo=mx.example.org\r\n"
    assert bytes(NAMES.without(other + field + b"To: a\r\n\r\n" + field)) == other + b"To: a\r\n\r\n" + field
    assert bytes(NAMES.without(b"authentication-RESULTS :" + value + b"\r\n\r\n")) == b"\r\n"


@pytest.mark.parametrize(
    "value",
    [
        b"other.example; spf=pass (mx.example.org)",
        b"notmx.example.org.evil.example; spf=pass",
        b"my-example.org; spf=pass",
        b"mail.example.org; spf=pass",
        b"",
    ],
)
def test_results_of_others(value: bytes) -> None:
    """Other servers' results, of names like ours too."""
    raw = b"Authentication-Results: " + value + b"\r\n\r\n"
    assert NAMES.without(raw) is raw
    mine = b"Authentication-Results: mx.example.org; spf=pass\r\n\r\n"
    assert OwnFields().without(mine) is mine


def test_our_prefix() -> None:
    """What is called after this gateway is its own."""
    raw = b"X-Bartizan-Score: 0\r\nx-bartizan : a\r\n b\r\nX-Bartizanish: c\r\n\r\n"
    assert bytes(OwnFields().without(raw)) == b"X-Bartizanish: c\r\n\r\n"
