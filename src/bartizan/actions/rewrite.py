"""Write the header lines that Bartizan puts in front of a message: one Received field, and the tag's field.

Nothing in the message itself is changed here (own_fields takes out what only we may write). The Received field is the
generic one of RFC 5321 section 4.4: it names no software, no version and nothing inside; "with" is RFC 3848's and
RFC 6531's (section 4.3) word.

What a peer said of itself (HELO) is cleaned to what a domain or an address literal may hold; all lines are ASCII, end
with CRLF and stay below 998 bytes.
"""

from __future__ import annotations

import ipaddress
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache

from bartizan.model.envelope import Envelope
from bartizan.model.reply import printable

MAX_HELO = 255
MAX_TAG = 900

_NOT_DOMAIN = re.compile(r"[^A-Za-z0-9._:\[\]-]")
_NOT_ID = re.compile(r"[^A-Za-z0-9]")
_FIELD_NAME = re.compile(r"[!-9;-~]{1,76}")


def received(envelope: Envelope, hostname: str, now: float, *, anonymous: bool = False) -> bytes:
    """The Received field of this transaction; `hostname` is ours, `now` in seconds since 1970; `anonymous` leaves out
    who the client is."""
    literal = _literal(envelope.peer.address)
    helo = _NOT_DOMAIN.sub("?", envelope.helo[:MAX_HELO]) or literal or "unknown"
    peer = f"from {helo} ({literal})" if literal else f"from {helo}"
    date = _date(int(now))
    begin = "" if anonymous else f" {peer}\r\n"
    return (
        f"Received:{begin} by {hostname} with {protocol(envelope)} id {_NOT_ID.sub('', envelope.id) or 'none'};\r\n"
        f" {date}\r\n"
    ).encode("ascii", "replace")


def protocol(envelope: Envelope) -> str:
    """The word behind "with": ESMTP or UTF8SMTP, with S for TLS and A for authentication."""
    word = "UTF8SMTP" if envelope.smtputf8 else "ESMTP"
    return word + ("S" if envelope.tls else "") + ("A" if envelope.authenticated else "")


def tag_field(tag: tuple[str, str]) -> bytes:
    """The header field that action tag adds. Raises ValueError for a name that no field can have."""
    name, value = tag
    if not _FIELD_NAME.fullmatch(name):
        raise ValueError("not a header field name")
    return f"{name}: {printable(value, MAX_TAG)}\r\n".encode("ascii")


@lru_cache(16)
def _date(seconds: int) -> str:
    """The date as RFC 5322 section 3.3 writes it: the same for all messages of a second."""
    return format_datetime(datetime.fromtimestamp(seconds, UTC))


@lru_cache(1024)
def _literal(address: str) -> str:
    """The peer's address as RFC 5321 section 4.1.3 writes it; "" for what is no address."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return ""
    return f"[IPv6:{parsed.compressed}]" if parsed.version == 6 else f"[{parsed}]"
