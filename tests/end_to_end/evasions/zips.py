"""Group Z, zip files: archives that two programs unpack differently, made byte by byte."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from end_to_end.evasions.sample import EICAR, SCRIPT, ZIP, Expect, Sample, attached, eicar, name, zipped


@dataclass(frozen=True)
class Entry:
    """One member as the two headers of a zip tell of it; None: as in the local header."""

    label: bytes = b"note.txt"
    data: bytes = EICAR
    method: int = 8
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_label: bytes | None = None
    local_sizes: tuple[int, int] | None = None
    listed_sizes: tuple[int, int] | None = None
    extra: bytes = b""
    comment: bytes = b""
    descriptor: bytes = b""

    def content(self) -> bytes:
        """The packed bytes."""
        if self.packed is not None:
            return self.packed
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflater.compress(self.data) + deflater.flush() if self.method == 8 else self.data


def local(entry: Entry) -> bytes:
    """Local header, content, descriptor."""
    content = entry.content()
    crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
    packed, size = entry.local_sizes or (len(content), len(entry.data))
    label = entry.label if entry.local_label is None else entry.local_label
    method = entry.method if entry.local_method is None else entry.local_method
    flags = entry.flags if entry.local_flags is None else entry.local_flags
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0x5C21, crc, packed, size, len(label), 0)
    return head + label + content + entry.descriptor


def listed(entry: Entry, at: int) -> bytes:
    """The directory's header for an entry at offset `at`."""
    content = entry.content()
    crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
    packed, size = entry.listed_sizes or (len(content), len(entry.data))
    lengths = (len(entry.label), len(entry.extra), len(entry.comment))
    head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, entry.flags, entry.method, 0, 0x5C21, crc, packed, size,
                       *lengths, 0, 0, 0, at)  # fmt: skip
    return head + entry.label + entry.extra + entry.comment


def end(count: int, size: int, at: int, comment: bytes = b"", disk: int = 0) -> bytes:
    """The end of central directory record."""
    return struct.pack("<4s4H2IH", b"PK\5\6", disk, disk, count, count, size, at, len(comment)) + comment


def build(*entries: Entry, front: bytes = b"", between: bytes = b"", comment: bytes = b"", shift: bool = True,
          count: int | None = None) -> bytes:  # fmt: skip
    """A whole zip. `shift`: offsets count from the first byte of `front`."""
    body, places = front, []
    for entry in entries:
        places.append(len(body) - (0 if shift else len(front)))
        body += local(entry)
    body += between
    directory = b"".join(listed(entry, at) for entry, at in zip(entries, places, strict=True))
    at = len(body) - (0 if shift else len(front))
    return body + directory + end(len(entries) if count is None else count, len(directory), at, comment)


HARMLESS = Entry(b"hello.txt", b"Nothing here.\n", 0)
PAYLOAD = Entry()
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(300) + b"\xff\xd9"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Coun"
    b"t 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU" + b"\0\0\0\0IEND\xaeB`\x82"


def _two_directories() -> bytes:
    first = build(HARMLESS)
    return build(PAYLOAD) + first


def _nested(depth: int) -> bytes:
    data = ZIP
    for level in range(depth):
        data = zipped((f"level{level}.zip", data))
    return data


def _zip64() -> bytes:
    entry = replace(PAYLOAD, listed_sizes=(0xFFFFFFFF, 0xFFFFFFFF))
    sizes = struct.pack("<HHQQ", 1, 16, len(entry.data), len(entry.content()))
    entry = replace(entry, extra=sizes)
    body = local(entry)
    directory = listed(entry, 0)
    record = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, 1, 1, len(directory), len(body))
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, len(body) + len(directory), 1)
    return body + directory + record + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF)


def _overlap() -> bytes:
    content = PAYLOAD.content()
    body = local(PAYLOAD)
    directory = b"".join(listed(replace(PAYLOAD, label=b"n%d.txt" % k, packed=content), 0) for k in range(50))
    return body + directory + end(50, len(directory), len(body))


def _unlisted() -> bytes:
    hidden = local(PAYLOAD)
    body = local(HARMLESS) + hidden
    directory = listed(HARMLESS, 0)
    return body + directory + end(1, len(directory), len(body))


def _bomb() -> bytes:
    return zipped(("zeros.bin", bytes(30_000_000)), ("note.txt", b"x"))


