"""Documents: the bytes as one, as the content of a stream in every filter, as a page, encrypted."""

from __future__ import annotations

import base64
import zlib

from bartizan.unpack.pdf import open_pdf
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from unpack.pdf_file import Encryption, document, page, stream

FILTERS = (b"/Fl", b"/AHx", b"/A85", b"/FlateDecode", b"/#46l", b"/LZW", b"/RL", b"/Predictor 12/Columns 2")
ENCRYPTIONS = (Encryption(3, "RC4"), Encryption(4, "AESV2"), Encryption(6, "AESV3"))


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; what was encoded comes out."""
    chance = chance_of(data)
    dictionary, _, content = data.partition(b"stream")
    filters = b"/Filter[" + b"".join(chance.choices(FILTERS, k=chance.randrange(4))) + b"]"
    for whole in (data, b"1 0 obj<<" + filters + dictionary + b">>stream\n" + content + b"endstream"):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            open_pdf("pdf", memoryview(whole), Sink(members, size), LIMITS)
    encryption = chance.choice(ENCRYPTIONS)
    for packed in (
        page(content, b"/F1 5 0 R", b"5 0 obj<</Type/Font/ToUnicode 6 0 R>>endobj\n", stream(6, dictionary)),
        document(stream(2, data, b"/Type/ObjStm"), stream(3, dictionary, b"/Length1 1")),
        encryption.document(b"1 0 obj" + dictionary, encryption.stream(2, data)),
        data.replace(b"endobj", b"/Encrypt 9 0 R") + encryption.document(b"1 0 obj" + data),
    ):
        open_pdf("pdf", memoryview(packed), Sink(20, 1 << 20), LIMITS)
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
