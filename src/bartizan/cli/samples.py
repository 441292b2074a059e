"""The four sample mails of the demo, made at run time: no harmful-looking file lies in the source tree.

The test file of the European Institute for Computer Antivirus Research is harmless; every scanner knows it.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from dataclasses import dataclass
from email.message import EmailMessage

from bartizan.model.verdict import Action

SENDER = "sender@example.com"
PHRASE = "claim your prize before midnight"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE" + b"!$H+H*"
_SCRIPT = 'MsgBox "This could have been anything"\r\n'
_HTML = (
    "<html><body><p>Dear customer,</p>\r\n"
    "<p>you should <b>cl=\r\naim</b> your <i>pri=\r\nze</i>\r\n"
    '&#98;efore&nbsp;<span style=3D"color: red">mid=\r\nnight</span>!</p></body></html>\r\n'
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One mail: its recipient names it in the event log; `expected` is what the shipped rules make of it."""

    subject: str
    recipient: str
    expected: Action
    raw: bytes


def samples() -> tuple[Sample, ...]:
    """The sample mails, the clean one first."""
    return (
        _clean("Lunch on Friday", "clean@example.org"),
        _attached("Your archive", "archive@example.org", "backup.tar.gz", "application/gzip", _nested_eicar()),
        _attached("Please run this", "script@example.org", "update.vbs", "application/octet-stream", _SCRIPT.encode()),
        _phrase("Final notice", "phrase@example.org"),
    )


def _message(subject: str, recipient: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = "Thu, 01 Jan 2026 12:00:00 +0000"
    message["Message-ID"] = f"<{recipient.partition('@')[0]}@demo.example.com>"
    return message


def _clean(subject: str, recipient: str) -> Sample:
    message = _message(subject, recipient)
    message.set_content("Shall we meet at noon?\n")
    return Sample(subject, recipient, Action.ACCEPT, _bytes(message))


def _attached(subject: str, recipient: str, name: str, type: str, content: bytes) -> Sample:
    message = _message(subject, recipient)
    message.set_content("See the attachment.\n")
    main, _, kind = type.partition("/")
    message.add_attachment(content, maintype=main, subtype=kind, filename=name)
    return Sample(subject, recipient, Action.QUARANTINE, _bytes(message))


def _phrase(subject: str, recipient: str) -> Sample:
    head = _bytes(_message(subject, recipient)).rstrip() + b"\r\n"
    head += b'MIME-Version: 1.0\r\nContent-Type: text/html; charset="utf-8"\r\n'
    head += b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    return Sample(subject, recipient, Action.QUARANTINE, head + _HTML.encode())


def _nested_eicar() -> bytes:
    """A gzipped tar with a zip with the test file."""
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr(zipfile.ZipInfo("test.com"), EICAR, zipfile.ZIP_DEFLATED)
    with tarfile.open(fileobj=outer, mode="w:gz") as tar:
        member = tarfile.TarInfo("files.zip")
        member.size = len(inner.getvalue())
        inner.seek(0)
        tar.addfile(member, inner)
    return outer.getvalue()


def _bytes(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
