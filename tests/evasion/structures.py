"""Group S: mails in mails, parts in odd places and things that are no archives and hold files."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import MIME, REAL, around, attached, b64, single, text, zipped
from evasion.sample import SCRIPT, Hides, Load, Sample, either, held, marker, name, phrase

RFC822 = b"Content-Type: message/rfc822\r\n\r\n"
FROM = b"From ann@example.com Thu Jan  1 12:00:00 2026\n"


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


def inner(mail: bytes) -> bytes:
    """The mail with another boundary than the one around it."""
    return mail.replace(b"b1", b"c1")


def cases(load: Load) -> Iterator[Sample]:
    """All of the group."""
    mail = attached(load.zip, b"a.zip")
    yield from _mails(load, mail)
    yield from _parts(load)
    yield from _sealed(load)
    yield from _others(load)


def _mails(load: Load, mail: bytes) -> Iterator[Sample]:
    yield marker("S01-mail", around(RFC822 + inner(mail)))
    for depth, legal in ((8, True), (40, False)):
        nested = mail
        for _ in range(depth):
            nested = single(b"Content-Type: message/rfc822\r\n", nested)
        yield either(f"S01-mail-in-{depth}-mails", Hides.MARKER, nested, Reason.LIMIT_DEPTH, legal=legal)
    yield name("S01-name", around(RFC822 + inner(attached(SCRIPT, load.name))))
    yield marker("S02-news", around(b"Content-Type: message/news\r\n\r\n" + inner(mail)))
    yield marker("S02-global", around(b"Content-Type: message/global\r\n\r\n" + inner(mail)))
    digest = b"Content-Type: multipart/digest; boundary=d1\r\n\r\n--d1\r\n\r\n" + mail + b"\r\n--d1--\r\n"
    yield marker("S02-digest", MIME + digest)
    fragment = MIME + b'Content-Type: message/partial; id="x"; number=1; total=2\r\n\r\n' + mail
    yield either("S03-first-fragment", Hides.MARKER, fragment, Reason.PARTIAL)
    elsewhere = b"Content-Type: message/external-body; access-type=url\r\n\r\nContent-Type: text/plain\r\n\r\n"
    yield held("S04-url", around(elsewhere), Reason.PARTIAL)
    report = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n--b1\r\n" + RFC822 + inner(mail)
    )
    kind = b"multipart/report; report-type=delivery-status; boundary=b1"
    yield marker("S12-report", around(report, kind=kind))
    yield marker("S13-eml", attached(mail, b"a.eml"))
    yield marker("S13-eml-in-zip", attached(zipped(("a.eml", mail)), b"a.zip"))
    yield marker("S13-eml-in-eml", attached(attached(mail, b"a.eml"), b"b.eml"))
    yield marker("S13-eml-unnamed", attached(mail))
    yield marker("S13-eml-leading-blank", attached(b"\r\n\r\n" + mail, b"a.eml"))
    yield marker("S13-eml-bom", attached(b"\xef\xbb\xbf" + mail, b"a.eml"))
    yield name("S13-name", attached(attached(SCRIPT, load.name), b"a.eml"))
    words = load.say(b"claim your\r\nprize before midnight\r\n")
    yield phrase("S13-phrase", attached(text(words), b"a.eml"))
    stored = mail.replace(b"\r\n", b"\n")
    yield marker("S15-mbox", attached(FROM + stored + b"\n", b"a.mbox"))
    harmless = text(b"Hello.\r\n").replace(b"\r\n", b"\n")
    yield marker("S15-mbox-second", attached(FROM + harmless + b"\n" + FROM + stored, b"a.mbox"))
    yield marker("S15-from-line-in-body", text(b"Hello\r\nFrom here on:\r\n>From there\r\n" + load.marker + b"\r\n"))
    yield marker("S15-dots", text(b".\r\n..\r\n...\r\n" + load.marker + b"\r\n.\r\n"))
    part = b"--b1\r\nContent-Type: text/plain\r\n\r\nHello.\r\n"
    many = MIME + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n" + 100_000 * part
    file = b"--b1\r\nContent-Type: application/zip\r\n" + REAL + b"\r\n" + load.base64 + b"--b1--\r\n"
    yield either("S16-100000-parts", Hides.MARKER, many + file, Reason.LIMIT_PARTS)
    yield marker("S17-cut-in-base64", mail[: mail.rindex(b"--b1--")])
    yield marker("S17-cut-behind-line", mail.removesuffix(b"--b1--\r\n"))


def _parts(load: Load) -> Iterator[Sample]:
    file = b"Content-Type: application/zip\r\n" + REAL + b"\r\n" + load.base64
    yield marker("S05-alternative", around(file, kind=b"multipart/alternative; boundary=b1"))
    related = b"Content-Type: image/png\r\nContent-ID: <x>\r\n" + REAL + b"\r\n" + load.base64
    yield marker("S05-related", around(related, kind=b"multipart/related; boundary=b1"))
    named = b"Content-Type: text/html; name=" + load.name + b"\r\n\r\n" + SCRIPT
    yield name("S05-name-in-alternative", around(named, kind=b"multipart/alternative; boundary=b1"))
    yield marker("S06-inline", around(b"Content-Disposition: inline\r\n" + file))
    yield marker("S06-content-id", around(b"Content-ID: <a@b>\r\n" + file))
    for kind in ("plain", "html"):
        head = f"Content-Type: text/{kind}\r\n".encode()
        yield marker(f"S06-declared-{kind}", around(head + REAL + b"\r\n" + load.base64))
    yield marker("S06-whole-message", load.zip, legal=False)


def _sealed(load: Load) -> Iterator[Sample]:
    signed = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"
    signed += b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04\x82" + load.zip
    kind = b"application/pkcs7-mime; smime-type=signed-data"
    mail = attached(signed, b"smime.p7m", kind)
    yield either("S07-signed", Hides.MARKER, mail, Reason.UNREADABLE, Reason.ENCRYPTED_SMIME)
    enveloped = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + bytes(60)
    kind = b"application/pkcs7-mime; smime-type=enveloped-data"
    yield held("S08-smime", attached(enveloped, b"smime.p7m", kind), Reason.ENCRYPTED_SMIME)
    version = b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n"
    yield held("S08-pgp-mime", around(version, kind=b"multipart/encrypted; boundary=b1"), Reason.ENCRYPTED_PGP)
    armour = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA+abcd\r\n-----END PGP MESSAGE-----\r\n"
    yield held("S08-pgp-inline", text(armour), Reason.ENCRYPTED_PGP)
    yield held("S08-pgp-inline-behind-prose", text(b"Hello Bob,\r\n\r\n" + armour), Reason.ENCRYPTED_PGP)


def _others(load: Load) -> Iterator[Sample]:
    flat = base64.b64encode(load.zip)
    winmail = attached(tnef(load.marker), b"winmail.dat", b"application/ms-tnef")
    yield either("S09-tnef", Hides.MARKER, winmail, Reason.UNREADABLE)
    yield either("S09-tnef-zip", Hides.MARKER, attached(tnef(load.zip), b"a.dat"), Reason.UNREADABLE)
    outlook = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    outlook += "__substg1.0_37010102".encode("utf-16-le") + bytes(472) + load.zip
    mail = attached(outlook, b"a.msg", b"application/vnd.ms-outlook")
    yield either("S10-msg", Hides.MARKER, mail, Reason.UNREADABLE)
    attach = b"BEGIN:VCALENDAR\r\nATTACH;ENCODING=BASE64;VALUE=BINARY:%b\r\nEND:VCALENDAR\r\n"
    yield marker("S11-calendar", text(attach % flat, b"Content-Type: text/calendar\r\n"))
    folded = b"\r\n ".join(flat[at : at + 70] for at in range(0, len(flat), 70))
    yield marker("S11-calendar-folded", attached(attach % folded, b"a.ics", b"text/calendar"))
    card = b"BEGIN:VCARD\r\nPHOTO;ENCODING=b:" + flat + b"\r\nEND:VCARD\r\n"
    yield marker("S11-card", attached(card, b"a.vcf", b"text/vcard"))
    link = b'<a href="data:application/zip;base64,' + flat + b'">x</a>'
    yield marker("S14-html", text(link + b"\r\n", b"Content-Type: text/html\r\n"))
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg">' + link + b"</svg>"
    yield marker("S14-svg", attached(drawing, b"a.svg", b"image/svg+xml"))
    padded = zipped(("pad.bin", bytes(3_000_000)), ("note.txt", load.marker), method=0)
    yield marker("S18-behind-padding", attached(padded, b"a.zip"))
    yield marker("S18-behind-text", text(b"x\r\n" * 200_000 + load.marker + b"\r\n"))
    yield marker("S18-behind-30-mb", attached(bytes(30_000_000) + load.marker, b"a.bin"))
    lines = b64(bytes(600_000))
    yield marker("S18-behind-base64-lines", text(lines + load.marker + b"\r\n"))