def _descriptor() -> bytes:
    content = PAYLOAD.content()
    tail = struct.pack("<4sIII", b"PK\7\x08", zlib.crc32(EICAR), len(content), len(EICAR))
    return build(replace(PAYLOAD, flags=8, local_sizes=(0, 0), descriptor=tail))


def archives() -> dict[str, tuple[bytes, Expect]]:
    """Each zip holds the test file in some way."""
    found, held = Expect.FOUND, Expect.HELD
    return {
        "stored": (zipped(method=0), found),
        "deflated": (ZIP, found),
        "bzip2": (zipped(method=12), found),
        "lzma": (zipped(method=14), found),
        "descriptor": (_descriptor(), found),
        "zip64": (_zip64(), found),
        "prepended-junk": (build(PAYLOAD, front=b"junk" * 50), found),
        "prepended-unshifted": (build(PAYLOAD, front=b"junk" * 50, shift=False), found),
        "prepended-text": (build(PAYLOAD, front=b"Hello, this is a text.\n" * 20), found),
        "prepended-html": (build(PAYLOAD, front=b"<html><body>hello</body></html>\n"), found),
        "prepended-gif": (build(PAYLOAD, front=GIF), found),
        "prepended-gif-unshifted": (build(PAYLOAD, front=GIF, shift=False), found),
        "prepended-jpg": (build(PAYLOAD, front=JPEG), found),
        "prepended-png": (build(PAYLOAD, front=PNG), found),
        "prepended-pdf": (build(PAYLOAD, front=PDF), found),
        "prepended-bmp": (build(PAYLOAD, front=b"BM" + struct.pack("<IIII", 100, 0, 54, 40) + bytes(84)), found),
        "prepended-nul": (build(PAYLOAD, front=bytes(1000)), found),
        "prepended-gz": (__import__("gzip").compress(b"hello", mtime=0) + ZIP, held),
        "prepended-large": (build(PAYLOAD, front=JPEG + bytes(range(256)) * 2000), found),
        "appended-junk": (ZIP + b"junk" * 50, found),
        "appended-much": (ZIP + b"\1" * 100_000, found),
        "appended-zeros": (ZIP + bytes(5000), found),
        "comment": (build(PAYLOAD, comment=b"a comment"), found),
        "comment-holds-end": (build(PAYLOAD, comment=end(0, 0, 0)), held),
        "comment-holds-zip": (build(HARMLESS, comment=ZIP), found),
        "entry-comment": (build(replace(HARMLESS, comment=EICAR)), found),
        "two-zips-payload-first": (_two_directories(), found),
        "two-zips-payload-last": (build(HARMLESS) + build(PAYLOAD), found),
        "between-entries-and-directory": (build(HARMLESS, between=ZIP), found),
        "unlisted-entry": (_unlisted(), found),
        "no-directory": (local(PAYLOAD), found),
        "no-directory-after-harmless": (local(HARMLESS) + local(PAYLOAD), found),
        "truncated-directory": (ZIP[:-30], found),
        "truncated-data": (ZIP[:60], held),
        "count-wrong": (build(HARMLESS, PAYLOAD, count=1), found),
        "count-zero": (build(PAYLOAD, count=0), found),
        "stored-said-deflated": (build(replace(PAYLOAD, packed=EICAR)), found),
        "deflated-said-stored": (build(replace(PAYLOAD, method=0, packed=PAYLOAD.content())), held),
        "local-says-stored": (build(replace(PAYLOAD, local_method=0)), held),
        "local-says-deflated": (build(replace(PAYLOAD, method=0, packed=PAYLOAD.content(), local_method=8)), found),
        "local-says-encrypted": (build(replace(PAYLOAD, local_flags=1)), held),
        "directory-says-encrypted": (build(replace(PAYLOAD, flags=1, local_flags=0)), found),
        "encrypted": (build(replace(PAYLOAD, flags=1)), held),
        "method-99": (build(replace(PAYLOAD, method=99, packed=b"x" * 70, flags=1)), held),
        "method-unknown": (build(replace(PAYLOAD, method=77, packed=b"x" * 70)), held),
        "crc-wrong": (build(replace(PAYLOAD, crc=1)), found),
        "crc-zero": (build(replace(PAYLOAD, crc=0)), found),
        "sizes-zero-in-directory": (build(replace(PAYLOAD, listed_sizes=(0, 0))), found),
        "sizes-zero-in-local": (build(replace(PAYLOAD, local_sizes=(0, 0))), found),
        "size-small-in-directory": (build(replace(PAYLOAD, listed_sizes=(len(PAYLOAD.content()), 5))), found),
        "as-directory-entry": (build(replace(PAYLOAD, label=b"folder/")), found),
        "absolute-name": (zipped(("/etc/note.txt", EICAR)), found),
        "dots-in-name": (zipped(("../../note.txt", EICAR)), found),
        "empty-name": (build(replace(PAYLOAD, label=b"")), found),
        "duplicate-names": (build(replace(HARMLESS, label=b"note.txt"), PAYLOAD), found),
        "overlapping": (_overlap(), found),
        "many-members": (zipped(*((f"{k}.txt", b"%d" % k) for k in range(3000)), ("note.txt", EICAR)), found),
        "too-many-members": (zipped(*((f"{k}.txt", b"") for k in range(5200)), ("note.txt", EICAR)), held),
        "nested-6": (_nested(6), found),
        "nested-12": (_nested(12), held),
        "bomb": (_bomb(), held),
        "spanning-mark": (b"PK\7\x08" + ZIP, found),
        "spanned-00": (b"PK00" + ZIP, found),
        "disk-number": (ZIP[:-18] + b"\2\0\2\0" + ZIP[-14:], found),
        "central-first-byte-broken": (ZIP.replace(b"PK\1\2", b"PK\1\3"), held),
        "local-signature-broken": (b"PK\3\5" + ZIP[4:], held),
        "first-byte-broken": (b"QK" + ZIP[2:], held),
        "docx-holds-zip": (
            zipped(
                ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>"), ("word/embeddings/a.zip", ZIP)
            ),
            found,
        ),
        "odt-holds-zip": (
            zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("Pictures/a.bin", ZIP)),
            found,
        ),
        "macros": (
            zipped(
                ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<a/>"), ("word/vbaProject.bin", EICAR)
            ),
            found,
        ),
    }


