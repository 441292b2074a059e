"""Every leaf of every mail is unique, and nothing else about a mail changes."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from bartizan._core.stream import parse
from bench import mix, wire
from bench.unique import template
from tests.bench.reading import leaves

PLAIN = b"Subject: x\r\n\r\nhello\r\n"
TEXT = b"Content-Type: text/plain\r\n\r\nhello"
IMAGE = wire.attachment("a.gif", b"image/gif", b"GIF89a" + bytes(100)).removesuffix(b"\r\n")
DAMAGED = b"Content-Type: image/gif\r\nContent-Transfer-Encoding: base64\r\n\r\nR0lGO=Dlh!"
QUOTED = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=C3=A4="
INNER = b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nhello"


def of(*parts: bytes) -> bytes:
    """A multipart of these parts."""
    return (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"".join(b"--b\r\n%b\r\n" % p for p in parts)
        + b"--b--\r\n"
    )


def contents(mail: bytes, token: bytes) -> list[bytes]:
    """The leaves that the mail has with this token."""
    return leaves(mix.Mail("", "", b"", wire.stuffed(template(mail).fill(token))))


@pytest.mark.parametrize(
    ("mail", "expected"),
    [
        (PLAIN, [b"hello\r\nT.000\r\n"]),
        (b"Subject: no body\r\n\r\n", [b"T.000\r\n"]),
        (of(TEXT, IMAGE), [b"hello\r\nT.000", b"GIF89a" + bytes(100) + b"T.001"]),
        (of(QUOTED), ["aäT.000".encode()]),
        (of(TEXT, INNER), [b"hello\r\nT.000", b"hello\r\nT.001"]),
        (of(b"Content-Type: text/plain\r\n"), [b"T.000"]),
        (of(), [b"T.000\r\n"]),
        (of().replace(b"--b--", b"--other--"), [b"--other--\r\nT.000\r\n"]),
    ],
    ids=["plain", "empty", "base64", "soft-break", "inner", "empty-part", "no-parts", "no-delimiter"],
)
def test_each_leaf_gets_octets(mail: bytes, expected: list[bytes]) -> None:
    """The token and the leaf's number, at the end of the decoded content."""
    assert contents(mail, b"T") == expected


def test_damaged_base64() -> None:
    """It is left as it is, behind a line of its own."""
    filled = template(of(DAMAGED)).fill(b"T")
    assert base64.b64encode(b"T.000") + b"\r\nR0lGO=Dlh!\r\n" in filled


def test_base64_lines_stay_short() -> None:
    """A leaf that was encoded in one line is encoded in lines of 76 characters."""
    mail = of(b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(bytes(1000)))
    filled = template(mail).fill(b"T" * 20)
    assert max(map(len, filled.split(b"\r\n"))) == 76
    assert contents(mail, b"T" * 20) == [bytes(1000) + b"T" * 20 + b".000"]


def test_corpus(corpus: Path) -> None:
    """Real mails used twice each: no leaf comes twice, and shape and anomalies are those of the original."""
    real = mix.load(corpus / "spamassassin-public", 3, most=400, average=0)
    mails = mix.make(real, 2 * len(real), 3)
    found = [leaf for mail in mails if b"message/delivery-status" not in mail.data for leaf in leaves(mail)]
    assert len(found) > len(mails)
    assert len(set(found)) == len(found)
    for mail, original in zip(mails, real, strict=False):
        raw = mail.data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        was, now = parse(original), parse(raw)
        assert now.anomalies == was.anomalies
        assert [(p.path, p.declared, p.leaf) for p in now.parts] == [(p.path, p.declared, p.leaf) for p in was.parts]
