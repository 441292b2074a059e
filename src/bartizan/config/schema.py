"""The shape of the configuration: one frozen class for each section, its fields the keys, their docstrings the manual.

A value written here is the default. Checks that need one value are constraints on its type; checks between sections are
in bartizan.config.check. All of it is plain data, so that settings can travel to worker processes.
Not here: reading files (bartizan.config.load), what a rule may say (bartizan.model.rule).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Interval, MinLen

from bartizan.model.auth import AuthSettings
from bartizan.model.check import Checks
from bartizan.model.dns import DnsSettings
from bartizan.model.esmtp import Esmtp
from bartizan.model.hide import Hide
from bartizan.model.limits import MIB, Limits
from bartizan.model.rates import RateSettings, StressSettings
from bartizan.model.restraint import RestraintSettings
from bartizan.model.rule import Rule
from bartizan.model.verdict import Action

Count = Annotated[int, Ge(1)]
CountOrZero = Annotated[int, Ge(0)]
Port = Annotated[int, Interval(ge=1, le=65535)]
Seconds = Annotated[float, Gt(0)]
SecondsOrZero = Annotated[float, Ge(0)]
MAP_FILE = "file:"
"""Before an entry of a list that names a map file."""
Text = Annotated[str, MinLen(1)]


@dataclass(frozen=True, slots=True)
class Server:
    """[server]: the host and its processes."""

    hostname: str = ""
    """The public name given in the greeting and in Received; needed as soon as a listener is not on loopback."""
    authserv_ids: tuple[Text, ...] = ()
    """More names by which servers behind this one trust results of authentication, such as the domain.

    Fields `Authentication-Results` that say they are from one of them, or from `hostname`, are taken out of all mail
    that is passed on (RFC 8601 section 5).
    """
    workers: CountOrZero = 0
    """SMTP processes; 0 is one for each usable core."""
    scanners: CountOrZero = 0
    """Scanner processes; 0 is one for each usable core."""
    sandbox: Literal["required", "best-effort"] | None = None
    """required: refuse to start where a wall of the sandbox is missing; best-effort: warn and go on.

    Not given: required for serve, best-effort for scan and demo.
    """
    user: Text = "bartizan"
    """Account of the SMTP processes, used when started as root; the state directory becomes this account's."""
    scanner_user: Text = "bartizan-scan"
    """Account of the scanners, used when started as root."""
    admin_user: Text = "bartizan-admin"
    """Account of the admin process, used when started as root."""
    state: str = ""
    """Directory of what must survive: the quarantine. Empty: var in the working directory."""
    cache: str = ""
    """Directory of what can be built again: the rule bundle. Empty: $XDG_CACHE_HOME/bartizan or ~/.cache/bartizan."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """[[listener.tls.more]]: another certificate, presented to clients that ask for a name in it (SNI).

    One that has the same names with another kind of key (RSA, ECDSA) is presented to clients that understand it.
    """

    certificate: Text
    """As in `[listener.tls]`."""
    key: Text
    """As in `[listener.tls]`."""


@dataclass(frozen=True, slots=True)
class Tls:
    """[listener.tls]: TLS 1.2 and 1.3 with this certificate chain and key (PEM files), read anew at each reload."""

    certificate: Text
    """PEM file: the certificate of this host, then those that lead to its root. Clients that ask for no name or for one
    that no certificate has are presented this one."""
    key: Text
    """PEM file: the private key, without a passphrase."""
    mode: Literal["starttls", "implicit"] = "starttls"
    """starttls: offered to clients; implicit: the connection begins with TLS (port 465, RFC 8314)."""
    more: tuple[Certificate, ...] = ()
    """Certificates for other names."""


@dataclass(frozen=True, slots=True)
class Entries:
    """[listener.allow], [listener.deny]: who is let in, and who is not.

    Each entry is an address, a network, a domain (`.example.com` is everything below it, and `example.com` itself), a
    mailbox, or `file:` and the path of a map file with one entry a line, which is read again when it changes. See
    docs/tables.md. A client that is allowed by its address or name is spared all checks, a HELO name or a sender only
    the checks on itself.
    """

    peers: tuple[Text, ...] = ()
    """Addresses and networks of clients."""
    names: tuple[Text, ...] = ()
    """Their reverse names, where these lead back to the address."""
    helo: tuple[Text, ...] = ()
    """What they call themselves."""
    senders: tuple[Text, ...] = ()
    """Addresses or domains of senders."""
    recipients: tuple[Text, ...] = ()
    """Addresses or domains of recipients; postmaster is never denied."""


@dataclass(frozen=True, slots=True)
class PeerClass:
    """[[listener.class]]: some peers for whom other keys hold; the first class that knows a peer wins.

    A key that is left out is as the listener says, key by key also in `checks` and `esmtp`.
    """

    peers: Annotated[tuple[Text, ...], MinLen(1)]
    """Addresses and networks."""
    tls_required: bool | None = None
    """As in the listener."""
    bare_line_ends: Literal["reject", "normalize"] | None = None
    """As in the listener: the exception for an old device that cannot do otherwise."""
    source_routes: Literal["strip", "reject"] | None = None
    """As in the listener."""
    soft_recipients: CountOrZero | None = None
    """As in the listener."""
    hard_recipients: CountOrZero | None = None
    """As in the listener."""
    greeting_delay: SecondsOrZero | None = None
    """As in the listener."""
    field_lengths: dict[Text, Count] | None = None
    """As in the listener."""
    message_bytes: CountOrZero | None = None
    """As in the listener."""
    sessions_per_peer: CountOrZero | None = None
    """As in the listener."""
    rates: RateSettings | None = None
    """What one of these peers may do in a minute; a key that is left out is as in [rates]. Each listener
    counts them by itself."""
    checks: Checks | None = None
    """As in the listener."""
    esmtp: Esmtp | None = None
    """As in the listener."""


@dataclass(frozen=True, slots=True)
class Listener:
    """[[listener]]: one address mail is taken from."""

    address: Text
    """"host:port", "[2001:db8::1]:25"."""
    recipient_domains: Annotated[tuple[Text, ...], MinLen(1)]
    """Domains mail is accepted for: `example.com`, `.example.com` for it and all below it, `file:PATH` for a map file
    of such entries, which is read again when it changes; `["*"]` is any, on loopback only."""
    trusted: tuple[Text, ...] = ()
    """Addresses and networks that may send to any domain: the inside."""
    xclient: tuple[Text, ...] = ()
    """Addresses and networks that may say XCLIENT, and so appear as any other client: for trying rules out, and for
    front ends of one's own."""
    proxy: tuple[Text, ...] = ()
    """Addresses and networks of balancers that speak the PROXY protocol, version 1 or 2. When there are any, nobody
    else may connect, and each connection must begin with the header, before TLS too."""
    tls: Tls | None = None
    """Not given: no TLS."""
    tls_required: bool = False
    """Mail is only taken over TLS; before it MAIL is answered 530. Not for a port 25 that faces the Internet (RFC 3207
    section 4)."""
    bare_line_ends: Literal["reject", "normalize"] = "reject"
    """What happens to a message with a bare CR or LF: refused and the session ended, or sent on with CRLF for a bare
    LF, a space for CR."""
    source_routes: Literal["strip", "reject"] = "strip"
    """`<@relay.example:user@example.com>`: the route is left out (RFC 5321 appendix C), or the command refused."""
    soft_recipients: CountOrZero = 0
    """Recipients of a message up to which they are accepted; further ones are answered 452, and the sender sends them
    another copy. 0: limits.recipients."""
    hard_recipients: CountOrZero = 0
    """Recipients from which on the whole message is refused; 0: never."""
    greeting_delay: SecondsOrZero = 0.0
    """Wait before the greeting, which trusted peers are spared: who talks before it is no mail server."""
    field_lengths: dict[Text, Count] = field(default_factory=dict)
    """The most octets that header fields of a message and its parts may have, by name, folding included, as in
    `{ Content-Type = 1024 }`; see the check header_length."""
    message_bytes: CountOrZero = 0
    """Largest message, at most limits.message_bytes, which 0 stands for."""
    sessions_per_peer: CountOrZero = 0
    """Sessions of one peer, here and at other listeners together, from which on it gets no more here; 0:
    caps.sessions_per_peer."""
    dns_failure: Literal["defer", "ignore"] = "defer"
    """When the DNS does not answer and a check that refuses needs it: 451, or go on as if nothing was found."""
    sender_patterns: tuple[Text, ...] = ()
    """Regular expressions (RE2 syntax, any case) that no sender's address may match anywhere; see sender_pattern."""
    allow: Entries = field(default_factory=Entries)
    """Who is spared checks."""
    deny: Entries = field(default_factory=Entries)
    """Who is not let in."""
    checks: Checks = field(default_factory=Checks)
    """What is done about what checks find."""
    esmtp: Esmtp = field(default_factory=Esmtp)
    """Commands and extensions that clients may use."""
    classes: tuple[PeerClass, ...] = ()
    """Other keys for some peers."""


