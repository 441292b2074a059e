"""Names as the DNS has them: what may be asked for, and which answers are host names (RFC 1035 section 2.3.1, 1123).

In: whatever a client or a record said. Out: ASCII in lower case without the last dot, or None. Names with characters
outside ASCII become their A-labels (IDNA 2008 with the mapping of UTS 46, RFC 5891).
Limits: 253 octets, labels of 63. Not here: address literals, which are no names.
"""

from __future__ import annotations

import ipaddress
import re

import idna
import idna.uts46data

_ASKED = re.compile(r"(?!(?:.*\.)?[0-9]+\Z)[!#-'*+\-/-9=?A-Z^-~]{1,63}(?:\.[!#-'*+\-/-9=?A-Z^-~]{1,63})*", re.S)
"""Labels of the characters of RFC 5322's atoms: others lead nowhere. No last label of digits alone: an address."""
_HOST = re.compile(
    r"(?!(?:.*\.)?[0-9]+\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_LONGEST = 253


def askable(name: str) -> str | None:
    """`name` as it is asked for; None for one that cannot be in the DNS."""
    name = name.removesuffix(".")
    if len(name) > _LONGEST:
        return None
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode()
        except (idna.IDNAError, UnicodeError, IndexError):
            return None
        if len(name) > _LONGEST:
            return None
    return name.lower() if _ASKED.fullmatch(name) else None


def host_name(name: object) -> str | None:
    """A name from a record as the name of a host; None if it is none. Underscores are let pass: they are in use."""
    if not isinstance(name, str):
        return None
    name = name.removesuffix(".").lower()
    return name if len(name) <= _LONGEST and _HOST.fullmatch(name) else None


def address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An IP address in its plain form: an IPv4 address that is written as IPv6 is one, scopes are left out."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0] if len(text) < 100 else text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
