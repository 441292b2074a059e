"""Formats of mail programs: the bytes as one of each, and as the content of a file of each that comes out whole."""

from __future__ import annotations

import base64
import zlib

from bartizan._core.sniff import sniff
from bartizan.message.calendars import carried
from bartizan.message.mailbox import mails
from bartizan.unpack import rtfcompressed
from bartizan.unpack.base import open_container
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from fuzz.pdf import Kept
from unpack import apple_file, binhex_file, cms_object, section, shortcut_file, tnef_file, yenc_file

TYPES = ("tnef", "uu", "binhex", "yenc", "p7m", "applefile", "macbin", "one", "lnk", "mso", "pgp")
RTF = 0x1009


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; what was put into a file is among what comes out."""
    chance = chance_of(data)
    properties = tnef_file.prop(RTF, tnef_file.BINARY, bytes(8) + b"LZFu" + bytes(4) + data)
    framed = (
        ("binhex", binhex_file.LINE + b":" + data),
        ("binhex", binhex_file.LINE + binhex_file.digits(data)),
        ("yenc", b"=ybegin line=128 size=9 name=x\n" + data),
        ("yenc", yenc_file.part(b"x", data, 1, 2, len(data) + 1) + data + yenc_file.part(b"x", data[:1], 1, 1, 9)),
        ("p7m", b"0\x80" + cms_object.value(6, cms_object.SIGNED) + b"\xa0\x80" + data),
        ("p7m", cms_object.wrapped(cms_object.DATA, b"\x24\x80" + data, ber=True)),
        ("applefile", apple_file.apple(apple_file.SINGLE)[:24] + data),
        ("macbin", apple_file.macbinary(b"name", data)[:128] + data[:10]),
        ("one", section.section(section.file(data[:50], 60), section.name("a.exe")[:10] + data)),
        ("lnk", shortcut_file.shortcut()[:20] + data),
        ("mso", b"ActiveMime\0".ljust(50, b"\0") + b"\x78\x9c" + data),
        ("pgp", b"\xa3\2" + zlib.compress(data)),
        ("pgp", b"-----BEGIN PGP MESSAGE-----\n\n" + base64.encodebytes(b"\xc8" + data)),
        ("tnef", tnef_file.tnef() + data),
        ("tnef", tnef_file.tnef(tnef_file.properties(tnef_file.MESSAGE, properties, data))),
    )
    found = sniff(data)
    for type, content in (*((type, data) for type in TYPES if type == found), *framed):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            open_container(type, memoryview(content), Sink(members, size), LIMITS)
    short = data[: LIMITS.member_bytes]
    for type, content in (
        ("binhex", binhex_file.binhex(b"name", short, data[:10])),
        ("yenc", yenc_file.yenc(b"name", short)),
        ("p7m", cms_object.signed(short, ber=True)),
        ("p7m", cms_object.compressed(short)),
        ("applefile", apple_file.apple(apple_file.SINGLE, (3, b"name"), (1, short))),
        ("macbin", apple_file.macbinary(b"name", short)),
        ("one", section.section(section.file(short))),
        ("tnef", tnef_file.tnef(tnef_file.attachment(b"name", short))),
    ):
        sink = Kept(20, 1 << 20)
        open_container(type, memoryview(content), sink, LIMITS)
        assert short in sink.content
        assert not sink.told or type == "one"  # which looks for files in files
    assert len(rtfcompressed.decompress(data).text) <= max(len(data), rtfcompressed.WORK)
    assert all(file.content or file.names for file in carried(data))
    spans = list(mails(data))
    assert [start for start, _ in spans[1:]] == [end for _, end in spans[:-1]]
