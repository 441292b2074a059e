"""Group O: documents and pages that hold files, and the test file with something around it."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import attached, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, eicar, either, held, marker, name, phrase
from unpack.pdf_file import Encryption, document, page, stream


def ole(data: bytes) -> bytes:
    """A compound file with one stream (512-byte sectors, no mini stream)."""
    free, end, fat = b"\xff\xff\xff\xff", b"\xfe\xff\xff\xff", b"\xfd\xff\xff\xff"
    data = data.ljust(4096, b" ")
    sectors = len(data) // 512
    head = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHHHIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    )
    head += struct.pack("<I", 0) + free * 108
    table = fat + end + b"".join(struct.pack("<I", k + 3) for k in range(sectors - 1)) + end
    table = table.ljust(512, b"\xff")

    def item(label: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = label.encode("utf-16-le").ljust(64, b"\0")
        return (
            text
            + struct.pack("<HBBIII", 2 * len(label) + 2, kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + bytes(36)
            + struct.pack("<III", start, size, 0)
        )

    directory = item("Root Entry", 5, 1, 0xFFFFFFFE, 0) + item("WordDocument", 2, 0xFFFFFFFF, 2, len(data)) + bytes(256)
    return head + table + directory + data


def pdf(data: bytes, *, plain: bool = False) -> bytes:
    """A PDF with one stream."""
    packed = data if plain else zlib.compress(data)
    extra = b"" if plain else b"/Filter/FlateDecode"
    return (
        b"%PDF-1.4\n1 0 obj<</Length "
        + b"%d" % len(packed)
        + extra
        + b">>stream\n"
        + packed
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def rtf(data: bytes) -> bytes:
    """An RTF with an embedded object."""
    return b"{\\rtf1{\\object\\objemb{\\*\\objdata " + data.hex().encode() + b"}}}"


def cases(load: Load) -> Iterator[Sample]:
    """All of the rows."""
    yield from _office(load)
    yield from _pages(load)
    yield marker("O03-mht", attached(attached(load.zip, b"a.zip"), b"a.mht"))
    yield marker("O04-object", attached(rtf(load.marker), b"a.rtf"))
    yield marker("O04-zip", attached(rtf(load.zip), b"a.rtf"))
    huge = rtf(load.zip).replace(b"objdata ", b"objdata \\bin4294967296 ")
    yield marker("O04-size-of-33-bits", attached(huge, b"a.rtf"))
    yield marker("O05-plain", attached(pdf(load.marker, plain=True), b"a.pdf"))
    yield marker("O05-flate", attached(pdf(load.marker), b"a.pdf"))
    yield marker("O05-zip", attached(pdf(load.zip, plain=True), b"a.pdf"))
    yield from _pdfs(load)
    yield from _streams(load)
    yield from _names(load)
    note = bytes.fromhex("e4525c7b8cd8a74daeb15378d02996d3") + load.marker
    yield either("O06-onenote", Hides.MARKER, attached(note, b"a.one"), Reason.UNREADABLE)
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>' + load.marker + b"</script></svg>"
    yield marker("O08-script", attached(drawing, b"a.svg"))
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "' + b"ha" * 50 + b'">]><a>&x;' + load.marker + b"</a>"
    yield marker("O09-entity", attached(entity, b"a.xml"))
    yield eicar("O17-tail", attached(load.eicar + b" " * 60 + b"\r\n", b"a.txt"))
    yield eicar("O17-prose", text(b"Hello " + load.eicar + b" bye\r\n"))
    yield eicar("O17-zip-in-zip", attached(zipped(("a.zip", zipped(("a.txt", load.eicar)))), b"a.zip"))
    yield eicar("O17-line-end", attached(load.eicar + b"\r\n", b"a.txt"))


def _pdfs(load: Load) -> Iterator[Sample]:
    """What readers of PDF open without a question, and show."""
    for how, encryption in {
        "rc4-40": Encryption(2, "RC4", 40),
        "rc4": Encryption(3, "RC4"),
        "aes-128": Encryption(4, "AESV2"),
        "aes-256": Encryption(6, "AESV3"),
    }.items():
        data = encryption.document(encryption.stream(2, load.zip))
        yield marker(f"O05-encrypted-{how}", attached(data, b"a.pdf"))
    locked = Encryption(6, "AESV3", user=b"nobody says it")
    data = locked.document(locked.stream(2, load.zip))
    yield held("O05-encrypted-password", attached(data, b"a.pdf"), Reason.ENCRYPTED)
    encoded = b"".join(b"\0" + bytes([byte]) for byte in load.zip)
    data = document(stream(2, encoded, b"/DecodeParms<</Predictor 15/Columns 1>>"))
    yield marker("O05-predictor", attached(data, b"a.pdf"))
    script = b"1 0 obj<</OpenAction<</S/JavaScript/J#53 <" + load.marker.hex().encode() + b">>>>>endobj\n"
    yield marker("O05-script", attached(document(script), b"a.pdf"))
    started = b"1 0 obj<</OpenAction<</S/Launch/F(" + load.name + b")>>>>endobj\n"
    yield name("O05-launch", attached(document(started), b"a.pdf"))
    for how, content in {
        "kerning": b"[(claim your pri) -20 (ze) -260 (before mid) 30 (night)] TJ",
        "lines": b"(claim your) Tj 0 -12 Td (prize before) Tj T* (midnight) Tj",
        "hexadecimal": b"<" + load.say(b"claim your prize before midnight").hex().encode() + b"> Tj",
    }.items():
        data = page(b"BT /F1 12 Tf " + load.say(content) + b" ET", b"/F1 5 0 R")
        yield phrase(f"O05-text-{how}", attached(data, b"a.pdf"))


def _streams(load: Load) -> Iterator[Sample]:
    """Streams of a PDF in the ways that only readers understand."""
    packed = zlib.compress(load.zip)
    rows = zlib.compress(b"".join(b"\0" + load.zip[at : at + 10] for at in range(0, len(load.zip), 10)))
    twice = zlib.compress(b"".join(b"\0" + packed[at : at + 10] for at in range(0, len(packed), 10)))
    others = b"5 0 obj/FlateDecode endobj\n6 0 obj 10 endobj\n"
    flate, keyword = b"/Filter/FlateDecode", b"stream\n"
    for how, (entries, word, content) in {
        "keyword-blank": (flate, b"stream \r\n", packed),
        "keyword-comment": (flate, b"stream%x\n", packed),
        "keyword-words": (flate, b"stream and more\n", packed),
        "checksum": (flate, keyword, packed[:-4] + b"abcd"),
        "header": (flate, keyword, b"\x78\x02" + packed[2:]),
        "filter-reference": (b"/Filter[5 0 R]", keyword, packed),
        "filter-short": (b"/F 5 0 R", keyword, packed),
        "columns-reference": (flate + b"/DecodeParms<</Predictor 12/Columns 6 0 R>>", keyword, rows),
        "columns-comment": (flate + b"/DecodeParms<</Predictor%\n12/Columns%\n10>>", keyword, rows),
        "first-of-two-predicted": (
            b"/Filter[/FlateDecode/FlateDecode]/DecodeParms[<</Predictor 12/Columns 10>>null]",
            keyword,
            twice,
        ),
        "lengths": (flate + b"/Length 4/Length %d" % len(packed), keyword, packed),
    }.items():
        one = b"2 0 obj<<" + entries + b">>" + word + content + b"\nendstream endobj\n"
        yield marker(f"O05-stream-{how}", attached(document(one, others), b"a.pdf"))
    sealed = bytes(7) + b"**ACE**" + load.marker
    data = document(stream(2, sealed, b"/Type/EmbeddedFile"))
    yield marker("O05-embedded-unknown", attached(data, b"a.pdf"), legal=False)


def _names(load: Load) -> Iterator[Sample]:
    """Names of files in a PDF, far from what gives them away."""
    far = b"/Desc(" + b"x" * 3000 + b")"
    file = b"/EF<</F 9 0 R>>"
    for how, entries in {
        "far": b"/F(" + load.name + b")" + far + file,
        "reference": b"/UF 8 0 R" + file,
        "long": b"/F(" + b"x" * 3000 + load.name + b")" + file,
        "launch-far": b"/S/Launch" + far + b"/F(" + load.name + b")",
        "launch-reference": b"/S/Launch/Win 7 0 R",
    }.items():
        other = b"8 0 obj(" + load.name + b")endobj\n7 0 obj<<" + far + b"/F 8 0 R>>endobj\n"
        yield name(f"O05-name-{how}", attached(document(b"2 0 obj<<" + entries + b">>endobj\n", other), b"a.pdf"))
    for how, looks in {"page": b"<html><body>", "xml": b"<?xml version='1.0'?>", "script": b"#!/bin/sh\n"}.items():
        front = b"5 0\n" + looks.ljust(100)
        content = front + b"<</F(" + load.name + b")" + file + b">>"
        data = document(stream(2, content, b"/Type/ObjStm/N 1/First %d" % len(front)))
        yield name(f"O05-name-objects-like-{how}", attached(data, b"a.pdf"))


def _office(load: Load) -> Iterator[Sample]:
    types = ("[Content_Types].xml", b"<Types/>")
    document = ("word/document.xml", b"<a/>")
    for how, member in {
        "embedded-zip": ("word/embeddings/a.zip", load.zip),
        "macros": ("word/vbaProject.bin", load.marker),
    }.items():
        data = zipped(types, document, member)
        yield marker(f"O01-{how}", attached(data, b"a.docx"), legal=how != "macros")
    data = zipped(("mimetype", b"application/vnd.oasis.opendocument.text"), ("Pictures/a.bin", load.zip))
    yield marker("O01-opendocument", attached(data, b"a.odt"))
    data = zipped(types, document, (f"word/embeddings/{load.name.decode()}", SCRIPT))
    yield name("O01-name-of-embedded", attached(data, b"a.docx"))
    runs = b"<w:p><w:r><w:t>claim your pri</w:t></w:r><w:r><w:t>ze before midnight</w:t></w:r></w:p>"
    data = b'<?xml version="1.0"?><w:document>' + load.say(runs) + b"</w:document>"
    yield phrase("O01-phrase", attached(zipped(types, ("word/document.xml", data)), b"a.docx"))
    bare = data.partition(b"?>")[2].replace(b"<w:document>", b"<w:document xmlns:w='x'>")
    yield phrase("O01-phrase-no-declaration", attached(zipped(types, ("word/document.xml", bare)), b"a.docx"))
    yield marker("O02-stream", attached(ole(load.marker), b"a.doc"))
    yield marker("O02-zip", attached(ole(load.zip), b"a.doc"))
    encrypted = ole(b"x").replace("WordDocument".encode("utf-16-le") + bytes(8), "EncryptedPackage".encode("utf-16-le"))
    yield held("O02-encrypted", attached(encrypted, b"a.docx"), Reason.ENCRYPTED)


def _pages(load: Load) -> Iterator[Sample]:
    data, flat = load.zip, base64.b64encode(load.zip)
    blob = b"var b=new Blob([Uint8Array.from(atob('" + flat + b"'),c=>c.charCodeAt(0))]);"
    page = b"<html><script>%b</script></html>"
    yield marker("O07-body", text(page % blob, b"Content-Type: text/html\r\n"))
    yield marker("O07-attached", attached(page % blob, b"a.html", b"text/html"))
    half = len(flat) // 2
    for how, constant in (
        ("joined", b"atob('" + flat[:half] + b"' +\r\n '" + flat[half:] + b"')"),
        ("percent", b"unescape('" + b"".join(b"%%%02x" % byte for byte in data) + b"')"),
        ("escapes", b"'" + b"".join(b"\\x%02X" % byte for byte in data) + b"'"),
        ("numbers", b"[" + b", ".join(b"%d" % byte for byte in data) + b"]"),
        ("hexadecimal-numbers", b"[" + b",".join(b"0x%02x" % byte for byte in data) + b"]"),
        ("hexadecimal", b"'" + data.hex().encode() + b"'"),
    ):
        yield marker(f"O07-{how}", attached(page % (b"var x = " + constant + b";"), b"a.html", b"text/html"))
