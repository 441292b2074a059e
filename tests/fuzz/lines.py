"""Message data off the wire: whatever comes before CRLF.CRLF is content, what comes after is left, in any pieces."""

from __future__ import annotations

from bartizan._core.lines import encode_data
from bartizan._core.stream import MessageStream
from fuzz.chance import chance_of, pieces
from reference.lines import canonical, receive

LIMIT = 1 << 20
END = b"\r\n.\r\nRSET\r\n"


def TestOneInput(data: bytes) -> None:
    """Content, leftovers and canonical form are the plain twin's, whole and in pieces."""
    chance = chance_of(data)
    wire = data + END
    for normalize in (False, True):
        expected = receive(wire, normalize)
        whole, rest = received([wire], normalize)
        assert (bytes(whole.raw), rest) == expected
        cut, rest_of_cut = received(pieces(wire, chance), normalize)
        assert (bytes(cut.raw), rest_of_cut) == expected
        flags = ("bare", "eight_bit", "longest_line", "size", "received", "anomalies", "too_big")
        for flag in flags:
            assert getattr(whole, flag) == getattr(cut, flag), flag
    sent = encode_data(data)
    assert sent == canonical(data)
    again, rest = received([sent + b".\r\n"], False)
    assert (again.bare, rest, encode_data(bytes(again.raw))) == (False, b"", sent)
    small = MessageStream(max_bytes=len(data) // 2)
    for piece in pieces(wire, chance):
        if small.feed(piece) >= 0:
            break
    assert small.ended
    assert small.too_big or len(small.raw) <= len(data) // 2


def received(chunks: list[bytes], normalize: bool) -> tuple[MessageStream, bytes]:
    """A stream that was offered the chunks, and what it left."""
    stream = MessageStream(max_bytes=LIMIT, normalize_bare=normalize, keep=True)
    rest = b""
    for chunk in chunks:
        if stream.ended:
            rest += chunk
            continue
        taken = stream.feed(chunk)
        if taken >= 0:
            rest += chunk[taken:]
    return stream, rest
