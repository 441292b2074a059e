"""Rows S05, S06, S12, S15 and S17: parts in odd places, returned and stored mails, mails that are cut off."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import CTE, MIME, OCTETS, REAL, TOP, around, attached, b64, single, text
from evasion.nesting import RFC822, inner
from evasion.sample import SCRIPT, Hides, Load, Sample, either, marker, name, phrase

FROM = b"From ann@example.com Thu Jan  1 12:00:00 2026\n"
MULTIPARTS = (
    "mixed alternative related parallel signed report form-data byteranges voice-message header-set x-mixed-replace "
    "appledouble related-x fax-message multilingual x-nothing MIXED"
)


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    mail = attached(load.zip, b"a.zip")
    yield from _parts(load)
    yield from _reports(load, mail)
    yield from _stored(load, mail)
    yield from _cut(load, mail)


def _parts(load: Load) -> Iterator[Sample]:
    file = OCTETS + REAL + b"\r\n" + load.base64
    words = b"Content-Type: text/html\r\n\r\n<p>Hello</p>\r\n"
    named = b"Content-Type: text/html; name=" + load.name + b"\r\n\r\n" + SCRIPT
    for kind in MULTIPARTS.split():
        whole = b"multipart/" + kind.encode() + b"; boundary=b1"
        for how, part in {
            "second": file, "third": words + b"--b1\r\n" + file, "fourth": 2 * (words + b"--b1\r\n") + file,
            "before-text": file + b"--b1\r\n" + words,
        }.items():  # fmt: skip
            yield marker(f"S05-{kind}-{how}", around(part, kind=whole))
            yield name(f"S05-{kind}-{how}-name", around(part.replace(file, named), kind=whole))
        under = b"Content-Type: " + whole.replace(b"b1", b"c1") + b"\r\n\r\n--c1\r\n" + file + b"--c1--\r\n"
        yield marker(f"S05-{kind}-alone-inside", around(under))
        first = MIME + b"Content-Type: " + whole + b"\r\n\r\n--b1\r\n" + file + b"--b1--\r\n"
        yield marker(f"S05-{kind}-only", first)
    related = b'multipart/related; boundary=b1; type="text/html"; start="<x>"'
    yield marker("S05-related-not-the-start", around(b"Content-ID: <y>\r\n" + file, kind=related))
    yield marker("S05-related-start", around(b"Content-ID: <x>\r\n" + file, kind=related))
    yield marker("S05-related-image", around(file.replace(b"application/octet-stream", b"image/png"), kind=related))
    calendar = b"Content-Type: text/calendar; method=REQUEST\r\n" + REAL + b"\r\n" + load.base64
    yield marker("S05-alternative-calendar", around(calendar, kind=b"multipart/alternative; boundary=b1"))
    signature = file.replace(b"application/octet-stream", b"application/pkcs7-signature; name=smime.p7s")
    signed = b'multipart/signed; protocol="application/pkcs7-signature"; boundary=b1'
    yield marker("S05-as-signature", around(signature, kind=signed))
    yield marker("S05-as-pgp-signature", around(signature.replace(b"pkcs7", b"pgp"), kind=signed))
    fields = {
        "inline": b"Content-Disposition: inline", "none": b"X-Nothing: x", "content-id": b"Content-ID: <a@b>",
        "content-location": b"Content-Location: a", "unknown": b"Content-Disposition: x-hidden",
        "empty": b"Content-Disposition:",
        "semicolon": b"Content-Disposition: attachment;", "only-semicolon": b"Content-Disposition: ;", "notification":
        b"Content-Disposition: notification", "form-data": b'Content-Disposition: form-data; name="a"', "quoted":
        b'Content-Disposition: "inline"', "size-0": b"Content-Disposition: attachment; size=0", "signal":
        b"Content-Disposition: signal", "capitals": b"CONTENT-DISPOSITION: INLINE", "id-and-inline":
        b"Content-ID: <a@b>\r\nContent-Disposition: inline", "language": b"Content-Language: en",
        "md5": b"Content-MD5: AAAA",
        "attachment-id": b"X-Attachment-Id: a", "duration": b"Content-Duration: 1",
        "features": b"Content-Features: (a=1)",
    }  # fmt: skip
    for how, field in fields.items():
        for kind in ("application/octet-stream", "text/plain", "text/html", "image/gif", "audio/wav"):
            part = field + b"\r\n" + file.replace(b"application/octet-stream", kind.encode())
            legal = how not in ("empty", "only-semicolon", "quoted", "semicolon")
            yield marker(f"S06-{how}-{kind.partition('/')[2]}", around(part), legal=legal)
    yield marker("S06-no-header", around(b"\r\n" + load.base64))
    yield marker("S06-only-encoding", around(REAL + b"\r\n" + load.base64))
    yield marker("S06-whole-mail", MIME + REAL + b"\r\n" + load.base64)
    yield marker("S06-whole-mail-as-page", MIME + b"Content-Type: text/html\r\n" + REAL + b"\r\n" + load.base64)
    yield marker("S06-raw-bytes", load.zip, legal=False)


def _reports(load: Load, mail: bytes) -> Iterator[Sample]:
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
    for how, part in {
        "": RFC822 + inner(mail), "-global": b"Content-Type: message/global\r\n\r\n" + inner(mail),
        "-octets": OCTETS + REAL + b"\r\n" + load.base64,
        "-headers": b"Content-Type: text/rfc822-headers\r\n\r\n" + inner(mail),
        "-global-headers": b"Content-Type: message/global-headers\r\n\r\n" + inner(mail),
        "-text": b"Content-Type: text/plain\r\n\r\n" + inner(mail), "-no-type": b"\r\n" + inner(mail),
        "-8-bit": b"Content-Type: message/rfc822\r\n" + CTE + b": 8bit\r\n\r\n" + inner(mail),
        "-encoded": b"Content-Type: message/rfc822\r\n" + REAL + b"\r\n" + b64(mail),
        "-in-status": status + inner(mail), "-partial": b"Content-Type: message/partial\r\n\r\n" + inner(mail),
    }.items():  # fmt: skip
        for kind in ("delivery-status", "disposition-notification", "feedback-report", "x-other"):
            whole = around(
                status + b"--b1\r\n" + part, kind=b"multipart/report; boundary=b1; report-type=" + kind.encode()
            )
            yield marker(
                f"S12-{kind}{how}",
                whole.replace(b"From: Ann <ann@example.com>", b"From: <>"),
                legal=how in ("", "-octets"),
            )
    said = b"Hi. This is the qmail-send program.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    yield marker("S12-qmail", text(said + mail))
    exim = b"A message could not be delivered.\r\n\r\n------ This is a copy of the message. ------\r\n\r\n"
    yield marker("S12-exim", text(exim + mail.replace(b"\r\n", b"\n")))
    quote = b"\r\n".join(b"> " + line for line in mail.split(b"\r\n"))
    yield marker("S12-quoted", text(said + quote))
    yield marker("S12-old", TOP + b"\r\n   ----- Unsent message follows -----\r\n" + mail, legal=False)
    yield phrase("S12-phrase", text(said + text(load.say(b"claim your\r\nprize before midnight\r\n"))))


def _stored(load: Load, mail: bytes) -> Iterator[Sample]:
    stored = mail.replace(b"\r\n", b"\n")
    plain = text(b"Hello.\r\n").replace(b"\r\n", b"\n")
    for how, box in {
        "first": FROM + stored, "second": FROM + plain + b"\n" + FROM + stored,
        "tenth": 9 * (FROM + plain + b"\n") + FROM + stored,
        "crlf": (FROM + plain + b"\n" + FROM + stored).replace(b"\n", b"\r\n"),
        "no-blank": FROM + plain + FROM + stored,
        "quoted": FROM + plain + b"\n>From here on\n\n" + FROM + stored,
        "odd-line": FROM + plain + b"\nFrom - \n" + stored,
        "second-no-end": FROM + plain + b"\n" + FROM + stored.removesuffix(b"--b1--\n"),
    }.items():  # fmt: skip
        yield marker(f"S15-mbox-{how}", attached(box, b"a.mbox"))
        yield marker(f"S15-mbox-{how}-declared", attached(box, b"", b"application/mbox"))
        yield marker(f"S15-mbox-{how}-as-text", attached(box, b"a.txt", b"text/plain"))
    for how, front in {
        "from": FROM.replace(b"\n", b"\r\n"),
        "quoted": b">" + FROM.replace(b"\n", b"\r\n"),
        "two": 2 * FROM,
    }.items():
        yield marker(f"S15-{how}-in-front", front + mail, legal=False)
        yield marker(f"S15-{how}-in-part", around(front + OCTETS + REAL + b"\r\n" + load.base64), legal=False)
        yield marker(f"S15-{how}-before-body", around(OCTETS + REAL + b"\r\n" + front + load.base64), legal=False)
    for how, body in {
        "line-in-body": b"Hello\r\nFrom here on:\r\n>From there\r\n" + load.marker,
        "dots": b".\r\n..\r\n...\r\n" + load.marker + b"\r\n.",
        "dot-first": b"." + load.marker, "dots-first": b".." + load.marker,
        "from-first": b"From " + load.marker,
        "quoted-first": b">From " + load.marker, "dot-alone-then": b".\r\n" + load.marker,
        "dot-blank": b". \r\n" + load.marker,
    }.items():  # fmt: skip
        yield marker(f"S15-{how}", text(body + b"\r\n"))
        yield marker(f"S15-{how}-in-part", around(b"Content-Type: text/plain\r\n\r\n" + body + b"\r\n"))
    dotted = load.base64.replace(b"\r\n", b"\r\n.")
    yield marker("S15-base64-with-dots", around(OCTETS + REAL + b"\r\n." + dotted + b"\r\n"), legal=False)


def _cut(load: Load, mail: bytes) -> Iterator[Sample]:
    end = mail.rindex(b"--b1--")
    for how, cut in {
        "before-end": mail[:end], "behind-line": mail.removesuffix(b"--b1--\r\n"),
        "in-delimiter": mail[: end + 3], "no-line-end": mail[: end - 2],
        "no-last-lf": mail[: end - 1], "hyphen-less": mail.removesuffix(b"--\r\n"),
        "no-crlf": mail.removesuffix(b"\r\n"),
    }.items():  # fmt: skip
        yield marker(f"S17-{how}", cut, legal=how in ("before-end", "behind-line", "no-crlf"))
    yield marker("S17-in-tail-of-zip", mail[: end - 12], legal=False)
    whole = single(OCTETS + REAL, load.base64)
    for at in (2, 3, 4, 5, 10):
        yield either(f"S17-base64-less-{at}", Hides.MARKER, whole[:-at], Reason.UNREADABLE)
    plain = text(load.marker)
    yield marker("S17-text-no-line-end", plain)
    yield marker("S17-text-cut-behind", plain + b"\r\nand th")
    qp = text(load.marker + b" =4", b"Content-Type: text/plain\r\n" + CTE + b": quoted-printable\r\n")
    yield marker("S17-in-escape", qp, legal=False)
    yield name(
        "S17-in-header-behind-name",
        around(OCTETS).partition(b"--b1--")[0] + b"Content-Disposition: attachment; filename=" + load.name,
    )
    yield name(
        "S17-header-only", around(OCTETS, end=b"") + b"Content-Disposition: attachment; filename=" + load.name + b"\r\n"
    )
    yield name("S17-cut-in-mail", around(RFC822 + inner(attached(SCRIPT, load.name)), end=b"")[:-30])
