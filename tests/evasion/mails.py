"""The mails that samples are made of: a text, one part, a text and an attachment."""

from __future__ import annotations

import base64
import io
import zipfile

TOP = (
    b"From: Ann <ann@example.com>\r\nTo: bob@example.org\r\nSubject: The papers\r\n"
    b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nMessage-ID: <1@example.com>\r\n"
)
MIME = TOP + b"MIME-Version: 1.0\r\n"
TEXT = b"--b1\r\nContent-Type: text/plain\r\n\r\nPlease see the papers.\r\n"
OCTETS = b"Content-Type: application/octet-stream\r\n"
CTE = b"Content-Transfer-Encoding"
REAL = CTE + b": base64\r\n"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for member, data in members:
            archive.writestr(zipfile.ZipInfo(member, (2026, 1, 1, 0, 0, 0)), data, method)
    return out.getvalue()


def b64(data: bytes, width: int = 76) -> bytes:
    """`data` in base64 lines."""
    flat = base64.b64encode(data)
    return b"".join(flat[at : at + width] + b"\r\n" for at in range(0, len(flat), width))


def around(part: bytes, *, kind: bytes = b"multipart/mixed; boundary=b1", end: bytes = b"--b1--\r\n") -> bytes:
    """A multipart mail: a text, then `part` (its header, an empty line, its body) behind a delimiter."""
    return MIME + b"Content-Type: " + kind + b"\r\n\r\n" + TEXT + b"--b1\r\n" + part + end


def attached(data: bytes, label: bytes = b"", kind: bytes = b"application/octet-stream") -> bytes:
    """A mail with an honest base64 attachment; `label` is its file name."""
    named = b'\r\nContent-Disposition: attachment; filename="' + label + b'"' if label else b""
    return around(b"Content-Type: " + kind + named + b"\r\n" + REAL + b"\r\n" + b64(data))


def single(header: bytes, body: bytes) -> bytes:
    """A mail of one part: `header` are whole lines."""
    return MIME + header + b"\r\n" + body


def text(body: bytes, header: bytes = b"Content-Type: text/plain; charset=utf-8\r\n") -> bytes:
    """A mail of one text."""
    return single(header, body)
