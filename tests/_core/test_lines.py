"""Line discipline: against the twin, at every split, and there and back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.lines import encode_data
from bartizan._core.stream import MessageStream
from reference.lines import canonical, receive

PIECES = st.sampled_from(
    [b"\r", b"\n", b".", b"\r\n", b"\r\n.", b".\r\n", b"a", b"bc", b"\0", b"\xff", b"..", b"x" * 80]
)
WIRE = st.lists(PIECES, max_size=30).map(b"".join)
LIMIT = 1 << 20

NOT_THE_END = [
    b"\n.\n", b"\r.\r", b"\r.\n", b"\n.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n.\r", b"\r\n\0.\r\n",
    b"\r\n.\0\r\n", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n", b"\n..\r\n",
]  # fmt: skip


def feed_all(stream: MessageStream, chunks: list[bytes]) -> bytes:
    """What is left over after the end, once every chunk was offered."""
    rest = b""
    for chunk in chunks:
        taken = stream.feed(chunk)
        if taken >= 0:
            rest += chunk[taken:]
    return rest


@given(WIRE, st.booleans(), st.lists(st.integers(0, 200), max_size=4))
def test_any_split_gives_the_twins_answer(wire: bytes, normalize: bool, cuts: list[int]) -> None:
    """Content, leftovers and flags are the twin's, however the bytes were split."""
    wire += b"\r\n.\r\nRSET\r\n"
    edges = sorted({0, len(wire), *(c for c in cuts if c < len(wire))})
    stream = MessageStream(max_bytes=LIMIT, normalize_bare=normalize)

    rest = feed_all(stream, [wire[a:b] for a, b in pairwise(edges)])

    expected = receive(wire, normalize)
    assert expected == (bytes(stream.raw), rest)


@pytest.mark.parametrize("ending", NOT_THE_END)
def test_nothing_but_crlf_dot_crlf_ends_a_message(ending: bytes) -> None:
    """Every near miss of the terminator is content, split anywhere, and is flagged as bare where it is."""
    wire = b"Subject: x\r\n\r\nbody" + ending + b"MAIL FROM:<evil@example.com>\r\n"
    for cut in range(1, len(wire)):
        stream = MessageStream(max_bytes=LIMIT)

        assert stream.feed(wire[:cut]) == -1
        assert stream.feed(wire[cut:]) == -1
        assert stream.feed(b".\r\n") == 3
        assert b"MAIL FROM" in bytes(stream.raw)
        assert stream.bare or b"\0" in ending or ending == b"\n..\r\n"


@given(WIRE)
def test_emission_is_canonical(raw: bytes) -> None:
    """What goes out is the twin's canonical form: no bare CR or LF, and it cannot end early."""
    sent = encode_data(raw)

    assert canonical(raw) == sent
    assert b"\r" not in sent.replace(b"\r\n", b"")
    assert b"\n" not in sent.replace(b"\r\n", b"")
    assert b"\r\n.\r\n" not in b"\r\n" + sent


@given(WIRE)
def test_dot_stuffing_round_trip(raw: bytes) -> None:
    """Receiving what was sent gives the canonical lines again."""
    stream = MessageStream(max_bytes=LIMIT)
    wire = encode_data(raw) + b".\r\n"

    assert stream.feed(wire) == len(wire)
    assert encode_data(bytes(stream.raw)) == encode_data(raw)
    assert not stream.bare


def test_too_big_is_counted_and_dropped() -> None:
    """Beyond max_bytes nothing is kept, the count goes on, and the end is still found."""
    stream = MessageStream(max_bytes=1000)
    for _ in range(100):
        assert stream.feed(b"x" * 98 + b"\r\n") == -1

    assert stream.feed(b".\r\nNOOP\r\n") == 3
    assert stream.too_big
    assert stream.received == 10003
    assert bytes(stream.raw) == b""


def test_long_lines_are_measured() -> None:
    """The longest line is known, and flagged only above the configured maximum."""
    stream = MessageStream(max_bytes=LIMIT, max_line=1024)
    stream.feed(b"a: b\r\n\r\n" + b"x" * 1024 + b"\r\n")
    assert not stream.line_too_long
    stream.feed(b"x" * 1025 + b"\r\n.\r\n")

    assert stream.longest_line == 1025
    assert stream.line_too_long
