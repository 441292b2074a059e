"""Mails that must pass: legal, or odd in a way that everybody reads alike. Those with files: benign_files.py."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

from evasion.documents import pdf
from evasion.mails import MIME, TOP, around, attached, b64, single, text
from evasion.zipcraft import JPEG, PNG

PROSE = (
    "Dear Bob,\n\nplease find the figures below: 3 - 4 = -1, and 50% "
    "of it is =20 or so.\n\nBegin with 644 of them.\nAnn\n"
)
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n"
HTML = b"<html><head><style>p { color: #333; }</style></head><body><p>Hello &amp; welcome &nbsp;</p></body></html>\r\n"
LONG_URL = b"https://example.com/track?id=" + base64.urlsafe_b64encode(bytes(range(200))).rstrip(b"=")
KEY = b"-----BEGIN CERTIFICATE-----\r\n" + b64(bytes(range(256)) * 3, 64) + b"-----END CERTIFICATE-----\r\n"

CHARSETS: dict[str, str] = {
    "iso-2022-jp": "会議の資料を送ります。よろしくお願いします。",
    "shift_jis": "会議の資料を送ります。",
    "euc-jp": "会議の資料を送ります。",
    "gb18030": "您好 请查收附件中的会议资料。",
    "gb2312": "您好 请查收附件。",
    "big5": "您好 請查收附件中的會議資料。",
    "euc-kr": "안녕하세요, 회의 자료를 보내드립니다.",
    "iso-2022-kr": "안녕하세요.",
    "koi8-r": "Добрый день! Высылаю материалы к совещанию.",
    "windows-1251": "Добрый день! Высылаю материалы.",
    "iso-8859-1": "Grüße aus Köln, déjà vu, ¿qué tal?",
    "iso-8859-9": "İyi günler, toplanti belgelerini gönderiyorum.",
    "windows-1255": "שלום, מצורפים המסמכים",
    "windows-1256": "مرحبا، تجدون المستندات",
    "utf-7": "Grüße aus Köln",
    "utf-16": "Grüße aus Köln",
}


def _python(build: str) -> bytes:
    """Mails as the standard library writes them."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "Ann Müller <ann@example.com>", "bob@example.org", "Übersicht"
    message["Date"], message["Message-ID"] = "Thu, 01 Jan 2026 12:00:00 +0000", "<2@example.com>"
    message.set_content(PROSE)
    if build in ("alternative", "related"):
        message.add_alternative(HTML.decode(), subtype="html")
    if build == "related":
        message.get_payload()[1].add_related(PNG, "image", "png", cid="<logo>")  # type: ignore[union-attr,index]
    if build == "mixed":
        message.add_attachment(
            pdf(b"BT (hello) Tj ET"), maintype="application", subtype="pdf", filename="Übersicht.pdf"
        )
        message.add_attachment("a,b\n1,2\n", subtype="csv", filename="figures.csv")
    if build == "forwarded":
        inner = EmailMessage(policy=SMTP)
        inner["From"], inner["Subject"] = "carl@example.net", "Fw"
        inner.set_content("Hello.\n")
        message.add_attachment(inner)
    return message.as_bytes()


