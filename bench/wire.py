"""Messages as they go over the wire, and single parts for them. Nothing here is measured."""

from __future__ import annotations

import base64
import io
import quopri
import re
import zipfile

TOKEN_FIELD = b"X-Load-Token"
"""The header field that tells mails of a load test apart."""

_FIELD = re.compile(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*")
_OF_THE_BODY = (b"content-", b"mime-version:")


def canonical(raw: bytes) -> bytes:
    """`raw` with every line end made CRLF, a bare CR too, and one at its end."""
    text = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not text.endswith(b"\n"):
        text += b"\n"
    return text.replace(b"\n", b"\r\n")


def stuffed(message: bytes) -> bytes:
    """A canonical message as DATA sends it: dots stuffed (RFC 5321 section 4.5.2), with the final dot."""
    wire = message.replace(b"\r\n.", b"\r\n..")
    if wire.startswith(b"."):
        wire = b"." + wire
    return wire + b".\r\n"


def with_part(message: bytes, part: bytes, boundary: bytes) -> bytes:
    """A canonical message made multipart/mixed: its own body is the first part, `part` (header and body) the second."""
    head, _, body = message.partition(b"\r\n\r\n")
    outer: list[bytes] = []
    inner: list[bytes] = []
    for field in _FIELD.findall(head + b"\r\n"):
        (inner if field.lower().startswith(_OF_THE_BODY) else outer).append(field)
    inner = [field for field in inner if not field.lower().startswith(b"mime-version:")]
    return b"".join(
        (
            *outer,
            b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="'
            + boundary
            + b'"\r\n\r\n--'
            + boundary
            + b"\r\n",
            *inner,
            b"\r\n" + body + b"\r\n--" + boundary + b"\r\n" + part + b"\r\n--" + boundary + b"--\r\n",
        )
    )


def test_virus() -> bytes:
    """The EICAR test file, put together here so that no scanner trips over this source."""
    return (
        rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$"
        + b"-".join((b"EICAR", b"STANDARD", b"ANTIVIRUS", b"TEST", b"FILE!"))
        + b"$H+H*"
    )


def zip_part(name: str, content: bytes, zip_name: str) -> bytes:
    """An attached zip that holds one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return attachment(zip_name, b"application/zip", packed.getvalue())


def attachment(name: str, media_type: bytes, content: bytes) -> bytes:
    """An attached file in base64."""
    head = b'Content-Type: %s; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\n' % (
        media_type,
        name.encode(),
        name.encode(),
    )
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + canonical(base64.encodebytes(content))


def html_part(phrase: str, token: str) -> bytes:
    """An HTML text with a phrase in it, broken up by tags and a soft line break, in quoted-printable."""
    words = "</b> \n<b>".join(phrase.split())
    page = (
        f"<html><body><p>Dear customer &amp; friend,</p><p>{'all of our offers ' * 3}<b>{words}</b></p>"
        f"<p>{token}</p></body></html>\n"
    )
    encoded = quopri.encodestring(page.encode()).replace(b"<b>", b"<b=\n>", 1)
    return b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + canonical(
        encoded
    )


def text_part(phrase: str, token: str) -> bytes:
    """A plain text with a phrase in it, in base64."""
    text = f"Dear customer,\n\nnothing is as good as {phrase.upper()} for you.\n{token}\n"
    return b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + canonical(
        base64.encodebytes(text.encode())
    )
