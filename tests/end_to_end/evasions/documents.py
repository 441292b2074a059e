"""Groups S and O: mails in mails, documents and other things that hold files."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Iterator

from end_to_end.evasions.sample import (
    EICAR,
    MIME,
    SCRIPT,
    ZIP,
    Expect,
    Sample,
    around,
    attached,
    b64,
    eicar,
    name,
    phrase,
    single,
    text,
    zipped,
)

FLAT = base64.b64encode(ZIP)
RFC822 = b"Content-Type: message/rfc822\r\n\r\n"


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


def tnef(data: bytes) -> bytes:
    """A winmail.dat with one attachment."""

    def attribute(level: int, kind: int, body: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(body)) + body + struct.pack("<H", sum(body) & 0xFFFF)

    rendered = attribute(2, 0x00069002, bytes(14))
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, b"\0\0\1\0")
        + rendered
        + attribute(2, 0x00018010, b"a.txt\0")
        + attribute(2, 0x0006800F, data)
    )


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


SMUGGLING = (
    b"<html><script>var b=new Blob([Uint8Array.from(atob('" + FLAT + b"'),c=>c.charCodeAt(0))]);</script></html>"
)


def samples() -> Iterator[Sample]:
    """All of the group."""
    mail = attached(ZIP, b"a.zip")
    nested = mail
    for _ in range(8):
        nested = single(b"Content-Type: message/rfc822\r\n", nested)
    yield eicar("S-mail", around(RFC822 + mail.replace(b"b1", b"c1")))
    yield eicar("S-mail-in-8-mails", nested)
    deep = mail
    for _ in range(40):
        deep = single(b"Content-Type: message/rfc822\r\n", deep)
    yield eicar("S-mail-in-40-mails", deep)
    yield eicar("S-news", around(b"Content-Type: message/news\r\n\r\n" + mail.replace(b"b1", b"c1")))
    yield eicar(
        "S-digest", MIME + b"Content-Type: multipart/digest; boundary=d1\r\n\r\n--d1\r\n\r\n" + mail + b"\r\n--d1--\r\n"
    )
    yield eicar("S-eml", attached(mail, b"a.eml"))
    yield eicar("S-eml-in-zip", attached(zipped(("a.eml", mail)), b"a.zip"))
    yield eicar("S-eml-in-eml", attached(attached(mail, b"a.eml"), b"b.eml"))
    yield eicar("S-eml-unnamed", attached(mail))
    yield eicar("S-eml-leading-blank", attached(b"\r\n\r\n" + mail, b"a.eml"))
    yield eicar("S-eml-bom", attached(b"\xef\xbb\xbf" + mail, b"a.eml"))
    yield eicar(
        "S-mbox",
        attached(b"From ann@example.com Thu Jan  1 12:00:00 2026\n" + mail.replace(b"\r\n", b"\n") + b"\n", b"a.mbox"),
    )
    harmless = text(b"Hello.\r\n").replace(b"\r\n", b"\n")
    line = b"From ann@example.com Thu Jan  1 12:00:00 2026\n"
    yield eicar("S-mbox-second", attached(line + harmless + b"\n" + line + mail.replace(b"\r\n", b"\n"), b"a.mbox"))
    yield eicar("S-partial", MIME + b'Content-Type: message/partial; id="x"; number=1; total=2\r\n\r\n' + mail)
    yield eicar(
        "S-external-body",
        around(b"Content-Type: message/external-body; access-type=url\r\n\r\nContent-Type: text/plain\r\n\r\n"),
        Expect.HELD,
    )
    yield eicar(
        "S-alternative",
        around(
            b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(ZIP),
            kind=b"multipart/alternative; boundary=b1",
        ),
    )
    yield eicar(
        "S-related",
        around(
            b"Content-Type: image/png\r\nContent-ID: <x>\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(ZIP),
            kind=b"multipart/related; boundary=b1",
        ),
    )
    report = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n--b1\r\n"
        + RFC822
        + mail.replace(b"b1", b"c1")
    )
    yield eicar("S-report", around(report, kind=b"multipart/report; report-type=delivery-status; boundary=b1"))
    yield eicar(
        "S-text-declared-zip",
        around(b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(ZIP)),
    )
    yield eicar(
        "S-html-declared-zip",
        around(b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(ZIP)),
    )
    yield eicar("S-whole-message-is-zip", ZIP)
    yield eicar(
        "S-behind-padding", attached(zipped(("pad.bin", bytes(3_000_000)), ("note.txt", EICAR), method=0), b"a.zip")
    )
    yield eicar("S-behind-text", text(b"x\r\n" * 200_000 + EICAR + b"\r\n"))
    yield eicar("S-tnef", attached(tnef(EICAR), b"winmail.dat", b"application/ms-tnef"))
    yield eicar("S-tnef-zip", attached(tnef(ZIP), b"a.dat"), Expect.HELD)
    yield eicar(
        "S-ics",
        text(
            b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:" + FLAT + b"\r\nEND:VCALENDAR\r\n",
            b"Content-Type: text/calendar\r\n",
        ),
    )
    yield eicar(
        "S-ics-attached",
        attached(
            b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:"
            + b"\r\n ".join(FLAT[at : at + 70] for at in range(0, len(FLAT), 70))
            + b"\r\nEND:VCALENDAR\r\n",
            b"a.ics",
            b"text/calendar",
        ),
    )
    yield eicar(
        "S-vcf", attached(b"BEGIN:VCARD\r\nPHOTO;ENCODING=b:" + FLAT + b"\r\nEND:VCARD\r\n", b"a.vcf", b"text/vcard")
    )
    yield eicar(
        "S-data-uri",
        text(b'<a href="data:application/zip;base64,' + FLAT + b'">x</a>\r\n', b"Content-Type: text/html\r\n"),
    )
    yield eicar(
        "S-data-uri-in-svg",
        attached(
            b'<svg xmlns="http://www.w3.org/2000/svg"><a href="data:application/zip;base64,' + FLAT + b'"/></svg>',
            b"a.svg",
            b"image/svg+xml",
        ),
    )
    yield eicar("S-smuggling", text(SMUGGLING, b"Content-Type: text/html\r\n"))
    half = len(FLAT) // 2
    page = b"<html><script>var x = %b;</script></html>"
    for how, constant in (
        ("joined", b"atob('" + FLAT[:half] + b"' +\r\n '" + FLAT[half:] + b"')"),
        ("percent", b"unescape('" + b"".join(b"%%%02x" % byte for byte in ZIP) + b"')"),
        ("escapes", b"'" + b"".join(b"\\x%02X" % byte for byte in ZIP) + b"'"),
        ("numbers", b"[" + b", ".join(b"%d" % byte for byte in ZIP) + b"]"),
        ("hexadecimal-numbers", b"[" + b",".join(b"0x%02x" % byte for byte in ZIP) + b"]"),
        ("hexadecimal", b"'" + ZIP.hex().encode() + b"'"),
    ):
        yield eicar(f"S-smuggling-{how}", attached(page % constant, b"a.html", b"text/html"))
    yield eicar("S-smuggling-attached", attached(SMUGGLING, b"a.html", b"text/html"))
    yield eicar(
        "S-appledouble",
        around(
            (
                b"Content-Type: multipart/appledouble; boundary=a1\r\n\r\n--a1\r\n"
                b"Content-Type: application/applefile\r\nContent-Transfer-Encoding: "
                b"base64\r\n\r\n"
            )
            + b64(b"\0\5\x16\7\0\2\0\0" + bytes(40))
            + b"--a1\r\nContent-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + b64(ZIP)
            + b"--a1--\r\n"
        ),
    )
    yield eicar("S-macbinary", attached(b"\0\5a.zip" + bytes(121) + ZIP, b"a.bin"))
    enveloped = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + bytes(60)
    signed = (
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04\x82"
    ) + ZIP
    yield eicar(
        "S-smime-enveloped",
        attached(enveloped, b"smime.p7m", b"application/pkcs7-mime; smime-type=enveloped-data"),
        Expect.HELD,
    )
    yield eicar(
        "S-smime-signed", attached(signed, b"smime.p7m", b"application/pkcs7-mime; smime-type=signed-data"), Expect.HELD
    )
    yield eicar(
        "S-pgp-mime",
        around(
            b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n", kind=b"multipart/encrypted; boundary=b1"
        ),
        Expect.HELD,
    )
    armour = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA+abcd\r\n-----END PGP MESSAGE-----\r\n"
    yield eicar("S-pgp-inline", text(armour), Expect.HELD)
    yield eicar("S-pgp-inline-behind-prose", text(b"Hello Bob,\r\n\r\n" + armour), Expect.HELD)
    yield eicar("O-ole", attached(ole(EICAR), b"a.doc"))
    encrypted = ole(b"x").replace("WordDocument".encode("utf-16-le") + bytes(8), "EncryptedPackage".encode("utf-16-le"))
    yield eicar("O-ole-encrypted", attached(encrypted, b"a.docx"), Expect.HELD)
    yield eicar("O-ole-zip", attached(ole(ZIP), b"a.doc"))
    yield eicar("O-pdf-plain", attached(pdf(EICAR, plain=True), b"a.pdf"))
    yield eicar("O-pdf-flate", attached(pdf(EICAR), b"a.pdf"))
    yield eicar("O-pdf-zip", attached(pdf(ZIP, plain=True), b"a.pdf"))
    yield eicar("O-rtf", attached(rtf(EICAR), b"a.rtf"))
    yield eicar("O-rtf-zip", attached(rtf(ZIP), b"a.rtf"))
    yield eicar(
        "O-svg-script",
        attached(b'<svg xmlns="http://www.w3.org/2000/svg"><script>' + EICAR + b"</script></svg>", b"a.svg"),
    )
    yield eicar(
        "O-xml-entities",
        attached(
            b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "' + b"ha" * 50 + b'">]><a>&x;' + EICAR + b"</a>", b"a.xml"
        ),
    )
    yield eicar("O-mht", attached(mail, b"a.mht"))
    yield eicar("O-eicar-with-tail", attached(EICAR + b" " * 60 + b"\r\n", b"a.txt"))
    yield eicar("O-eicar-in-prose", text(b"Hello " + EICAR + b" bye\r\n"))
    yield name("S-name-in-mail", around(RFC822 + attached(SCRIPT, b"invoice.vbs").replace(b"b1", b"c1")))
    yield name("S-name-in-eml", attached(attached(SCRIPT, b"invoice.vbs"), b"a.eml"))
    yield name(
        "S-name-of-embedded",
        attached(
            zipped(
                ("[Content_Types].xml", b"<Types/>"),
                ("word/document.xml", b"<a/>"),
                ("word/embeddings/invoice.vbs", SCRIPT),
            ),
            b"a.docx",
        ),
    )
    yield phrase("S-phrase-in-eml", attached(text(b"claim your\r\nprize before midnight\r\n"), b"a.eml"))
    yield phrase(
        "S-phrase-in-docx",
        attached(
            zipped(
                ("[Content_Types].xml", b"<Types/>"),
                (
                    "word/document.xml",
                    (
                        b'<?xml version="1.0"?><w:document><w:p><w:r><w:t>claim your pri</w:t></w:r><w:r><w:t>ze'
                        b" before midnight</w:t></w:r></w:p></w:document>"
                    ),
                ),
            ),
            b"a.docx",
        ),
    )
