"""RTF: the bytes as a document, as the digits of an object with junk among them, and as text."""

from __future__ import annotations

from bartizan.unpack.rtf import open_rtf
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from fuzz.pdf import Kept

JUNK = (
    b"",
    b" ",
    b"\r\n",
    b"\\x1 ",
    b"{}",
    b"{\\*\\a 123}",
    b"{0}",
    b"\\'12",
    b"\\bin1 \0",
    b"zz",
    b"\\*\\y ",
    b"{\\pict 1}",
)


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; objects and plain text come out whole."""
    chance = chance_of(data)
    junk = chance.choices(JUNK, k=20)
    digits = data[:1000].hex().encode()
    strewn = b"".join(digits[at : at + 50] + junk[at // 50 % 20] for at in range(0, len(digits), 50))
    for document in (data, b"{\\rtf1 " + data + b"}", b"{\\rtf1{\\*\\objdata " + strewn + b"}" + data):
        for members, size in ((40, 1 << 20), (chance.randrange(4), chance.randrange(2000))):
            open_rtf("rtf", memoryview(document), Sink(members, size), LIMITS)
    whole = data[:1000]
    if b"\x01\x05\0\0" not in whole and b"\xd0\xcf\x11\xe0" not in whole:
        for document in (
            b"{\\rtf1{\\*\\objdata " + whole.hex().encode() + b"}}",
            b"{\\rtf1{\\*\\objdata \\bin%d " % len(whole) + whole + b"}}",
        ):
            kept = Kept(40, 1 << 20)
            open_rtf("rtf", memoryview(document), kept, LIMITS)
            assert whole in kept.content or not kept.begun
    text = bytes(byte for byte in data if byte not in b"\\{}\r\n\0" and byte < 128)[:5000]
    kept = Kept(40, 1 << 20)
    open_rtf("rtf", memoryview(b"{\\rtf1 " + text + b"}"), kept, LIMITS)
    assert kept.content == (text if text.strip() else b"")