@dataclass(frozen=True, slots=True)
class NextHop:
    """[next_hop]: the server that accepted mail is handed to."""

    host: Text
    """Its name or address."""
    port: Port = 25
    """Its port."""
    tls: Literal["none", "may", "require"] = "none"
    """none: plain; may: STARTTLS when offered, unverified; require: STARTTLS with a verified certificate, else 451."""
    connections: Count = 32
    """Sessions kept open by each SMTP process, at most."""
    connect_timeout: Seconds = 15.0
    """Wait for a connection and the greeting."""
    command_timeout: Seconds = 60.0
    """Wait for the answer to a command."""
    data_timeout: Seconds = 300.0
    """Seconds to wait for the answer to the final dot."""
    idle_timeout: Seconds = 30.0
    """Seconds an unused session is kept."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """[timeouts]: of SMTP sessions, in seconds (RFC 5321 section 4.5.3.2 asks for 300 and 180)."""

    command: Seconds = 300.0
    """Wait for the next command."""
    data_idle: Seconds = 180.0
    """Wait for the next bytes of a message."""
    minimum_rate: Annotated[float, Gt(0)] = 200.0
    """Slowest average rate a message may arrive at, in bytes a second."""
    rate_grace: Seconds = 60.0
    """The rate is looked at only after this many seconds of a message."""
    handshake: Seconds = 30.0
    """Wait for STARTTLS to be negotiated."""
    commit: Seconds = 570.0
    """Wait for our own answer to the final dot; clients wait 600."""
    drain: Seconds = 90.0
    """At a stop: how long transactions that have begun may take to finish."""


@dataclass(frozen=True, slots=True)
class Caps:
    """[caps]: what all sessions together may hold, for the whole node."""

    sessions: Count = 4096
    """Sessions at the same time; above it new ones are answered 421."""
    sessions_per_peer: Count = 100
    """Sessions of one IPv4 address or IPv6 /64; trusted peers have no cap of their own."""
    bytes_in_flight: Annotated[int, Ge(MIB)] = 1024 * MIB
    """Bytes of all messages being received and examined; above it MAIL is answered 452."""
    bytes_in_flight_per_peer: Annotated[int, Ge(MIB)] = 256 * MIB
    """The same for one peer."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """[signatures]: YARA rules, in addition to the shipped file."""

    paths: tuple[Text, ...] = ()
    """Files, or folders of .yar and .yara files."""
    skip_broken: bool = False
    """Leave out a file that does not compile instead of refusing to start."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """[phrases]: listed phrases, looked for in all text and in links."""

    files: tuple[Text, ...] = ()
    """One phrase a line, optionally TAB and its weight."""


@dataclass(frozen=True, slots=True)
class Attachments:
    """[attachments]: names and found types, as lower-case extensions without the dot."""

    block: tuple[Text, ...] | None = None
    """Blocked extensions, instead of the shipped ones."""
    block_add: tuple[Text, ...] = ()
    """Blocked in addition."""
    block_remove: tuple[Text, ...] = ()
    """Not blocked."""
    report: tuple[Text, ...] | None = None
    """Extensions that are reported without being blocked, instead of the shipped ones."""
    report_add: tuple[Text, ...] = ()
    """Reported in addition."""
    report_remove: tuple[Text, ...] = ()
    """Not reported."""


@dataclass(frozen=True, slots=True)
class Policy:
    """[policy]: what holds where no rule matches. The first rule that matches decides, own rules before shipped."""

    default: Action = Action.ACCEPT
    """A required key in a file that has `[policy]` or any `[[rule]]`; tag cannot be it."""
    threshold: Annotated[float, Gt(0)] = 5.0
    """The content score that the shipped rules quarantine at, and what min_total = "threshold" means."""
    use_default_rules: bool = True
    """Add the shipped rules after the own ones."""


@dataclass(frozen=True, slots=True)
class Log:
    """[log]: one JSON line for each message."""

    events: Text = "-"
    """A file that is appended to; "-" is standard output."""


@dataclass(frozen=True, slots=True)
class Admin:
    """[admin]: health and metrics over HTTP, for monitoring: /health/live, /health/ready, /metrics (Prometheus)."""

    address: str = ""
    """"host:port" to serve at; empty: nothing is served.

    There is no authentication: whoever can connect can read. It belongs on loopback or on a management network.
    """


ANY_DOMAIN = ("*",)
LOOPBACK = ("127.0.0.0/8", "::1")
NO_DNS = Checks(
    reverse_dns="off", forward_dns="off", helo_dns="off", sender_domain="off", null_mx="off", sender_mx="off"
)
DEFAULT_LISTENER = Listener("127.0.0.1:2525", ANY_DOMAIN, LOOPBACK, checks=NO_DNS)


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration. After loading, paths are absolute, counts of processes above 0 and `rules` complete."""

    __pydantic_config__: ClassVar[dict[str, object]] = {"extra": "forbid", "allow_inf_nan": False}

    server: Server = field(default_factory=Server)
    listeners: tuple[Listener, ...] = (DEFAULT_LISTENER,)
    next_hop: NextHop | None = None
    limits: Limits = field(default_factory=Limits)
    timeouts: Timeouts = field(default_factory=Timeouts)
    caps: Caps = field(default_factory=Caps)
    auth: AuthSettings = field(default_factory=AuthSettings)
    dns: DnsSettings = field(default_factory=DnsSettings)
    rates: RateSettings = field(default_factory=RateSettings)
    stress: StressSettings = field(default_factory=StressSettings)
    restraint: RestraintSettings = field(default_factory=RestraintSettings)
    signatures: Signatures = field(default_factory=Signatures)
    phrases: Phrases = field(default_factory=Phrases)
    attachments: Attachments = field(default_factory=Attachments)
    hide: Hide = field(default_factory=Hide)
    policy: Policy = field(default_factory=Policy)
    rules: tuple[Rule, ...] = ()
    log: Log = field(default_factory=Log)
    admin: Admin = field(default_factory=Admin)
