"""Documents: the bytes as one, and as the content of a stream in every filter."""

from __future__ import annotations

import base64
import zlib

from bartizan.unpack.pdf import open_pdf
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of

FILTERS = (b"/Fl", b"/AHx", b"/A85", b"/FlateDecode", b"/#46l", b"/LZW")


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; what was encoded comes out."""
    chance = chance_of(data)
    dictionary, _, content = data.partition(b"stream")
    filters = b"/Filter[" + b"".join(chance.choices(FILTERS, k=chance.randrange(4))) + b"]"
    for document in (data, b"1 0 obj<<" + filters + dictionary + b">>stream\n" + content + b"endstream"):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            open_pdf("pdf", memoryview(document), Sink(members, size), LIMITS)
    short = data[: LIMITS.member_bytes // 4]
    for name, encoded in (
        (b"Fl", zlib.compress(short)),
        (b"AHx", short.hex().encode() + b">"),
        (b"A85", base64.a85encode(short) + b"~>"),
    ):
        sink = Kept(20, 1 << 20)
        open_pdf("pdf", memoryview(b"obj<</Filter/" + name + b">>stream\n" + encoded + b"\nendstream"), sink, LIMITS)
        assert short in sink.content or b"endstream" in encoded or encoded.endswith(b"\r")


class Kept(Sink):
    """Keeps all bytes."""

    def __init__(self, members: int, size: int) -> None:
        super().__init__(members, size)
        self.content = b""

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes."""
        self.content += chunk
        return super().data(chunk)
