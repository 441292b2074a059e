"""Octets of BDAT: the same message as with DATA and dots stuffed, in any chunks and pieces of chunks."""

from __future__ import annotations

from bartizan._core.stream import MessageStream
from fuzz.chance import chance_of, pieces
from fuzz.lines import received
from reference.lines import count, stuffed

LIMIT = 1 << 20
FLAGS = ("bare", "eight_bit", "longest_line", "size", "anomalies", "too_big", "fields", "hits", "limits")


def TestOneInput(data: bytes) -> None:
    """Content is the plain twin's; every result is that of DATA, but where a bare LF is the last byte."""
    chance = chance_of(data)
    for normalize in (False, True):
        whole, cut = counted([data], normalize), counted(pieces(data, chance), normalize)
        assert bytes(whole.raw) == bytes(cut.raw) == count(data, normalize)
        assert whole.received == cut.received == len(data)
        sent, rest = received([stuffed(data)], normalize)
        assert (sent.ended, rest) == (True, b"")
        last_is_bare = data.endswith(b"\n") and not data.endswith(b"\r\n")
        for flag in FLAGS:
            assert getattr(whole, flag) == getattr(cut, flag), flag
            assert last_is_bare or getattr(whole, flag) == getattr(sent, flag), flag
        assert last_is_bare or bytes(sent.raw) == bytes(whole.raw)
    small = counted(pieces(data, chance), False, limit=len(data) // 2)
    assert small.ended
    assert small.too_big or len(small.raw) <= len(data) // 2


def counted(chunks: list[bytes], normalize: bool, limit: int = LIMIT) -> MessageStream:
    """A message that came in these chunks."""
    stream = MessageStream(max_bytes=limit, normalize_bare=normalize, keep=True)
    for chunk in chunks:
        stream.feed_counted(chunk)
        assert not stream.ended
    stream.finish()
    stream.finish()
    stream.feed_counted(b"x")
    return stream
