"""Command lines out of bytes."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bartizan.smtpd.lines import LONGEST_LOGIN, CommandLines, readable


def lines_of(*chunks: bytes) -> list[bytes]:
    """Every line that comes out, asked for after every chunk."""
    lines = CommandLines()
    found = []
    for chunk in chunks:
        lines.feed(chunk)
        while (line := lines.next()) is not None:
            found.append(line)
    return found


@given(st.binary(max_size=60) | st.text("a\r\n", max_size=60).map(str.encode), st.lists(st.integers(0, 60), max_size=6))
def test_cuts_do_not_matter(data: bytes, cuts: list[int]) -> None:
    """Lines are what CRLF separates, in whatever pieces they come."""
    edges = [0, *sorted(cuts), len(data)]
    pieces = [data[a:b] for a, b in pairwise(edges)]
    assert lines_of(*pieces) == data.split(b"\r\n")[:-1]


def test_asked_late() -> None:
    """Chunks that come before anybody asks are kept in order."""
    lines = CommandLines()
    for chunk in (b"a\r", b"\nb", b"\r\nc\r\n"):
        lines.feed(chunk)
    assert [lines.next(), lines.next(), lines.next(), lines.next()] == [b"a", b"b", b"c", None]
    assert lines.pending == 0


def test_too_long() -> None:
    """A line that is too long still says so, is not kept, and the next one is whole."""
    for pieces in ((b"x" * 20_000 + b"\r\nNOOP\r\n",), (b"x" * 10_000, b"x" * 5000 + b"\r", b"\nNOOP\r\n")):
        found = lines_of(*pieces)
        assert len(found) == 2
        assert len(found[0]) + 2 > LONGEST_LOGIN
        assert found[1] == b"NOOP"


def test_dropped() -> None:
    """What was thrown away is counted, and memory is not."""
    lines = CommandLines()
    for _ in range(100):
        lines.feed(b"y" * 1000)
        assert lines.next() is None
        assert lines.pending <= LONGEST_LOGIN + 1
    assert lines.dropped >= 85_000


def test_clear() -> None:
    """Everything unread is forgotten, the head of a long line too."""
    lines = CommandLines()
    lines.feed(b"z" * 5000)
    lines.next()
    lines.clear()
    lines.feed(b"NOOP\r\n")
    assert lines.next() == b"NOOP"


def test_readable() -> None:
    """Text without control characters, of ASCII or beyond."""
    assert readable(b"NOOP") == "NOOP"
    assert readable("é\u3000".encode()) == "é\u3000"
    for bad in (b"a\nb", b"a\rb", b"\0", b"\t", b"\x7f", b"\xff", "\x85".encode(), "\u2028".encode()):
        assert readable(bad) is None