def _bodies() -> Iterator[tuple[str, bytes]]:
    yield ("plain", text(PROSE.replace("\n", "\r\n").encode()))
    yield ("no-mime", TOP + b"\r\nHello Bob.\r\n")
    yield ("empty-body", TOP + b"\r\n")
    yield ("no-body", TOP)
    yield ("lf-only", text(PROSE.encode()).replace(b"\r\n", b"\n"))
    yield (
        "mbox-line",
        b"From ann@example.com Thu Jan  1 12:00:00 2026\n" + text(PROSE.encode()).replace(b"\r\n", b"\n"),
    )
    for build in ("plain", "alternative", "related", "mixed", "forwarded"):
        yield (f"python-{build}", _python(build))
    for charset, words in CHARSETS.items():
        data = words.encode(charset)
        seven = charset in ("iso-2022-jp", "iso-2022-kr", "utf-7")
        head = f"Content-Type: text/plain; charset={charset}\r\n".encode()
        if seven:
            yield (f"charset-{charset}", text(data + b"\r\n", head + b"Content-Transfer-Encoding: 7bit\r\n"))
        elif charset != "utf-16":
            yield (f"charset-{charset}", text(data + b"\r\n", head + b"Content-Transfer-Encoding: 8bit\r\n"))
        yield (f"charset-{charset}-base64", text(b64(data), head + b"Content-Transfer-Encoding: base64\r\n"))
    yield (
        "flowed",
        text(
            b"a long paragraph that \r\nflows over lines \r\nand ends.\r\n> quoted \r\n> too\r\n",
            b"Content-Type: text/plain; format=flowed; delsp=yes\r\n",
        ),
    )
    yield ("long-lines", text(b"word " * 3000 + b"\r\n"))
    yield ("8bit-headers", text(b"Hello\r\n").replace(b"Subject: The papers", b"Subject: Gr\xfc\xdfe aus K\xf6ln"))
    yield ("utf8-headers", text(b"Hello\r\n").replace(b"The papers", "Grüße 你好".encode()))
    yield (
        "spaced-headers",
        text(b"Hello\r\n").replace(b"Subject: ", b"Subject:\t  ").replace(b"\r\nTo:", b"\r\nX-Empty:\r\nTo:"),
    )
    yield ("folded-blank", text(b"Hello\r\n").replace(b"The papers", b"The\r\n \r\n papers"))
    yield ("uuencode-prose", text(b"You should\r\nbegin 644 things at once\r\nand then\r\nend\r\n"))
    yield (
        "base64-prose",
        text(b"The key is\r\nQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eg==\r\nkeep it.\r\n"),
    )
    yield ("certificate", text(b"Our certificate:\r\n\r\n" + KEY))
    yield ("ssh-key", text(b"ssh-rsa " + base64.b64encode(bytes(range(250)) + bytes(29)) + b" ann@example\r\n"))
    yield (
        "pgp-signed",
        text(
            (
                b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: SHA256\r\n\r\nHello.\r\n"
                b"-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz"
            )
            + b64(bytes(90), 64)
            + b"-----END PGP SIGNATURE-----\r\n"
        ),
    )
    yield (
        "pgp-key",
        text(
            b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n\r\n"
            + b64(bytes(range(200)), 64)
            + b"-----END PGP PUBLIC KEY BLOCK-----\r\n"
        ),
    )
    yield ("signature-dashes", text(b"Hello\r\n-- \r\nAnn\r\n--\r\nAnn\r\n---\r\n----------\r\n"))
    yield ("diff", text(b"--- a/file.py\r\n+++ b/file.py\r\n@@ -1,2 +1,2 @@\r\n-old\r\n+new\r\n--old\r\n"))
    yield ("quoted-mail", text(b"> From: x@example.com\r\n> Content-Type: text/plain\r\n>\r\n> Hello\r\n"))
    forwarded = (
        b"---------- Forwarded message ----------\r\nFrom: x@example.com\r\nSubject: y\r\nDate: z\r\n\r\nHello\r\n"
    )
    yield ("inline-forward", text(b"See below.\r\n\r\n" + forwarded))
    yield (
        "outlook-forward",
        text(b"-----Original Message-----\r\nFrom: x\r\nSent: y\r\nTo: z\r\nSubject: t\r\n\r\nHello\r\n"),
    )


