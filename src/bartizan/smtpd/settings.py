"""What one smtpd process is told: limits, patience and caps, frozen, and what it may call.

Wrong combinations raise ValueError at start. Not here: reading configuration.
"""

from __future__ import annotations

import enum
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields, replace
from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, TypeAlias

from bartizan.auth.authenticator import Authenticator
from bartizan.model.check import Rulings
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Envelope, Peer
from bartizan.model.esmtp import Esmtp
from bartizan.model.limits import MIB, Limits
from bartizan.model.offer import Offer
from bartizan.model.rates import RateSettings, StressSettings
from bartizan.model.refusal import Refusal
from bartizan.model.reply import Reply
from bartizan.observe.meter import Meter
from bartizan.tables.access import AccessTable
from bartizan.wall.wall import Wall

if TYPE_CHECKING:
    from bartizan._core.stream import MessageStream

Network: TypeAlias = IPv4Network | IPv6Network
Submit: TypeAlias = "Callable[[Envelope, MessageStream], Awaitable[Reply]]"

log = logging.getLogger("bartizan.smtpd")


class BareLineEnds(enum.StrEnum):
    """What becomes of a message that holds a bare CR or LF."""

    REFUSE = "refuse"
    NORMALIZE = "normalize"


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a session waits, in seconds, all positive (RFC 5321 section 4.5.3.2)."""

    command: float = 300.0
    """For the next complete command, and for a client that does not read its replies."""
    data_idle: float = 180.0
    """Between two pieces of message data."""
    grace: float = 30.0
    """From 354 on until the data rate is looked at."""
    bytes_per_second: float = 500.0
    """Slowest average of message data accepted after the grace."""
    handshake: float = 30.0
    commit: float = 570.0
    """For the answer to the final dot: below the 600 s a client waits."""
    linger: float = 5.0
    """For the client to read the last reply and close, before we do."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What one process, one peer and one session may use, all positive."""

    sessions: int = 1000
    sessions_per_peer: int = 50
    """A peer is an IPv4 address or an IPv6 /64; trusted peers have no cap of their own."""
    in_flight_bytes: int = 512 * MIB
    """Bytes of messages between their first byte and their reply, in this process; at least two messages always fit."""
    in_flight_bytes_per_peer: int = 128 * MIB
    errors: int = 20
    """Commands refused with 5yz since the last accepted message."""
    unknown: int = 10
    junk: int = 100
    """NOOP, RSET, VRFY and the like since the last message."""


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """Everything a session is told.

    `hostname` is our name in the greeting, `listener` the address that events name. `recipient_domains` are the
    domains mail from outside may be for (A-labels or U-labels, any case; `.name` is also all below it), None for any;
    `listed_domains` are more of them. `trusted` networks may send to any domain, `xclient` ones may speak for others.
    `tls` offers STARTTLS. `dsn` says that delivery hands on the parameters of RFC 3461, so that DSN may be offered
    where the next hop offers it. `tls_required` takes mail only over TLS. `greeting_delay` seconds pass before the
    greeting, for clients that cannot wait. Above `soft_recipients` (0: what the limits say) further recipients are to
    be tried later; above `hard_recipients` (0: never) the whole message is refused. `source_routes` are left out, or
    refused. `field_lengths` are names of header fields in lower case, and how many octets each may have. A message has
    up to `largest_message` bytes, and a peer up to `peer_sessions` sessions (0: what limits and caps say). `classes`
    are served under settings of their own; the first one that knows a peer wins. `rates` and `stress` hold for all
    listeners of a process, but for classes that have other rates. With `tls_at_once` a connection begins with TLS.
    Where there are any `balancers`, nobody else may connect, and these say for whom (PROXY protocol).
    """

    hostname: str
    listener: str = ""
    limits: Limits = field(default_factory=Limits)
    timeouts: Timeouts = field(default_factory=Timeouts)
    caps: Caps = field(default_factory=Caps)
    recipient_domains: tuple[str, ...] | None = None
    listed_domains: AccessTable | None = None
    trusted: tuple[Network, ...] = ()
    xclient: tuple[Network, ...] = ()
    bare_line_ends: BareLineEnds = BareLineEnds.REFUSE
    tls: ssl.SSLContext | None = None
    tls_required: bool = False
    tls_at_once: bool = False
    balancers: tuple[Network, ...] = ()
    dsn: bool = False
    esmtp: Esmtp = field(default_factory=Esmtp)
    checks: Rulings = field(default_factory=Rulings)
    greeting_delay: float = 0.0
    soft_recipients: int = 0
    hard_recipients: int = 0
    source_routes: bool = True
    field_lengths: tuple[tuple[str, int], ...] = ()
    largest_message: int = 0
    peer_sessions: int = 0
    classes: tuple[PeerClass, ...] = ()
    rates: RateSettings = field(default_factory=RateSettings)
    stress: StressSettings = field(default_factory=StressSettings)

    def strict_timeouts(self) -> Timeouts:
        """What holds under stress, where it is less."""
        times, stress = self.timeouts, self.stress
        return replace(
            times,
            command=min(times.command, stress.command),
            data_idle=min(times.data_idle, stress.data_idle),
            grace=min(times.grace, stress.rate_grace),
        )

    def strict_caps(self) -> Caps:
        """The same of one session's caps."""
        caps, stress = self.caps, self.stress
        return replace(
            caps,
            errors=min(caps.errors, stress.errors),
            unknown=min(caps.unknown, stress.errors),
            junk=min(caps.junk, stress.junk),
        )

    def __post_init__(self) -> None:
        wrong = [f.name for part in (self.timeouts, self.caps) for f in fields(part) if getattr(part, f.name) <= 0]
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        if not self.hostname.isascii() or not self.hostname.isprintable() or " " in self.hostname or not self.hostname:
            raise ValueError("hostname must be printable ASCII without spaces")


