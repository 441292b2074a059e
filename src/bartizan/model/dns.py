"""How names are looked up: which servers are asked, how long, and what is remembered (see bartizan.dns)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

_SERVER = re.compile(r"(?:([0-9.]+)|\[([0-9A-Fa-f:.]+)\])(?::([0-9]{1,5}))?|([0-9A-Fa-f:.]+)", re.A)


@dataclass(frozen=True, slots=True)
class DnsSettings:
    """[dns]: which name servers are asked, for how long, and how long their answers are kept, for each SMTP process.

    A name server on this host or beside it is worth having: public ones are refused by many block lists. What could not
    be found out never counts as "does not exist".
    """

    servers: tuple[str, ...] = ()
    """Addresses of name servers, with a port after a colon if it is not 53 (`[::1]:5353`); empty: those of
    /etc/resolv.conf."""
    timeout: float = 2.0
    """Seconds for the first answer of a server; each round over all servers waits longer."""
    tries: int = 2
    """Rounds over all servers."""
    lookups: int = 40
    """Queries that one message may cause; answers that are kept are free."""
    seconds: float = 10.0
    """How long one message may wait for all its queries together."""
    in_flight: int = 500
    """Queries under way at the same time; more than these fail at once."""
    cache_entries: int = 20_000
    """Answers kept; the least recently used goes first. An answer above 512 bytes counts as several."""
    ttl_min: float = 5.0
    """Seconds that an answer is kept at least, whatever its TTL."""
    ttl_max: float = 3600.0
    """Seconds that an answer is kept at most."""
    negative_ttl: float = 120.0
    """Seconds that "does not exist" is kept."""
    failure_ttl: float = 5.0
    """Seconds during which a query that failed is not sent again."""

    def __post_init__(self) -> None:
        positive = ("timeout", "tries", "lookups", "seconds", "in_flight", "cache_entries", "ttl_max")
        wrong = [name for name in positive if not getattr(self, name) > 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        wrong = [name for name in ("ttl_min", "negative_ttl", "failure_ttl") if not getattr(self, name) >= 0]
        if wrong:
            raise ValueError(f"must not be negative: {', '.join(wrong)}")
        if self.ttl_min > self.ttl_max:
            raise ValueError("ttl_min must not be above ttl_max")
        if self.timeout < 0.05 or self.timeout > 60 or self.tries > 10:
            raise ValueError("timeout must be from 0.05 to 60, tries from 1 to 10")
        wrong = [server for server in self.servers if not _is_server(server)]
        if wrong:
            raise ValueError(f"servers must be addresses, or address:port, [IPv6 address]:port: {', '.join(wrong)}")


def _is_server(text: str) -> bool:
    """An IP address, perhaps with a port."""
    found = _SERVER.fullmatch(text)
    if found is None or not 0 < int(found[3] or 53) < 65536:
        return False
    try:
        address = ipaddress.ip_address(found[1] or found[2] or found[4])
    except ValueError:
        return False
    return address.version == 6 or not found[2]
