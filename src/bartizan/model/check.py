"""The checks of the wall: what can be wrong with a client, its commands or the form of its mail, and what is then done.

`Check` names them all, in events, reports and policy. `Checks` is the configuration of those that an operator may
choose an action for; its fields are names of checks and its docstrings the manual. A `Mark` is what a check found that
did not refuse anything. Not here: carrying checks out (bartizan.wall), replies (model/reply.py).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, fields

from bartizan.model.finding import Finding, Kind


class CheckAction(enum.StrEnum):
    """What is done about what a check found."""

    OFF = "off"
    """It is not carried out."""
    LOG = "log"
    """Noted in the event of the message: what would have been refused."""
    TAG = "tag"
    """A finding of kind `session` for the policy, with a score."""
    DEFER = "defer"
    """Refused for now (4yz)."""
    REJECT = "reject"
    """Refused (5yz)."""


class Check(enum.StrEnum):
    """Everything that may be refused before content is looked at."""

    # which may be chosen an action for: the fields of Checks
    DENIED_PEER = "denied_peer"
    DENIED_NAME = "denied_name"
    DENIED_HELO = "denied_helo"
    DENIED_SENDER = "denied_sender"
    DENIED_RECIPIENT = "denied_recipient"
    EARLY_TALKER = "early_talker"
    PIPELINING = "pipelining"
    OUT_OF_TURN = "out_of_turn"
    FOREIGN = "foreign"
    REVERSE_DNS = "reverse_dns"
    FORWARD_DNS = "forward_dns"
    HELO_FORM = "helo_form"
    HELO_DNS = "helo_dns"
    HELO_OURS = "helo_ours"
    SENDER_DOMAIN = "sender_domain"
    NULL_MX = "null_mx"
    SENDER_MX = "sender_mx"
    SENDER_PATTERN = "sender_pattern"
    SENDER_LOGIN = "sender_login"
    UNKNOWN_RECIPIENT = "unknown_recipient"
    NUL = "nul"
    HEADER_MISSING = "header_missing"
    HEADER_DOUBLED = "header_doubled"
    HEADER_EIGHT_BIT = "header_eight_bit"
    HEADER_SYNTAX = "header_syntax"
    HEADER_LENGTH = "header_length"
    # whose action is fixed
    RELAY = "relay"
    SOURCE_ROUTE = "source_route"
    TLS_REQUIRED = "tls_required"
    RECIPIENTS = "recipients"
    SESSIONS = "sessions"
    RATE = "rate"
    ROOM = "room"
    ERRORS = "errors"
    SYNTAX = "syntax"
    LOGIN = "login"
    LINE_LENGTH = "line_length"
    BARE_LINE_END = "bare_line_end"
    SIZE = "size"
    LOOP = "loop"
    NEXT_HOP = "next_hop"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is done about one check; `score` only counts with action tag."""

    action: CheckAction
    score: float = 0.0

    @staticmethod
    def parse(text: str) -> Ruling:
        """`off`, `log`, `tag`, `tag 2.5`, `defer` or `reject`; ValueError for anything else."""
        word, _, number = text.partition(" ")
        try:
            action = CheckAction(word)
            score = float(number) if number else 1.0
        except ValueError:
            raise ValueError("expected off, log, tag, tag SCORE, defer or reject") from None
        if (number and action is not CheckAction.TAG) or not 0 <= score <= 1000:
            raise ValueError("expected off, log, tag, tag SCORE (0 to 1000), defer or reject")
        return Ruling(action, score if action is CheckAction.TAG else 0.0)


