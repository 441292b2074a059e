"""Socket addresses as they are written in the configuration: "host:port" and "[IPv6]:port"."""

from __future__ import annotations

import ipaddress
import re

_BRACKETED = re.compile(r"\[([0-9A-Fa-f:.]+)\]:(\d{1,5})")
_PLAIN = re.compile(r"([A-Za-z0-9._-]+):(\d{1,5})")

EXPECTED = 'expected "host:port" or "[IPv6 address]:port", port 0-65535'


def split(text: str) -> tuple[str, int]:
    """Host (without brackets) and port of `text`; ValueError when it is no address. Port 0 lets the system choose."""
    found = _BRACKETED.fullmatch(text) or _PLAIN.fullmatch(text)
    if found is None or int(found[2]) > 65535:
        raise ValueError(EXPECTED)
    if text.startswith("["):
        try:
            ipaddress.IPv6Address(found[1])
        except ValueError:
            raise ValueError(EXPECTED) from None
    return found[1], int(found[2])


def canonical(host: str) -> str:
    """One form for each address; other names in lower case."""
    try:
        return str(ipaddress.ip_address("127.0.0.1" if host.lower() == "localhost" else host))
    except ValueError:
        return host.lower()


def is_loopback(host: str) -> bool:
    """Only this host can reach `host`: localhost, 127.0.0.0/8 or ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
