"""What the tests of the load test share: mails read as the standard library reads them."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage

from bench import mix


def message(mail: mix.Mail) -> EmailMessage:
    """The mail after its dots are unstuffed."""
    raw = b"".join((mail.data, *mail.rest)).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    return email.message_from_bytes(raw, policy=email.policy.default)


def leaves(mail: mix.Mail) -> list[bytes]:
    """The decoded content of every leaf."""
    return [bytes(part.get_payload(decode=True)) for part in message(mail).walk() if not part.is_multipart()]
