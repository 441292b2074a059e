"""Row S13: files in files of other formats, each of which is opened by another reader."""

from __future__ import annotations

import base64
import gzip
import zlib
from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion import macfiles
from evasion.carriers import message
from evasion.mails import OCTETS, REAL, attached, b64, text, zipped
from evasion.sample import Hides, Load, Sample, either
from evasion.sealed import armour, literal_of, packet, signed
from unpack import section, tnef_file
from unpack.compound_file import compound

FROM = b"From ann@example.com Thu Jan  1 12:00:00 2026\r\n"
SMIME = b"Content-Type: application/pkcs7-mime\r\n" + REAL + b"\r\n"


def cases(load: Load) -> Iterator[Sample]:
    """All of these."""
    mail = attached(load.zip, b"a.zip")
    mailbox = FROM + text(b"Hello.\r\n") + b"\r\n" + FROM + mail
    part = OCTETS + REAL + b"\r\n" + load.base64
    for _ in range(5):
        part = SMIME + b64(signed(part))
    tnef = tnef_file.tnef(tnef_file.attachment(b"a.zip", load.zip))
    note = section.section(section.file(load.marker))
    secret = packet(8, b"\2" + zlib.compress(literal_of(load.zip)))
    streamed = signed(load.zip, pieces=7, endless=True)
    event = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTACH;ENCODING=BASE64:%b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    calendar = event % base64.b64encode(load.zip)
    page = b'<html><a href="data:application/zip;base64,%b">x</a></html>' % base64.b64encode(load.zip)
    pem = b"-----BEGIN PKCS7-----\r\n" + b64(signed(load.zip), 64) + b"-----END PKCS7-----\r\n"
    files = {
        "mailbox": (mailbox, b"a.mbox"), "mailbox-gz": (gzip.compress(mailbox), b"a.mbox.gz"),
        "mailbox-in-mailbox": (FROM + text(b"Hello.\r\n") + b"\r\n" + FROM + attached(mailbox, b"b.mbox"), b"a.mbox"),
        "signed-five-times": (part, b"a.eml"), "mail-in-outlook": (compound(message(mail, "a.eml")), b"a.msg"),
        "signed-in-outlook": (compound(message(signed(load.zip), "smime.p7m")), b"a.msg"),
        "tnef-in-calendar": (event % base64.b64encode(tnef), b"a.ics"), "tnef-gz": (gzip.compress(tnef), b"a.gz"),
        "outlook-in-calendar": (event % base64.b64encode(compound(message(load.zip, "a.zip"))), b"a.ics"),
        "calendar-gz": (gzip.compress(calendar), b"a.ics.gz"),
        "calendar-utf-16-in-outlook": (compound(message(calendar.decode().encode("utf-16"), "a.ics")), b"a.msg"),
        "note-in-zip": (zipped(("a.one", note)), b"a.zip"),
        "note-in-tnef": (tnef_file.tnef(tnef_file.attachment(b"a.one", note)), b"winmail.dat"),
        "pgp-in-signed": (signed(secret), b"a.p7m"),
        "signed-in-pgp": (packet(8, b"\2" + zlib.compress(literal_of(streamed))), b"a.gpg"),
        "macbinary-in-binhex": (macfiles.binhex(macfiles.macbinary(load.zip)), b"a.hqx"),
        "page-utf-16": (page.decode().encode("utf-16"), b"a.html"),
        "mail-utf-16-in-zip": (zipped(("a.eml", mail.decode().encode("utf-16-le"))), b"a.zip"),
        "signed-utf-16": (pem.decode().encode("utf-16"), b"a.pem"), "signed-base64": (b64(streamed), b"a.p7m"),
        "pgp-utf-16-in-outlook": (compound(message(armour(secret).decode().encode("utf-16"), "a.asc")), b"a.msg"),
    }  # fmt: skip
    held = Reason.UNREADABLE, Reason.LIMIT_DEPTH, Reason.AMBIGUOUS
    for how, (data, label) in files.items():
        yield either(f"S13-wrapped-{how}", Hides.MARKER, attached(data, label), *held)
        yield either(f"S13-wrapped-{how}-unnamed", Hides.MARKER, attached(data), *held)
    for codec in ("utf-7", "cp037", "utf-16-be"):
        head = b"Content-Type: text/html; charset=" + codec.encode() + b"\r\n" + REAL
        mail = text(b64(page.decode().encode(codec)), head)
        yield either(f"S13-wrapped-page-{codec}", Hides.MARKER, mail, Reason.UNREADABLE)