def samples() -> Iterator[Sample]:
    """All of the group."""
    for how, (data, expect) in archives().items():
        yield eicar(f"Z-zip-{how}", attached(data, b"papers.zip", b"application/zip"), expect)
    unnamed = archives()
    for how in ("prepended-html", "prepended-jpg", "prepended-pdf", "no-directory-after-harmless"):
        yield eicar(f"Z-zip-unnamed-{how}", attached(unnamed[how][0]), unnamed[how][1])
    names: dict[str, Entry] = {
        "plain": Entry(b"invoice.vbs", SCRIPT),
        "local-differs": Entry(b"a.png", SCRIPT, local_label=b"invoice.vbs"),
        "directory-differs": Entry(b"invoice.vbs", SCRIPT, local_label=b"a.png"),
        "nul": Entry(b"invoice.vbs\0.png", SCRIPT),
        "backslash": Entry(b"folder\\invoice.vbs", SCRIPT),
        "trailing-dot": Entry(b"invoice.vbs.", SCRIPT),
        "stream": Entry(b"a.txt:invoice.vbs", SCRIPT),
        "rtlo": Entry("invoice\N{RIGHT-TO-LEFT OVERRIDE}gnp.vbs".encode(), SCRIPT, flags=0x800),
        "as-directory": Entry(b"invoice.vbs/", SCRIPT),
        "encrypted": Entry(b"invoice.vbs", SCRIPT, flags=1),
        "unicode-path": Entry(
            b"a.png", SCRIPT, extra=struct.pack("<HHBI", 0x7075, 16, 1, zlib.crc32(b"a.png")) + b"invoice.vbs"
        ),
        "cp437": Entry(b"r\x82sum\x82.vbs", SCRIPT),
        "long": Entry(b"a" * 5000 + b".vbs", SCRIPT),
    }
    for how, entry in names.items():
        yield name(f"Z-name-{how}", attached(build(entry), b"papers.zip", b"application/zip"))
    yield name("Z-name-unlisted", attached(local(Entry(b"invoice.vbs", SCRIPT)) + build(HARMLESS), b"papers.zip"))
    both = local(HARMLESS) + local(Entry(b"invoice.vbs", SCRIPT))
    directory = listed(HARMLESS, 0)
    yield name("Z-name-unlisted-inside", attached(both + directory + end(1, len(directory), len(both)), b"papers.zip"))