@dataclass(frozen=True, slots=True)
class Checks:
    """[listener.checks]: what is done about what each check finds: `off`, `log`, `tag`, `tag SCORE`, `defer`, `reject`.

    log notes it in the message's event and does nothing else: what would have happened. tag gives the policy a finding
    of kind `session` that counts SCORE (1 when it is not said). As shipped, only what no legitimate mail shows is
    refused. RFC 5321 section 4.1.4 forbids refusing mail because of its HELO alone.
    """

    denied_peer: str = "reject"
    """The client's address is on a list: lists.peers.deny."""
    denied_name: str = "reject"
    """Its confirmed reverse name is on a list: lists.names.deny."""
    denied_helo: str = "reject"
    """Its HELO name is on a list: lists.helo.deny."""
    denied_sender: str = "reject"
    """The sender's address or domain is on a list: lists.senders.deny."""
    denied_recipient: str = "reject"
    """The recipient's address or domain is on a list: lists.recipients.deny."""
    early_talker: str = "log"
    """It spoke before our greeting. The wait for that is greeting_delay."""
    pipelining: str = "log"
    """It sent several commands at once where PIPELINING is not offered, or after HELO (RFC 2920)."""
    out_of_turn: str = "reject"
    """It sent more behind a command that must be the last of a group; reject ends the session. After STARTTLS that is
    always so (RFC 3207)."""
    foreign: str = "reject"
    """Its first word is no SMTP but, for example, HTTP; reject ends the session."""
    reverse_dns: str = "log"
    """The client's address has no name in the DNS."""
    forward_dns: str = "log"
    """None of its names leads back to its address."""
    helo_form: str = "log"
    """Its HELO name is neither a domain with a dot nor an address literal."""
    helo_dns: str = "log"
    """Its HELO name has neither an address nor a mail exchanger in the DNS; an address literal is not its own."""
    helo_ours: str = "log"
    """It calls itself by our name or one of our recipient domains, and is not trusted."""
    sender_domain: str = "reject"
    """The sender's domain does not exist: it has neither a mail exchanger nor an address."""
    null_mx: str = "reject"
    """The sender's domain says that it takes no mail at all (RFC 7505)."""
    sender_mx: str = "log"
    """The mail exchangers of the sender's domain lead to ourselves, or to addresses that are nobody's on the Internet
    (loopback, private): an answer would go round, or into our own network."""
    sender_pattern: str = "reject"
    """The sender's address matches one of sender_patterns."""
    sender_login: str = "reject"
    """The client has logged in under a name that may not use this sender."""
    unknown_recipient: str = "off"
    """The next hop, asked while the recipient is given, refuses it; what it says is remembered for some minutes, and
    dns_failure holds when it says nothing. Off asks only with the whole message; for postmaster nobody asks."""
    nul: str = "log"
    """The message has a NUL byte."""
    header_missing: str = "log"
    """From, Date or Message-ID is missing."""
    header_doubled: str = "log"
    """A field that may occur once occurs more often (RFC 5322 section 3.6)."""
    header_eight_bit: str = "log"
    """The header has bytes above 127 and MAIL did not say SMTPUTF8."""
    header_syntax: str = "log"
    """The header has a line that is neither a field nor a continuation of one."""
    header_length: str = "reject"
    """A field is longer than field_lengths allows."""


_CHOSEN = {Check(one.name) for one in fields(Checks)}


@dataclass(frozen=True, slots=True)
class Rulings:
    """`Checks`, ready to be asked. ValueError for an action that is none."""

    checks: Checks = field(default_factory=Checks)
    defer_unsure: bool = True
    """A check that refuses and could not be carried out now defers; else it only leaves a note."""
    _of: dict[Check, Ruling] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        chosen = {check: Ruling.parse(getattr(self.checks, check.value)) for check in _CHOSEN}
        fixed = {check: Ruling(CheckAction.REJECT) for check in Check if check not in _CHOSEN}
        object.__setattr__(self, "_of", chosen | fixed)

    def on(self, *checks: Check) -> bool:
        """Is one of them carried out?"""
        return any(self._of[check].action is not CheckAction.OFF for check in checks)

    def of(self, check: Check) -> Ruling:
        """What is done about it."""
        return self._of[check]


@dataclass(frozen=True, slots=True)
class Mark:
    """What one check found about a transaction that went on; `detail` is a cleaned sentence for people."""

    check: Check
    action: CheckAction
    score: float = 0.0
    detail: str = ""


ENVELOPE = "envelope"
"""The path that findings about the session have."""


def findings(marks: tuple[Mark, ...]) -> tuple[Finding, ...]:
    """Marks with action tag as the policy sees them."""
    return tuple(
        Finding(Kind.SESSION, mark.check, ENVELOPE, mark.score, mark.detail)
        for mark in marks
        if mark.action is CheckAction.TAG
    )