@dataclass(frozen=True, slots=True)
class PeerClass:
    """Peers of `networks` are served under other settings than the rest; theirs have no classes."""

    networks: tuple[Network, ...]
    settings: SessionSettings


@dataclass(frozen=True, slots=True)
class SessionReport:
    """How one session went: `started_at` seconds since 1970, `ended` one of
    "quit", "client", "timeout", "refused", "errors", "drained", "failed"."""

    peer: Peer
    helo: str
    tls: str
    started_at: float
    seconds: float
    messages: int
    errors: int
    ended: str


def log_problem(where: str, error: BaseException) -> None:
    """Say once, with traceback, that something of ours went wrong."""
    log.error("%s", where, exc_info=error)


def untold(_refusal: Refusal) -> None:
    """Nobody wants to know of a refusal."""


def no_offer() -> Offer:
    """The offer of a next hop that nothing is known of."""
    return Offer()


def none_refused(_sender: str, _recipient: str) -> Reply | None:
    """No refusal is remembered."""
    return None


@dataclass(frozen=True, slots=True)
class Services:
    """What a session may call.

    `submit` decides on one whole message and answers it; whatever it raises becomes a 4yz.
    `new_stream` makes the receiver of one message, which makes good bare line ends or not; `new_id` a name for one
    transaction (letters and digits). `offer` is what the next hop is known to offer, `refused` its remembered refusal
    to a sender of a recipient.
    """

    submit: Submit
    new_stream: Callable[[bool], MessageStream]
    new_id: Callable[[], str]
    offer: Callable[[], Offer] = no_offer
    refused: Callable[[str, str], Reply | None] = none_refused
    known: Callable[[str], Awaitable[Reply | None]] | None = None
    """Asks the next hop whether it knows a recipient: None when it does, 5yz when not, 4yz when that cannot be said."""
    etrn: Callable[[str], Awaitable[Reply]] | None = None
    """Asks it to send what it keeps for a host (RFC 1985)."""
    on_session: Callable[[SessionReport], None] | None = None
    on_check: Callable[[Refusal], None] = untold
    authenticator: Authenticator | None = None
    """Who may log in; None: nobody."""
    wall: Wall = field(default_factory=Wall)
    """The checks that look something up."""
    on_refused: Callable[[Envelope, int, Reply], None] | None = None
    """A whole message of so many bytes was refused for its form, before anything looked into it."""
    on_problem: Callable[[str, BaseException], None] = log_problem
    clock: Clock = SYSTEM
    meter: Meter = field(default_factory=Meter.unread)
    """One for the whole process, the same for all its listeners and pipelines."""
