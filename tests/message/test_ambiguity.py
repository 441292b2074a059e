"""Readings of a mail that differ in their attachments are told from those that differ in anything less."""

from __future__ import annotations

import base64

import pytest

from bartizan.message.ambiguity import COMPARED, Ambiguity
from bartizan.message.parse import from_bytes
from bartizan.message.readings import readings
from bartizan.message.shredder import Reading
from bartizan.model.limits import Limits

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0" + bytes(range(200))
PDF = b"%PDF-1.4\n" + b"1 0 obj <<>> endobj\n" * 20
EXE = b"MZ" + bytes(58) + b"\x40\0\0\0" + b"PE\0\0" + bytes(100)
TOP = b"From: a@example.com\r\nMIME-Version: 1.0\r\n"
TEXT = b"--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n"


def encoded(data: bytes) -> bytes:
    """In base64 lines."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def part(data: bytes, head: bytes = b"", name: bytes = b"photo.png", encoding: bytes = b"base64") -> bytes:
    """An attachment behind a delimiter."""
    start = b'--b\r\nContent-Disposition: attachment; filename="' + name + b'"\r\n' + head
    return start + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + encoded(data)


def mixed(*parts: bytes, kind: bytes = b"multipart/mixed; boundary=b", end: bytes = b"--b--\r\n") -> bytes:
    """A multipart mail of a text and these parts."""
    return TOP + b"Content-Type: " + kind + b"\r\n\r\n" + TEXT + b"".join(parts) + end


def differences(raw: bytes) -> list[str]:
    """What readings of a mail differ in."""
    parsed = from_bytes(raw, None, Limits(), stored=True, keep=True)
    names = [name for one in parsed.message.parts for name in one.names]
    ambiguity = Ambiguity(names, parsed.contents.values())
    found = [ambiguity.of(one) for one in readings(parsed.message) if isinstance(one, Reading)]
    return [text for text in found if text]


@pytest.mark.parametrize(
    "raw",
    [
        mixed(part(PNG)),
        mixed(part(PNG), kind=b"multipart/mixed (of two parts); boundary=b"),
        mixed(part(PNG, head=b"Content-Transfer-Encoding: base64\r\n")),
        mixed(part(PNG), end=b""),
        mixed(part(PNG), end=b"--b--\r\nA footer of a list, in prose, and https://list.example.com/options\r\n"),
        mixed(part(PNG), end=b"\r\nA footer of a list, and no delimiter behind the base64 of the attachment\r\n"),
        mixed(part(PNG) + b"!!!!\r\n"),
        mixed(part(PNG).replace(b"=", b"")),
        mixed(part(PDF, head=b"X-Odd\x01: 1\r\n", name=b"a.pdf", encoding=b"7bit").replace(encoded(PDF), PDF)),
        TOP + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\nX-Odd\r\n\r\nHello \xe4\r\n",
        TOP + b"\r\nHello,\r\n\r\n--\r\nAnn\r\nContent-Type: is what I mean\r\n",
        TOP + b"X-Odd : 1\r\n\r\nSee attachment name=invoice.vbs; Content-Type is what I asked for.\r\n",
    ],
)
def test_same(raw: bytes) -> None:
    """The same files under the same names, whatever else is odd."""
    assert differences(raw) == []


@pytest.mark.parametrize(
    "raw",
    [
        mixed(part(PNG), kind=b"multipart/mixed"),
        mixed(part(PNG), kind=b"multipart/mixed; boundary=c"),
        mixed(part(PNG), kind=b"multipart/mixed; boundary=c; boundary=b"),
        mixed(part(PNG), kind=b"text/plain\r\nContent-Type: multipart/mixed; boundary=b"),
        mixed(part(PNG, encoding=b"x-base64")),
        mixed(part(PNG, head=b"Content-Transfer-Encoding: quoted-printable\r\n")),
        mixed(part(PNG, head=b"Content-Transfer-Encoding: 7bit\r\n")),
        mixed(end=b"--b--\r\n" + part(PNG)),
        mixed(part(PNG)[:-2] + encoded(EXE) + b"\r\n"),
    ],
)
def test_different_files(raw: bytes) -> None:
    """Some program sees a file that another does not."""
    assert differences(raw)


@pytest.mark.parametrize(
    "name",
    [b'"photo".exe', b'photo\\".exe'],
)
def test_different_names(name: bytes) -> None:
    """Some program sees a file of another kind."""
    header = b"--b\r\nContent-Disposition: attachment; filename=" + name + b"\r\n\r\ntext\r\n"
    assert any(".exe" in text for text in differences(mixed(header)))


@pytest.mark.parametrize(
    ("parameters", "ambiguous"),
    [
        (b"filename=photo.png; filename=photo.exe", True),
        (b"filename=photo.png; filename=other.png", False),
        (b"filename=photo.png; filename*=utf-8''photo.exe", False),
        (b"filename*0=photo.; filename*1=png; filename*1=exe", True),
        (b"filename*0=photo.; filename*1=png", False),
    ],
)
def test_names_given_twice(parameters: bytes, ambiguous: bool) -> None:
    """First and last wins are two readings; a plain name beside an extended one is usual."""
    raw = mixed(b"--b\r\nContent-Disposition: attachment; " + parameters + b"\r\n\r\ntext\r\n")
    findings = from_bytes(raw, None, Limits(), stored=True).message.findings
    assert [finding.name for finding in findings] == ["ambiguous"] * ambiguous


def test_many_that_begin_alike() -> None:
    """The comparison of files that begin alike is bounded, and then the answer is careful."""
    known = [PNG + number.to_bytes(2, "big") * 80 for number in range(2 * COMPARED)]
    ambiguity = Ambiguity((), known)
    answers = [ambiguity.of(Reading((), PNG + b"x" * 80 + bytes(number), "png")) for number in range(3)]
    assert all(answers)
    assert Ambiguity((), known).of(Reading((), known[-1], "png"))
    assert not Ambiguity((), known[:COMPARED]).of(Reading((), known[COMPARED - 1], "png"))
