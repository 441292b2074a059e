"""Files to attach: benign, made here, each with content of its own.

A zip, a word-processor document (OOXML), a PDF and something that looks like a Windows program (DOS and PE headers,
random octets as its one section; it cannot run). Sizes are 50 to 500 kB. The same Random gives the same file.
"""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

SMALLEST, LARGEST = 50_000, 500_000
PROGRAM = "program"

_PAGE = "The quarterly figures are in the table below. "


def zip_file(chance: random.Random, size: int) -> bytes:
    """Two members: text that packs well, and octets that do not."""
    note = "\n".join(f"{chance.getrandbits(64):016x} {_PAGE}" for _ in range(200))
    return _zip({"notes.txt": note.encode(), "data.bin": chance.randbytes(size)})


def document(chance: random.Random, size: int) -> bytes:
    """A document in OOXML with one picture; the picture is octets behind a PNG signature."""
    text = "".join(f"<w:p><w:r><w:t>{chance.getrandbits(64):016x} {_PAGE}</w:t></w:r></w:p>" for _ in range(200))
    main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return _zip(
        {
            "[Content_Types].xml": b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            b'content-types"><Default Extension="png" ContentType="image/png"/><Override PartName="/word/document.xml" '
            b'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
            "_rels/.rels": b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            b'relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/officeDocument" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<?xml version="1.0"?><w:document xmlns:w="{main}"><w:body>{text}</w:body>'
            "</w:document>".encode(),
            "word/media/image1.png": b"\x89PNG\r\n\x1a\n" + chance.randbytes(size),
        }
    )


def pdf(chance: random.Random, size: int) -> bytes:
    """One page; its content stream is text, and one unused stream fills it up."""
    shown = f"BT /F1 12 Tf 72 720 Td ({chance.getrandbits(64):016x} {_PAGE}) Tj ET".encode()
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 6 0 R>>>>>>",
        _stream(zlib.compress(shown)),
        _stream(zlib.compress(chance.randbytes(size), 1)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(bodies, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, body))
    table = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1))
    out.writelines(b"%010d 00000 n \n" % place for place in places)
    out.write(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table))
    return out.getvalue()


def program(chance: random.Random, size: int) -> bytes:
    """Headers of a Windows program whose entry point is 0 and whose one section may not be executed."""
    dos = b"MZ" + bytes(58) + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 224, 0x102)
    optional = struct.pack("<HBBIIIIII", 0x10B, 1, 0, 0, size, 0, 0, 0x1000, 0x1000)
    section = b".data\0\0\0" + struct.pack("<IIIIIIHHI", size, 0x1000, size, 512, 0, 0, 0, 0, 0x40000040)
    head = dos + coff + optional.ljust(224, b"\0") + section
    return head.ljust(512, b"\0") + chance.randbytes(size)


KINDS: tuple[tuple[str, str, bytes, Callable[[random.Random, int], bytes]], ...] = (
    ("zip", "notes.zip", b"application/zip", zip_file),
    (
        "document",
        "report.docx",
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        document,
    ),
    ("pdf", "report.pdf", b"application/pdf", pdf),
    (PROGRAM, "setup.dat", b"application/octet-stream", program),
)
"""Kind, file name, media type, and what makes it."""


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _stream(packed: bytes) -> bytes:
    return b"<</Length %d/Filter/FlateDecode>>\nstream\n%b\nendstream" % (len(packed), packed)
