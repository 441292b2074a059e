"""Write the MAIL and RCPT commands of one transaction (RFC 5321 section 4.1.1, 1870, 6152, 6531).

Addresses are checked here once more, whatever was checked on the way in: nothing that could end a line, an argument
or a quoted string early is ever written. Parameters are never copied: each one is written anew, and only when the
next hop offers its extension; all others (DSN's) are left out.

Limits: an address has at most 512 bytes. Not here: whether an address exists or is allowed.
"""

from __future__ import annotations

import re
import unicodedata

from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.offer import Offer

MAX_ADDRESS = 512

_PLAIN = re.compile(r"[!#-;=?-Z^-~]+")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DOMAIN_LITERAL = re.compile(r"\[[^\[\]\\]+\]")
_CONTROL_CLASSES = frozenset({"Cc", "Cs", "Zl", "Zp"})


class BadAddress(Exception):
    """An address that must not be written to the next hop; `internationalized` when only SMTPUTF8 is missing there."""

    def __init__(self, detail: str, *, internationalized: bool = False) -> None:
        super().__init__(detail)
        self.internationalized = internationalized


def mail_command(envelope: Envelope, offer: Offer, size: int | None) -> bytes:
    """The MAIL line with CRLF; `size` in bytes is what SIZE= declares, None: do not declare it. Raises BadAddress."""
    if envelope.sender:
        _check(envelope.sender)
    text = f"MAIL FROM:<{envelope.sender}>"
    if offer.eight_bit and envelope.eight_bit:
        text += " BODY=8BITMIME"
    utf8 = offer.smtputf8 and envelope.smtputf8
    if utf8:
        text += " SMTPUTF8"
    if size is not None:
        text += f" SIZE={size}"
    return _encode(text, utf8)


def recipient_command(recipient: Recipient, envelope: Envelope, offer: Offer) -> bytes:
    """The RCPT line with CRLF. Raises BadAddress."""
    _check(recipient.address)
    return _encode(f"RCPT TO:<{recipient.address}>", offer.smtputf8 and envelope.smtputf8)


def check_addresses(envelope: Envelope, recipients: tuple[Recipient, ...]) -> None:
    """Raise BadAddress when an address of the transaction may not be written to any next hop."""
    if envelope.sender:
        _check(envelope.sender)
    for recipient in recipients:
        _check(recipient.address)


def _encode(line: str, utf8: bool) -> bytes:
    if not utf8 and not line.isascii():
        raise BadAddress("needs SMTPUTF8, which the next hop does not offer", internationalized=True)
    return line.encode("utf-8") + b"\r\n"


def _check(address: str) -> None:
    """Raise BadAddress unless `address` is one balanced path without brackets, controls and loose spaces."""
    if len(address) <= MAX_ADDRESS and _PLAIN.fullmatch(address):
        return
    if not address or len(address.encode("utf-8", "replace")) > MAX_ADDRESS:
        raise BadAddress("empty or too long")
    if any(c in "<>" or unicodedata.category(c) in _CONTROL_CLASSES for c in address):
        raise BadAddress("control character or angle bracket")
    quoted = _QUOTED_LOCAL.match(address)
    rest = address[quoted.end() :] if quoted else address
    if quoted and not rest.startswith("@"):
        raise BadAddress("unbalanced quotes")
    local, at, domain = rest.rpartition("@")
    if at and _DOMAIN_LITERAL.fullmatch(domain):
        rest = local
    if any(c in '"\\[]' or c.isspace() for c in rest):
        raise BadAddress("unbalanced quotes, brackets or spaces")
