"""Rows S01 to S04: mails in mails, and mails whose content is elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from evasion.mails import MIME, OCTETS, REAL, around, attached, b64, text
from evasion.sample import SCRIPT, Hides, Load, Sample, either, marker, name

RFC822 = b"Content-Type: message/rfc822\r\n\r\n"
FROM = b"From ann@example.com Thu Jan  1 12:00:00 2026\r\n"
MESSAGES = (
    "global news RFC822 rfc2822 x-rfc822 http s-http sip delivery-status disposition-notification feedback-report "
    "global-delivery-status global-headers global-disposition-notification tracking-status x-nothing"
)
ACCESS = "url URL anon-ftp ftp tftp local-file mail-server afs content-id x-other none"


def inner(mail: bytes) -> bytes:
    """The mail with another boundary than the one around it."""
    return mail.replace(b"b1", b"c1")


def nested(mail: bytes, depth: int, *, multipart: bool = False) -> bytes:
    """A mail in so many others."""
    front, back = [], []
    for at in range(depth):
        if multipart:
            front.append(b"%bContent-Type: multipart/mixed; boundary=n%d\r\n\r\n--n%d\r\n%b" % (MIME, at, at, RFC822))
            back.append(b"\r\n--n%d--\r\n" % at)
        else:
            front.append(MIME + RFC822)
    return b"".join(front) + mail + b"".join(reversed(back))


def cases(load: Load) -> Iterator[Sample]:
    """All of these rows."""
    mail = attached(load.zip, b"a.zip")
    yield from _mails(load, mail)
    yield from _types(load, mail)
    yield from _elsewhere(load, mail)


def _mails(load: Load, mail: bytes) -> Iterator[Sample]:
    yield marker("S01-mail", around(RFC822 + inner(mail)))
    yield name("S01-name", around(RFC822 + inner(attached(SCRIPT, load.name))))
    body = text(load.say(b"Hello,\r\nclaim your prize before midnight\r\n"))
    for depth in (1, 2, 3, 5, 8, 15, 19, 20, 21, 25, 40, 100, 101, 1000):
        for how in ("mails", "multiparts"):
            deep = nested(mail, depth, multipart=how == "multiparts")
            legal = depth <= (15 if how == "mails" else 8)
            yield either(f"S01-in-{depth}-{how}", Hides.MARKER, deep, Reason.LIMIT_DEPTH, legal=legal)
        deep = nested(attached(SCRIPT, load.name), depth)
        yield either(f"S01-name-in-{depth}", Hides.NAME, deep, Reason.LIMIT_DEPTH, legal=depth <= 15)
        yield either(f"S01-phrase-in-{depth}", Hides.PHRASE, nested(body, depth), Reason.LIMIT_DEPTH, legal=depth <= 15)
    for depth in (1, 2, 3, 5, 8, 9, 12, 20):
        packed = mail
        for _ in range(depth):
            packed = attached(packed, b"a.eml", b"message/rfc822" if depth % 2 else b"application/octet-stream")
        yield either(f"S01-encoded-{depth}", Hides.MARKER, packed, Reason.LIMIT_DEPTH, Reason.AMBIGUOUS)
    inside = RFC822 + inner(mail)
    yield marker("S01-second-mail", around(RFC822 + inner(text(b"Hello.\r\n")) + b"\r\n--b1\r\n" + inside))
    yield marker("S01-same-boundary", around(RFC822 + mail), legal=False)
    yield marker("S01-no-end", around(RFC822 + inner(mail).removesuffix(b"--c1--\r\n")))
    yield marker("S01-no-header", around(RFC822 + b"\r\n" + load.base64), legal=False)
    yield marker("S01-blank-first", around(RFC822 + b"\r\n" + inner(mail)), legal=False)
    yield marker("S01-from-line-first", around(RFC822 + FROM + inner(mail)), legal=False)
    yield marker("S01-quoted-from-line-first", around(RFC822 + b">" + FROM + inner(mail)), legal=False)
    yield marker("S01-only-content", around(RFC822 + OCTETS + REAL + b"\r\n" + load.base64))
    yield marker("S01-root-with-name", MIME + b"Content-Type: message/rfc822; name=a.eml\r\n\r\n" + mail)


def _types(load: Load, mail: bytes) -> Iterator[Sample]:
    for at, kind in enumerate(MESSAGES.split()):
        legal = at < 3
        head = b"Content-Type: message/" + kind.encode() + b"\r\n\r\n"
        yield marker(f"S02-{kind}", around(head + inner(mail)), legal=legal)
        yield marker(f"S02-{kind}-whole-mail", MIME + head + mail, legal=legal)
        yield name(f"S02-{kind}-name", around(head + inner(attached(SCRIPT, load.name))), legal=legal)
        encoded = attached(mail, b"", b"message/" + kind.encode())
        yield either(f"S02-{kind}-encoded", Hides.MARKER, encoded, Reason.AMBIGUOUS, Reason.UNREADABLE)
    digests = b"Content-Type: multipart/digest; boundary=d1\r\n"
    for how, part in {
        "": b"\r\n" + mail, "-typed": RFC822 + mail, "-typed-empty": b"Content-Type:\r\n\r\n" + mail,
        "-of-octets": OCTETS + REAL + b"\r\n" + load.base64,
        "-disposed": b"Content-Disposition: attachment\r\n\r\n" + mail,
        "-described": b"Content-Description: a mail\r\n\r\n" + mail, "-no-blank": mail,
        "-two-blanks": b"\r\n\r\n" + mail,
        "-text": b"Content-Type: text/plain\r\n\r\n" + load.marker + b"\r\n",
        "-encoded": REAL + b"\r\n" + b64(mail), "-second": b"\r\n" + text(b"Hi.\r\n") + b"\r\n--d1\r\n\r\n" + mail,
    }.items():  # fmt: skip
        body = digests + b"\r\n--d1\r\n" + part + b"\r\n--d1--\r\n"
        legal = how in ("", "-typed", "-disposed", "-described", "-second", "-text", "-of-octets")
        yield marker(f"S02-digest{how}", MIME + body, legal=legal)
        yield marker(f"S02-digest{how}-inside", around(body), legal=legal)
    digest = b"\r\n--d1\r\n\r\n" + attached(SCRIPT, load.name) + b"\r\n--d1--\r\n"
    yield name("S02-digest-name", MIME + digests + digest)
    yield marker("S02-digest-in-digest", MIME + digests + b"\r\n--d1\r\n\r\n" + MIME + digests.replace(b"d1", b"d2") + (
        b"\r\n--d2\r\n\r\n" + mail + b"\r\n--d2--\r\n\r\n--d1--\r\n"))  # fmt: skip


def _elsewhere(load: Load, mail: bytes) -> Iterator[Sample]:
    half = load.base64[: len(load.base64) // 2]
    for how, parameters in {
        "first": b'; id="x@y"; number=1; total=3', "second": b'; id="x@y"; number=2; total=3',
        "no-total": b"; id=x; number=1",
        "only": b"; id=x; number=1; total=1", "no-parameters": b"", "no-id": b"; number=1; total=2",
        "odd": b"; id=x; number=a",
        "capitals": b"; ID=x; NUMBER=1; TOTAL=2", "folded": b";\r\n id=x;\r\n number=1;\r\n total=2",
    }.items():  # fmt: skip
        head = b"Content-Type: message/partial" + parameters + b"\r\n"
        for where, content in {
            "": mail,
            "-half": mail[: len(mail) // 2],
            "-base64": half,
            "-text": b"Hello.\r\n",
        }.items():
            yield either(f"S03-{how}{where}", Hides.MARKER, MIME + head + b"\r\n" + content, Reason.PARTIAL)
            part = head + b"\r\n" + inner(content) + (b"" if content.endswith(b"\n") else b"\r\n")
            yield either(f"S03-{how}{where}-inside", Hides.MARKER, around(part), Reason.PARTIAL)
        yield either(f"S03-{how}-encoded", Hides.MARKER, around(head + REAL + b"\r\n" + b64(mail)), Reason.PARTIAL)
    for kind in (
        b"MESSAGE/PARTIAL",
        b"Message/Partial",
        b'"message/partial"',
        b"message/partial (a)",
        b"message / partial",
        b"'message/partial'",
        b'message/"partial"',
        b"<message/partial>",
        b"message/partial, a",
        b"message/partial:",
        b"message\\/partial",
        b"=?us-ascii?q?message/partial?=",
        b"\xc2\xa0message/partial",
    ):
        head = b"Content-Type: " + kind + b"; id=x; number=2; total=3\r\n\r\n"
        yield either(
            f"S03-{ascii(kind.decode())[1:-1].replace(' ', '_')}",
            Hides.MARKER,
            MIME + head + half,
            Reason.PARTIAL,
            Reason.AMBIGUOUS,
        )
    phantom = b"Content-Type: application/octet-stream; name=" + load.name + b"\r\n" + REAL + b"\r\n" + load.base64
    for access in ACCESS.split():
        value = b"" if access == "none" else b"; access-type=" + access.encode()
        head = b"Content-Type: message/external-body" + value + b'; URL="http://example.com/a"; site=a; name=b\r\n\r\n'
        yield either(f"S04-{access}", Hides.MARKER, around(head + phantom), Reason.PARTIAL)
        yield either(
            f"S04-{access}-empty", Hides.MARKER, around(head + b"Content-Type: text/plain\r\n\r\n"), Reason.PARTIAL
        )
        yield either(f"S04-{access}-whole-mail", Hides.MARKER, MIME + head + phantom, Reason.PARTIAL)
        yield either(f"S04-{access}-name", Hides.NAME, around(head + phantom), Reason.PARTIAL)
    for kind in (
        b"MESSAGE/EXTERNAL-BODY",
        b'"message/external-body"',
        b"message/external-body (a)",
        b"message/external-body, a",
        b"<message/external-body>",
        b'message/"external-body"',
    ):
        head = b"Content-Type: " + kind + b"; access-type=url\r\n\r\nContent-Type: text/plain\r\n\r\n"
        yield either(f"S04-{kind.decode()}", Hides.MARKER, around(head), Reason.PARTIAL, Reason.AMBIGUOUS)
    link = b"Content-Type: message/external-body; access-type=url; name=" + load.name + b"\r\n\r\n"
    yield either("S04-own-name", Hides.NAME, around(link + b"Content-Type: text/plain\r\n\r\n"), Reason.PARTIAL)
