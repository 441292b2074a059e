"""Which command is allowed when, and what it does to the mail transaction: the state table of RFC 5321 section 4.1.4.

`VERBS` is the table; `Transaction` is one session's place in it, with what MAIL and RCPT have said so far.
A command that is refused changes nothing, but for BDAT; HELO, EHLO, RSET, every DATA, the last BDAT and a refused one
forget sender and recipients together.
Not here: the wire, and reading arguments.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bartizan.auth.sasl import LINE_MOST
from bartizan.model.check import Mark
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import BAD_SEQUENCE, LINE_TOO_LONG, SYNTAX, Reply
from bartizan.smtpd.commands import Mail


class State(enum.Enum):
    """Where a session is between two commands."""

    CONNECTED = "connected"
    GREETED = "greeted"
    SENDER = "sender given"
    RECIPIENTS = "recipients given"
    CHUNKS = "some of the message is here"


class Argument(enum.Enum):
    """Does a verb take something behind it?"""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Verb:
    """One row: states it is `allowed` in, the state it leads to (None: stays), its argument, and the longest line in
    octets with CRLF. `junk` verbs do nothing for a message and are counted; `last` verbs must be the last of what was
    sent at once (RFC 2920 section 3.1, RFC 3207), else somebody speaks out of turn."""

    allowed: tuple[State, ...]
    leads_to: State | None
    argument: Argument
    octets: int = 512
    junk: bool = False
    last: bool = False


_ANY = tuple(State)
_MAIL_GIVEN = (State.SENDER, State.RECIPIENTS)
_PATHS_OCTETS = 4096

VERBS: dict[str, Verb] = {
    "HELO": Verb(_ANY, State.GREETED, Argument.REQUIRED, junk=True),
    "EHLO": Verb(_ANY, State.GREETED, Argument.REQUIRED, junk=True),
    "STARTTLS": Verb((State.CONNECTED, State.GREETED), State.CONNECTED, Argument.NONE, last=True),
    "MAIL": Verb((State.GREETED,), State.SENDER, Argument.REQUIRED, _PATHS_OCTETS),
    "RCPT": Verb(_MAIL_GIVEN, State.RECIPIENTS, Argument.REQUIRED, _PATHS_OCTETS),
    "DATA": Verb(_MAIL_GIVEN, State.GREETED, Argument.NONE, last=True),
    "BDAT": Verb((*_MAIL_GIVEN, State.CHUNKS), State.CHUNKS, Argument.REQUIRED),
    "RSET": Verb(_ANY, None, Argument.NONE, junk=True),
    "NOOP": Verb(_ANY, None, Argument.OPTIONAL, junk=True),
    "VRFY": Verb(_ANY, None, Argument.REQUIRED, junk=True),
    "EXPN": Verb(_ANY, None, Argument.OPTIONAL, junk=True),
    "ETRN": Verb((State.GREETED,), None, Argument.REQUIRED, junk=True),
    "ATRN": Verb(_ANY, None, Argument.OPTIONAL, junk=True),
    "HELP": Verb(_ANY, None, Argument.OPTIONAL, junk=True),
    "AUTH": Verb((State.CONNECTED, State.GREETED), None, Argument.OPTIONAL, LINE_MOST),
    "XCLIENT": Verb((State.CONNECTED, State.GREETED), State.CONNECTED, Argument.REQUIRED, 1024, last=True),
    "QUIT": Verb(_ANY, None, Argument.NONE),
}

FOREIGN = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
"""Verbs of HTTP: somebody makes a browser or a proxy talk to us, and what follows is not SMTP."""


class Transaction:
    """What one session has said: its name and extensions, then sender and recipients."""

    __slots__ = (
        "chunking",
        "extended",
        "helo",
        "id",
        "later",
        "mail",
        "marks",
        "offer",
        "overfull",
        "received_at",
        "recipients",
        "refused",
        "state",
    )

    def __init__(self) -> None:
        self.forget_client()

    def forget_client(self) -> None:
        """As on a new connection, and after STARTTLS (RFC 3207 section 4.2)."""
        self.state = State.CONNECTED
        self.helo = ""
        self.extended = False
        self.chunking = False
        self.offer = Offer()
        self.clear()

    def clear(self) -> None:
        """Forget sender and recipients, never one without the other."""
        self.id = ""
        self.mail: Mail | None = None
        self.marks: list[Mark] = []
        self.overfull = False
        self.later = 0
        self.received_at = 0.0
        self.recipients: list[Recipient] = []
        self.refused = 0
        if self.state is not State.CONNECTED:
            self.state = State.GREETED

    def refuse(self, verb: Verb, argument: str, octets: int) -> Reply | None:
        """Why the table does not allow this command line of so many octets now, None when it does."""
        if octets > verb.octets:
            return LINE_TOO_LONG
        if self.state not in verb.allowed:
            return BAD_SEQUENCE
        if not argument:
            return SYNTAX if verb.argument is Argument.REQUIRED else None
        return SYNTAX if verb.argument is Argument.NONE else None

    def greet(self, helo: str, extended: bool, offer: Offer, chunking: bool = False) -> None:
        """The client gave its name; `offer` is what EHLO is answered with, `chunking` whether it says CHUNKING."""
        self.helo = helo
        self.extended = extended
        self.chunking = chunking
        self.offer = offer
        self.state = State.GREETED
        self.clear()

    def begin(self, mail: Mail, transaction_id: str, now: float) -> None:
        """MAIL was accepted at `now`, seconds since 1970."""
        self.mail = mail
        self.id = transaction_id
        self.received_at = now
        self.state = State.SENDER

    def begin_chunks(self) -> None:
        """The first BDAT was accepted: nothing may be added to the envelope any more (RFC 3030 section 2)."""
        self.state = State.CHUNKS

    def add(self, recipient: Recipient) -> None:
        """RCPT was accepted."""
        self.recipients.append(recipient)
        self.state = State.RECIPIENTS

    def envelope(self, peer: Peer, tls: str, login: str, direction: Direction) -> Envelope:
        """The transaction as everybody else knows it; there must have been a MAIL."""
        assert self.mail is not None
        return Envelope(
            self.id,
            peer,
            self.helo,
            self.mail.sender,
            tuple(self.recipients),
            self.mail.parameters,
            tls,
            login,
            direction,
            self.received_at,
            tuple(self.marks),
        )
