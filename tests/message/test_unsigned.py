"""A DKIM signature of less than the body is told, counted as its own canonicalization counts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.parse import from_bytes
from bartizan.message.unsigned import EXACT, partly_signed
from bartizan.model.limits import Limits
from pace import seconds

BODY = b"Hello  there \r\n\r\nBye\t\r\n\r\n\r\n"
SIMPLE = len(b"Hello  there \r\n\r\nBye\t\r\n")
RELAXED = len(b"Hello there\r\n\r\nBye\r\n")


def told(*signatures: bytes, body: bytes = BODY) -> list[str]:
    """The details for a mail with these signatures."""
    head = b"".join(b"DKIM-Signature: " + signature + b"\r\n" for signature in signatures)
    raw = head + b"From: a@example.org\r\n\r\n" + body
    return [finding.detail for finding in partly_signed(from_bytes(raw, None, Limits(), stored=True).message)]


@pytest.mark.parametrize(
    ("tags", "size", "length"),
    [
        (b"v=1; d=a.example; l=%d", SIMPLE, SIMPLE),
        (b"v=1; c=simple/simple; d=a.example; l=%d", SIMPLE, SIMPLE),
        (b"v=1; c=relaxed; d=a.example; l=%d", SIMPLE, SIMPLE),
        (b"v=1; c=simple/relaxed; d=a.example; l=%d", RELAXED, RELAXED),
        (b"v=1; c=relaxed/Relaxed;\r\n\td=a.exa\r\n mple; l = \r\n %d ;", RELAXED, RELAXED),
    ],
)
def test_lengths(tags: bytes, size: int, length: int) -> None:
    """All of the body, one byte less, nothing."""
    assert told(tags % length) == []
    assert told(tags % (length + 1)) == []
    assert told(tags % (length - 1)) == [f"{length - 1} of {size} bytes are signed by a.example"]
    assert told(tags % 0) == [f"0 of {size} bytes are signed by a.example"]


def test_one_is_enough() -> None:
    """Beside a whole signature too; of several the first."""
    assert told(b"d=a; bh=x", b"d=b; l=3", b"d=c; l=4") == [f"3 of {SIMPLE} bytes are signed by b"]
    assert told(b"d=a; l=1; l=999") == [f"1 of {SIMPLE} bytes are signed by a"]


@pytest.mark.parametrize("tags", [b"", b"l", b"l=", b"l=-1", b"l=x", b"h=l; bh=l=1", b"d=a; xl=1", b"l=" + b"9" * 77])
def test_no_length(tags: bytes) -> None:
    """Nothing is told of what says nothing."""
    assert told(tags) == []


def test_empty_body() -> None:
    """One line end for the simple way, nothing for the relaxed."""
    assert told(b"d=a; l=0", body=b"") == ["0 of 2 bytes are signed by a"]
    assert told(b"d=a; c=simple/relaxed; l=0", body=b"") == []


def test_long_bodies() -> None:
    """Blanks without end cost no more than other bytes; of a very long body they are not taken out."""
    blanks = b" " * 900_000 + b"x\r\n"
    assert seconds(lambda: told(b"c=simple/relaxed; l=4", body=blanks), enough=0.5) < 2
    assert told(b"c=simple/relaxed; l=4", body=blanks) == []
    assert told(b"c=simple/relaxed; l=3", body=blanks) == ["3 of 4 bytes are signed by ?"]
    assert told(b"c=simple/relaxed; l=4", body=b" " * EXACT + blanks) == [
        f"4 of {EXACT + 900_003} bytes are signed by ?"
    ]
    assert seconds(lambda: told(b"l=1", body=b"x" + b"\r\n" * 2_000_000), enough=0.5) < 2


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"a", b"bc"]), max_size=12).map(b"".join))
def test_relaxed(body: bytes) -> None:
    """As RFC 6376 section 3.4.4 writes it, line by line."""
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    size = len(b"".join(line + b"\r\n" for line in lines))
    expected = [f"{size - 1} of {size} bytes are signed by ?"] if size else []
    assert told(b"c=simple/relaxed; l=%d" % max(0, size - 1), body=body) == expected