def _html() -> Iterator[tuple[str, bytes]]:
    head = b"Content-Type: text/html; charset=utf-8\r\n"
    image = b'<img src="data:image/png;base64,' + base64.b64encode(PNG) + b'" alt="logo">'
    font = (
        b"<style>@font-face{src:url(data:font/woff2;base64," + base64.b64encode(bytes(range(256)) * 20) + b")}</style>"
    )
    yield ("html", text(HTML, head))
    yield (
        "newsletter",
        text(b"<html>" + font + b"<body>" + image * 3 + b'<a href="' + LONG_URL + b'">x</a></body></html>\r\n', head),
    )
    yield ("html-script", text(b"<html><script>if (a < b && c > d) { window.x = 'y'; }</script>Hello</html>\r\n", head))
    yield (
        "html-conditional",
        text(
            (
                b"<html><!--[if mso]><table><tr><td><![endif]-->Hello<!--[if mso]></td></tr></table><![e"
                b"ndif]--></html>\r\n"
            ),
            head,
        ),
    )
    yield (
        "html-preheader",
        text(
            b'<html><div style="display:none;font-size:0">Preview text &zwnj;&nbsp;&zwnj;</div>Hello</html>\r\n', head
        ),
    )
    yield (
        "html-qp",
        text(
            HTML.replace(b"=", b"=3D") + b"caf=C3=A9 =\r\nsoft\r\n",
            head + b"Content-Transfer-Encoding: quoted-printable\r\n",
        ),
    )
    yield (
        "svg-attachment",
        attached(b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', b"logo.svg", b"image/svg+xml"),
    )
    yield ("url-in-plain", text(b"Click " + LONG_URL + b"\r\n"))


def _structures() -> Iterator[tuple[str, bytes]]:
    part = b"Content-Type: text/plain\r\n\r\nSecond part.\r\n"
    yield (
        "preamble",
        around(part).replace(b"\r\n\r\n--b1", b"\r\n\r\nThis is a multi-part message in MIME format.\r\n--b1", 1),
    )
    footer = (
        b"_______________________________________________\r\nList mailing "
        b"list\r\nList@example.com\r\nhttps://example.com/listinfo\r\n"
    )
    yield ("list-footer", around(part) + footer)
    yield (
        "list-footer-dashes",
        around(part) + b"--\r\nTo unsubscribe: https://example.com\r\nContent of this list is public\r\n",
    )
    yield ("virus-footer", around(part) + b"\r\n--\r\nThis email has been checked for viruses.\r\nwww.example.com\r\n")
    yield ("no-end", around(part, end=b""))
    yield ("empty-part", around(b"Content-Type: text/plain\r\n\r\n"))
    yield ("headerless-part", around(b"\r\nHello.\r\n"))
    yield (
        "empty-attachment",
        around(
            b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=empty.dat\r\n\r\n"
        ),
    )
    yield ("empty-multipart", MIME + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1--\r\n")
    yield ("boundary-space", around(part).replace(b"--b1\r\n", b"--b1  \r\n"))
    yield (
        "boundary-prefixes",
        around(
            b"Content-Type: multipart/alternative; boundary=b1.2\r\n\r\n--b1.2\r\n"
            b"\r\nx\r\n--b1.2\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"
            b"--b1.2--\r\n"
        ),
    )
    yield (
        "boundary-outlook",
        around(part)
        .replace(b"boundary=b1", b'boundary="----=_NextPart_000_0001_01DA.ABCD"')
        .replace(b"--b1", b"------=_NextPart_000_0001_01DA.ABCD"),
    )
    signature = (
        b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment;"
        b' filename="smime.p7s"\r\n\r\n'
    )
    detached = (
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00"
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\x00\x00"
    ) + bytes(40)
    yield (
        "smime-signed",
        around(
            signature + b64(detached),
            kind=b'multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary=b1',
        ),
    )
    pgp = (
        b"Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\niQEz"
        + b64(bytes(90), 64)
        + b"-----END PGP SIGNATURE-----\r\n"
    )
    yield ("pgp-mime-signed", around(pgp, kind=b'multipart/signed; protocol="application/pgp-signature"; boundary=b1'))
    status = (
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;"
        b" mx.example.com\r\n\r\nFinal-Recipient: rfc822; x@example.com\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n\r\n"
    )
    returned = b"--b1\r\nContent-Type: message/rfc822\r\n\r\n" + text(b"Hello.\r\n")
    yield ("dsn", around(status + returned, kind=b"multipart/report; report-type=delivery-status; boundary=b1"))
    yield (
        "dsn-headers",
        around(
            status + b"--b1\r\nContent-Type: text/rfc822-headers\r\n\r\n" + TOP,
            kind=b"multipart/report; report-type=delivery-status; boundary=b1",
        ),
    )
    mdn = (
        b"Content-Type: message/disposition-notification\r\n\r\nReporting-UA: "
        b"x\r\nFinal-Recipient: rfc822;x@example.com\r\nDisposition: manual-action/MDN-sent-manu"
        b"ally; displayed\r\n\r\n"
    )
    yield ("mdn", around(mdn, kind=b"multipart/report; report-type=disposition-notification; boundary=b1"))
    feedback = (
        b"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: x/1\r\nVersion: 1\r\n\r\n"
    )
    yield ("arf", around(feedback + returned, kind=b"multipart/report; report-type=feedback-report; boundary=b1"))
    bounce = b"Hi. This is the program at example.com.\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n"
    yield (
        "qmail-bounce",
        text(
            bounce
            + around(b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(PNG))
        ),
    )
    yield ("forward", around(b"Content-Type: message/rfc822\r\n\r\n" + text(b"Hello.\r\n")))
    yield (
        "digest",
        MIME
        + b"Content-Type: multipart/digest; boundary=d1\r\n\r\n--d1\r\n\r\n"
        + text(b"One.\r\n")
        + b"\r\n--d1\r\n\r\n"
        + text(b"Two.\r\n")
        + b"\r\n--d1--\r\n",
    )
    invite = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
        b"UID:1\r\nDTSTART:20260101T120000Z\r\nSUMMARY:A very long summary "
        b"of a meeting that is fol\r\n ded over lines\r\nEND:VEVENT\r\n"
        b"END:VCALENDAR\r\n"
    )
    yield (
        "invite",
        around(
            b"Content-Type: text/calendar; method=REQUEST; charset=utf-8\r\n\r\n" + invite,
            kind=b"multipart/alternative; boundary=b1",
        ),
    )
    yield ("invite-attached", attached(invite, b"invite.ics", b"application/ics"))
    yield (
        "vcard",
        attached(
            b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann\r\nPHOTO;ENCODING=b;TYPE=JPEG:"
            + base64.b64encode(JPEG)
            + b"\r\nEND:VCARD\r\n",
            b"ann.vcf",
            b"text/vcard",
        ),
    )
    yield ("eml-attached", attached(text(b"Hello.\r\n"), b"hello.eml", b"application/octet-stream"))
    yield (
        "single-attachment",
        single(b"Content-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n", b64(PNG)),
    )
    yield ("comment-in-type", text(b"Hello\r\n", b"Content-Type: text/plain; charset=us-ascii (Plain text)\r\n"))
    yield ("type-trailing-semicolon", text(b"Hello\r\n", b"Content-Type: text/plain; charset=us-ascii;\r\n"))
    yield ("old-type", text(b"Hello\r\n", b"Content-Type: text\r\n"))
    yield ("odd-encoding", text(b"Hello\r\n", b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 7-bit\r\n"))
    yield ("encoding-8bits", text(b"Hello\r\n", b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bits\r\n"))
    yield ("two-equal-types", text(b"Hello\r\n", 2 * PLAIN))
    yield ("qp-odd", text(b"1+1=2 and a=b\r\n100%=all\r\n", PLAIN + b"Content-Transfer-Encoding: quoted-printable\r\n"))
    yield ("base64-odd-lines", text(b64(PROSE.encode(), 61), PLAIN + b"Content-Transfer-Encoding: base64\r\n"))
    yield ("base64-one-line", text(b64(PROSE.encode() * 20, 10**6), PLAIN + b"Content-Transfer-Encoding: base64\r\n"))
    yield (
        "base64-no-padding",
        text(base64.b64encode(PROSE.encode()).rstrip(b"=") + b"\r\n", PLAIN + b"Content-Transfer-Encoding: base64\r\n"),
    )
    listed = b64(PROSE.encode()) + b"_______________\r\nList footer\r\n"
    yield ("base64-list-footer", text(listed, PLAIN + b"Content-Transfer-Encoding: base64\r\n"))
    yield ("name-with-dots", attached(b"hello", b"report v1.2 final.com.pdf"))
    yield (
        "name-continued",
        around(
            b"Content-Type: application/pdf\r\nContent-Disposition: attachment;"
            b"\r\n filename*0*=utf-8''a%20very%20long%20;\r\n filename*1*=name.pdf\r\n"
            b"\r\n%PDF-1.4\r\n"
        ),
    )
    yield (
        "name-folded",
        around(b'Content-Type: application/pdf; name="minutes of the\r\n meeting.pdf"\r\n\r\n%PDF-1.4\r\n'),
    )
    yield (
        "name-unquoted-spaces",
        around(b"Content-Type: application/pdf; name=minutes of the meeting.pdf\r\n\r\n%PDF-1.4\r\n"),
    )


def mails() -> Iterator[tuple[str, bytes]]:
    """All benign mails."""
    yield from _bodies()
    yield from _html()
    yield from _structures()
