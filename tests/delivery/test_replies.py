"""The reply parser on good, bad and hostile bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.delivery.replies import BrokenReply, HopReply, ReplyParser

TEXT = st.binary(max_size=40).map(lambda text: bytes(c for c in text if c not in b"\r\n\0"))


def read(data: bytes, step: int = 0) -> list[HopReply]:
    """All replies in `data`, fed `step` bytes at a time."""
    parser = ReplyParser()
    replies = []
    for start in range(0, len(data), step or len(data)):
        replies += parser.feed(data[start : start + (step or len(data))])
    assert parser.empty
    return replies


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(200, 599), st.lists(TEXT, min_size=1, max_size=5)), max_size=4),
    st.integers(1, 30),
)
def test_reads_what_was_written(replies: list[tuple[int, list[bytes]]], step: int) -> None:
    """Replies come out as they were sent, however the bytes are split."""
    data = b""
    for code, lines in replies:
        for line in lines[:-1]:
            data += b"%d-%s\r\n" % (code, line)
        data += b"%d %s\r\n" % (code, lines[-1])
    expected = [HopReply(code, tuple(lines)) for code, lines in replies]
    assert expected == read(data, step)


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(1, 20))
def test_any_bytes(data: bytes, step: int) -> None:
    """Any bytes are replies, or a broken reply; the same for every split."""

    def outcome(size: int) -> tuple[list[HopReply], bool]:
        parser = ReplyParser()
        seen: list[HopReply] = []
        try:
            for start in range(0, len(data), size):
                for reply in parser.feed(data[start : start + size]):
                    seen.append(reply)
        except BrokenReply:
            return seen, True
        return seen, False

    assert outcome(len(data) or 1) == outcome(step)


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"25\r\n",
        b"150 x\r\n",
        b"650 x\r\n",
        b"250x\r\n",
        b"2500 x\r\n",
        b"250\tx\r\n",
        b" 250 x\r\n",
        b"250 a\nb\r\n",
        b"250 a\rb\r\n",
        b"250 a\0b\r\n",
        b"250-a\r\n251 b\r\n",
        b"250-a\r\nx\r\n",
        b"250 " + b"x" * 2043 + b"\r\n",
        b"x" * 2048,
        b"250-x\r\n" * 100,
    ],
)
def test_broken(data: bytes) -> None:
    """What is no reply is said to be broken as soon as that is certain."""
    with pytest.raises(BrokenReply):
        list(ReplyParser().feed(data))


def test_limits_are_exact() -> None:
    """The longest line and the longest reply are still read."""
    assert len(read(b"250 " + b"x" * 2042 + b"\r\n")[0].lines[0]) == 2042
    assert len(read(b"250-x\r\n" * 99 + b"250 x\r\n")[0].lines) == 100


@pytest.mark.parametrize(
    ("line", "enhanced"),
    [
        (b"550 5.1.1 no\r\n", "5.1.1"),
        (b"550 5.1.1\r\n", "5.1.1"),
        (b"550 5.01.001 no\r\n", "5.1.1"),
        (b"550 5.1.1x no\r\n", ""),
        (b"550 5.1\r\n", ""),
        (b"550 3.1.1 no\r\n", ""),
        (b"550 5.1.1111 no\r\n", ""),
        (b"550\r\n", ""),
    ],
)
def test_enhanced_codes(line: bytes, enhanced: str) -> None:
    """An enhanced code is exactly three numbers, with or without text behind it."""
    assert enhanced == read(line)[0].enhanced


def test_text_is_cleaned_for_the_log() -> None:
    """A reply as text is printable ASCII of bounded length."""
    text = str(read(b"250 \x1b[2J\xff" + b"a" * 500 + b"\r\n")[0])
    assert text.isascii()
    assert text.isprintable()
    assert len(text) <= 200
