"""How much one peer may ask for in a minute, and what is tightened while the node is under stress."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class RateSettings:
    """[rates]: what one peer may do in a minute, for each SMTP process; 0 is no limit. Trusted peers have none.

    A peer is an address or, as the prefixes say, a network. A minute's worth may come at once; what is over it is
    answered 450, a connection 421.
    """

    connections: int = 0
    """Connections."""
    messages: int = 0
    """Messages that are begun."""
    recipients: int = 0
    """Recipients that are given."""
    errors: int = 300
    """Commands that are refused with 5yz; above it no more connections are taken either."""
    bytes: int = 0
    """Bytes of messages; counted when they have arrived, so the next message waits."""
    ipv4_prefix: int = 32
    """Bits of an IPv4 address that make a peer."""
    ipv6_prefix: int = 64
    """The same of an IPv6 address."""
    peers: int = 100_000
    """Peers that are remembered; the least recently seen goes first."""

    def __post_init__(self) -> None:
        wrong = [one.name for one in fields(self) if getattr(self, one.name) < 0]
        if wrong:
            raise ValueError(f"must not be negative: {', '.join(wrong)}")
        if not 8 <= self.ipv4_prefix <= 32 or not 16 <= self.ipv6_prefix <= 128 or not self.peers:
            raise ValueError("ipv4_prefix must be from 8 to 32, ipv6_prefix from 16 to 128, peers above 0")


@dataclass(frozen=True, slots=True)
class StressSettings:
    """[stress]: what holds for peers that are not trusted while sessions or memory run short, where it is less.

    Stress begins by itself, and ends when both are a tenth below what began it.
    """

    sessions: float = 0.8
    """Share of caps.sessions from which on."""
    memory: float = 0.9
    """Share of the memory that the container, or else the host, has."""
    command: float = 10.0
    """timeouts.command, in seconds."""
    data_idle: float = 20.0
    """timeouts.data_idle, in seconds."""
    rate_grace: float = 10.0
    """timeouts.rate_grace, in seconds."""
    errors: int = 3
    """Refused commands until a session is ended."""
    junk: int = 5
    """NOOP, RSET and the like without a message, before they count as errors."""
    sessions_per_peer: int = 10
    """caps.sessions_per_peer."""

    def __post_init__(self) -> None:
        wrong = [one.name for one in fields(self) if getattr(self, one.name) <= 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        if self.sessions > 1 or self.memory > 1:
            raise ValueError("sessions and memory are shares of 1")
