"""What a sample is, and the mails that samples are made of."""

from __future__ import annotations

import base64
import enum
import io
import zipfile
from dataclasses import dataclass

from bartizan.cli.samples import EICAR as EICAR

PHRASE = "claim your prize before midnight"
NAME = b"invoice.vbs"
SCRIPT = b'MsgBox "this could have been anything"\r\n'
TOP = (
    b"From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: The papers\r\n"
    b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
)
MIME = TOP + b"MIME-Version: 1.0\r\n"
TEXT = b"--b1\r\nContent-Type: text/plain\r\n\r\nPlease see the papers.\r\n"
OCTETS = b"Content-Type: application/octet-stream\r\n"


class Hides(enum.Enum):
    """What an evasive mail carries; nothing in a benign one."""

    EICAR = "eicar"
    NAME = "name"
    PHRASE = "phrase"
    NOTHING = "nothing"


class Expect(enum.Enum):
    """What must become of it: found by name, held by a Gap (nothing was found), or accepted with complete coverage."""

    FOUND = "found"
    HELD = "held"
    CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail. `id` begins with its group and names the technique."""

    id: str
    hides: Hides
    expect: Expect
    raw: bytes


def eicar(id: str, raw: bytes, expect: Expect = Expect.FOUND) -> Sample:
    """A mail that carries the test file."""
    return Sample(id, Hides.EICAR, expect, raw)


def name(id: str, raw: bytes, expect: Expect = Expect.FOUND) -> Sample:
    """A mail with an attachment whose name is blocked, content harmless."""
    return Sample(id, Hides.NAME, expect, raw)


def phrase(id: str, raw: bytes, expect: Expect = Expect.FOUND) -> Sample:
    """A mail with the listed phrase."""
    return Sample(id, Hides.PHRASE, expect, raw)


def clean(id: str, raw: bytes) -> Sample:
    """A mail that nobody has a reason to stop."""
    return Sample(id, Hides.NOTHING, Expect.CLEAN, raw)


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip; of the test file under a harmless name when no members are given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for member, data in members or (("note.txt", EICAR),):
            archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


ZIP = zipped()


def b64(data: bytes, width: int = 76) -> bytes:
    """`data` in base64 lines."""
    flat = base64.b64encode(data)
    return b"".join(flat[at : at + width] + b"\r\n" for at in range(0, len(flat), width))


BASE64 = b64(ZIP)


def around(part: bytes, *, kind: bytes = b"multipart/mixed; boundary=b1", end: bytes = b"--b1--\r\n") -> bytes:
    """A multipart mail: a text, then `part` (its header, an empty line, its body) behind a delimiter."""
    return MIME + b"Content-Type: " + kind + b"\r\n\r\n" + TEXT + b"--b1\r\n" + part + end


def attached(data: bytes, label: bytes = b"", kind: bytes = b"application/octet-stream") -> bytes:
    """A mail with an honest base64 attachment; `label` is its file name."""
    named = b'\r\nContent-Disposition: attachment; filename="' + label + b'"' if label else b""
    header = b"Content-Type: " + kind + named + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return around(header + b64(data))


def single(header: bytes, body: bytes) -> bytes:
    """A mail of one part: `header` are whole lines."""
    return MIME + header + b"\r\n" + body


def text(body: bytes, header: bytes = b"Content-Type: text/plain; charset=utf-8\r\n") -> bytes:
    """A mail of one text."""
    return single(header, body)
