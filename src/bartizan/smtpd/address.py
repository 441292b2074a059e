"""Paths of MAIL and RCPT: RFC 5321 section 4.1.2, with the wider letters of RFC 6531 section 3.3.

Comes in: the text of a command, free of control characters. Goes out: the mailbox without brackets, as it was sent,
and where the path ended. Source routes are read over (RFC 5321 appendix C), and told of.
Limits: local part and domain 255 octets each. Lenient: underscores in domains, local parts above 64 octets.
Not here: parameters, and whether anyone wants mail for the address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

LOCAL_OCTETS = 255
DOMAIN_OCTETS = 255

# Sets are written by the ASCII that is not in them, which leaves the letters above it in; listing those takes the
# compiler of expressions 60 ms at each start.
_ATOM = r'[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+'
_QUOTED = r'"(?:[^\x00-\x1f"\\\x7f]|\\[ -~])*"'
_LETTER = r"[^\x00-/:-@\[-^`{-\x7f]"
_LABEL = rf"{_LETTER}(?:[^\x00-,./:-@\[-^`{{-\x7f]{{0,61}}{_LETTER})?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*"
_LITERAL = r"\[[!-?A-Z^-~]+\]"
_PATH = re.compile(
    rf"<(?:@{_DOMAIN}(?:,@{_DOMAIN})*:)?"
    rf"((?:{_ATOM}(?:\.{_ATOM})*|{_QUOTED})@({_DOMAIN}|{_LITERAL}))>"
)
_TAGGED = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]:[!-Z^-~]+")


@dataclass(frozen=True, slots=True)
class Path:
    """One path: the mailbox without brackets ("" for the null path), the offset behind its ">", and whether a source
    route stood before the mailbox."""

    mailbox: str
    end: int
    routed: bool = False


def parse_path(text: str, start: int = 0) -> Path | None:
    """The path that begins at `start`, None when there is no valid one; `<>` and `<postmaster>` are valid."""
    match = _PATH.match(text, start)
    if match is None:
        return _special(text, start)
    mailbox, domain = match.group(1, 2)
    if (len(mailbox) > DOMAIN_OCTETS or not mailbox.isascii()) and not _fits(mailbox, domain):
        return None
    if domain[0] == "[" and not _valid_literal(domain[1:-1]):
        return None
    return Path(mailbox, match.end(), match.start(1) > start + 1)


def is_postmaster(mailbox: str) -> bool:
    """The one mailbox that exists without a domain (RFC 5321 section 4.5.1)."""
    return mailbox.lower() == "postmaster"


def _special(text: str, start: int) -> Path | None:
    if text.startswith("<>", start):
        return Path("", start + 2)
    end = start + len("<postmaster>")
    if text[end - 1 : end] == ">" and text[start : start + 1] == "<" and is_postmaster(text[start + 1 : end - 1]):
        return Path(text[start + 1 : end - 1], end)
    return None


def _fits(mailbox: str, domain: str) -> bool:
    local = mailbox[: len(mailbox) - len(domain) - 1]
    return len(local.encode()) <= LOCAL_OCTETS and len(domain.encode()) <= DOMAIN_OCTETS


def _valid_literal(content: str) -> bool:
    """An IPv4 address, "IPv6:" and an address, or a tag of letters with a value (RFC 5321 section 4.1.3)."""
    try:
        if content[:5].lower() == "ipv6:":
            return IPv6Address(content[5:]).scope_id is None
        if ":" in content:
            return _TAGGED.fullmatch(content) is not None
        IPv4Address(content)
    except AddressValueError:
        return False
    return True
