"""The envelope: who sends to whom over which session (RFC 5321 section 2.3.1)."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from bartizan.model.check import Mark


class Direction(enum.StrEnum):
    """Which way a message crosses the wall."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Peer:
    """The host that connected: textual IPv4 or IPv6 address, port (0 when there was no connection)."""

    address: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """One forward path without its brackets, and its RCPT parameters exactly as they were sent."""

    address: str
    parameters: tuple[str, ...] = ()

    @property
    def domain(self) -> str:
        """The part after the last @, in lower case; "" for a bare postmaster."""
        return domain_of(self.address)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail transaction.

    `id` names the transaction in events, replies and the quarantine: letters and digits only.
    `sender` is the reverse path without brackets, "" for the null sender; `parameters` are MAIL's, exactly as sent.
    `tls` is e.g. "TLSv1.3 TLS_AES_256_GCM_SHA384", or "" for a plain session; `authenticated` the login name or "".
    `received_at` is seconds since 1970, taken at MAIL. `marks` are what checks of the wall found without refusing.
    """

    id: str
    peer: Peer
    helo: str
    sender: str
    recipients: tuple[Recipient, ...]
    parameters: tuple[str, ...] = ()
    tls: str = ""
    authenticated: str = ""
    direction: Direction = Direction.INBOUND
    received_at: float = 0.0
    marks: tuple[Mark, ...] = ()

    @property
    def eight_bit(self) -> bool:
        """MAIL said BODY=8BITMIME (RFC 6152)."""
        return any(p.upper() == "BODY=8BITMIME" for p in self.parameters)

    @property
    def smtputf8(self) -> bool:
        """MAIL said SMTPUTF8 (RFC 6531)."""
        return any(p.upper() == "SMTPUTF8" for p in self.parameters)


def domain_of(address: str) -> str:
    """The domain of an address in lower case, "" when it has none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def peer_key(peer: Peer) -> str:
    """What peers are counted by: the IPv4 address, the IPv6 /64."""
    return network_of(peer.address) if ":" in peer.address else peer.address


@lru_cache(maxsize=4096)
def network_of(address: str, four: int = 32, six: int = 64) -> str:
    """The network of so many bits that an address lies in, as "192.0.2.0/24"; an address where those are all. IPv4
    in IPv6 counts as IPv4; what is no address stays as it is."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = six if found.version == 6 else four
    if bits == found.max_prefixlen:
        return str(found)
    return str(ip_network((int(found), found.max_prefixlen)).supernet(new_prefix=bits))
