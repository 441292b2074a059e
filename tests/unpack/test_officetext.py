"""Text of binary documents comes out in the order that people read it in, whatever it is cut into."""

from __future__ import annotations

import struct

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from unpack.compound_file import Tree, compound
from unpack.conftest import Unpack

Piece = tuple[str, bool]


def word(*pieces: Piece, table: str = "1Table", styles: bytes = b"") -> Tree:
    """A document whose pieces lie in its stream last one first; the second value of each: 8-bit."""
    stream = bytearray(b"\xec\xa5" + bytes(0x1B0))
    places = []
    for text, narrow in reversed(pieces):
        places.append(len(stream) * 2 | 0x40000000 if narrow else len(stream))
        stream += text.encode("cp1252" if narrow else "utf-16-le")
    places.reverse()
    ends = [0]
    for text, _ in pieces:
        ends.append(ends[-1] + len(text))
    listed = struct.pack(f"<{len(ends)}I", *ends) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = styles + b"\2" + struct.pack("<I", len(listed)) + listed
    struct.pack_into("<II", stream, 0x1A2, 8, len(clx))
    struct.pack_into("<H", stream, 10, 0x200 if table == "1Table" else 0)
    return {"WordDocument": bytes(stream), table: bytes(8) + clx, "0Table" if table == "1Table" else "1Table": b"x"}


@pytest.mark.parametrize("table", ["0Table", "1Table"])
@pytest.mark.parametrize("styles", [b"", b"\1\3\0abc" * 2])
def test_word(unpack: Unpack, table: str, styles: bytes) -> None:
    """Pieces in 8 and 16 bits, in any order; the table is where the document says."""
    tree = word(("cla\u00efm yo", True), ("ur prize \u65e5", False), ("\r\x07now", True), table=table, styles=styles)
    opened = unpack("ole", compound(tree))
    assert (opened.contents["text.txt"].decode(), opened.gaps) == ("cla\u00efm your prize \u65e5\n\tnow", [])


def test_fields_of_word(unpack: Unpack) -> None:
    """Instructions stand apart, also where they are cut into pieces; results are text."""
    tree = word(
        ("see \x13 HYPER", True), ("LINK x \x14he", False), ("re\x15 \x13 DDEAUTO a \x13 QUOTE 1 \x14\x15 b\x15.", True)
    )
    opened = unpack("ole", compound(tree))
    assert opened.contents["text.txt"] == b"see here  b."
    fields = opened.contents["fields.txt"].splitlines()
    assert fields == [b"fldinst:  HYPERLINK x ", b"fldinst:  DDEAUTO a ", b"fldinst:  QUOTE 1 "]


def test_word_without_its_table(unpack: Unpack) -> None:
    """Older documents have their text in one piece."""
    stream = bytearray(b"\xdc\xa5" + bytes(0x2FE)) + b"old text\r"
    struct.pack_into("<II", stream, 0x18, 0x300, len(stream))
    assert unpack("ole", compound({"WordDocument": bytes(stream)})).contents["text.txt"] == b"old text\n"


@pytest.mark.parametrize("at", [0x1A2, 0x1A6])
@pytest.mark.parametrize("value", [0, 1, 9, 0x7FFFFFFF, 0xFFFFFFFF])
def test_word_that_lies(unpack: Unpack, at: int, value: int) -> None:
    """Wrong places are no text, and nothing fails."""
    tree = dict(word(("some text", True)))
    stream = bytearray(tree["WordDocument"])  # type: ignore[arg-type]
    struct.pack_into("<I", stream, at, value)
    assert unpack("ole", compound({**tree, "WordDocument": bytes(stream)})).gaps == []


def test_pieces_that_share_their_bytes(unpack: Unpack) -> None:
    """Many pieces of one text are bounded."""
    stream = bytearray(b"\xec\xa5" + bytes(0x1B0)) + b"y" * 4000
    ends = struct.pack("<1001I", *range(0, 4_000_001, 4000))
    listed = ends + struct.pack("<HIH", 0, 0x1B2 * 2 | 0x40000000, 0) * 1000
    clx = b"\2" + struct.pack("<I", len(listed)) + listed
    struct.pack_into("<II", stream, 0x1A2, 0, len(clx))
    opened = unpack("ole", compound({"WordDocument": bytes(stream), "0Table": clx}), Limits(member_bytes=100_000))
    assert (len(opened.contents["text.txt"]), opened.reasons) == (100_000, {Reason.LIMIT_MEMBER_BYTES})


def test_powerpoint(unpack: Unpack) -> None:
    """Text in 8 and 16 bits, in records anywhere."""
    stream = b"\x0f\0\xf0\x0f" + struct.pack("<I", 99)
    stream += (
        b"\0\0\xa8\x0f"
        + struct.pack("<I", 11)
        + b"click\x0bhere\r"
        + b"\0\0\xa0\x0f"
        + struct.pack("<I", 4)
        + b"n\0o\0"
    )
    stream += b"\0\0\xa8\x0f\xff\xff\xff\xff"
    assert unpack("ole", compound({"PowerPoint Document": stream})).contents["text.txt"] == b"click\nhere\n\nno\n"


def record(kind: int, body: bytes) -> bytes:
    """A record of a workbook."""
    return struct.pack("<HH", kind, len(body)) + body


def test_excel(unpack: Unpack) -> None:
    """Strings in 8 and 16 bits, with what else they have, cut within characters and elsewhere."""
    begin = record(0x809, struct.pack("<HH", 0x600, 5) + bytes(12))
    strings = (
        struct.pack("<IIHB", 9, 9, 5, 0) + b"first" + struct.pack("<HBHI", 3, 13, 1, 5) + "w\u65e5d".encode("utf-16-le")
    )
    strings += bytes(9) + struct.pack("<HB", 9, 0) + b"cut "
    rest = b"\1" + "in t".encode("utf-16-le")
    last = b"\0w" + struct.pack("<HB", 4, 0) + b"last"
    stream = begin + record(0xFC, strings) + record(0x3C, rest) + record(0x3C, last) + record(0x0A, b"")
    opened = unpack("ole", compound({"Workbook": stream}))
    assert opened.contents["text.txt"].decode() == "first\nw\u65e5d\ncut in tw\nlast\n"
    for cut in range(len(stream)):
        assert unpack("ole", compound({"Workbook": stream[:cut]})).gaps == []


def test_everything_is_loaded(unpack_apart: Unpack) -> None:
    """A child that can open no file reads the texts of all formats, in every code page."""
    tree = word(("na\u00efve", True))
    assert unpack_apart("ole", compound(tree)).contents["text.txt"].decode() == "na\u00efve"
    for charset, raw, text in ((204, b"\\'ef", "\u043f"), (128, b"\\'93\\'fa", "\u65e5"), (77, b"\\'8e", "\u00e9")):
        document = b"{\\rtf1{\\fonttbl{\\f0\\fcharset%d A;}}\\f0 %b \\u8364?}" % (charset, raw)
        assert unpack_apart("rtf", document).contents["text.txt"].decode() == f"{text} \u20ac"
