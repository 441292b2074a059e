"""AUTH in a session (RFC 4954): who may try, the lines of the exchange, and what becomes of it.

In: the argument of AUTH, then the lines that answer challenges. Out: the next challenge, credentials to be checked, or
the reply that ends it. Logging in is offered over TLS alone, once for each session, and never within a transaction.
Not here: reading mechanisms (auth/sasl.py), whether a password is right (auth/authenticator.py).
"""

from __future__ import annotations

from bartizan.auth.sasl import Cancelled, Challenge, Exchange, Malformed, Step, mechanism_of
from bartizan.model import reply as replies
from bartizan.model.auth import Credentials
from bartizan.model.reply import Reply
from bartizan.smtpd.terms import Terms
from bartizan.wall.visit import Visit


class Login:
    """The AUTH commands of one session, one after another; `open` while the next line is an answer."""

    __slots__ = ("_exchange",)

    def __init__(self) -> None:
        self._exchange: Exchange | None = None

    @property
    def open(self) -> bool:
        """Is the next line an answer to a challenge?"""
        return self._exchange is not None

    def begin(self, argument: str, terms: Terms, visit: Visit, extended: bool) -> Challenge | Credentials | Reply:
        """AUTH: a mechanism, perhaps with an initial response."""
        authenticator = terms.authenticator
        if authenticator is None or not extended:
            return replies.NOT_IMPLEMENTED
        if not visit.tls:
            return replies.LOGIN_NEEDS_TLS
        if visit.login:
            return replies.BAD_SEQUENCE
        name, _, initial = argument.partition(" ")
        mechanism = mechanism_of(name)
        if mechanism is None or mechanism.value not in authenticator.mechanisms:
            return replies.NO_MECHANISM
        exchange = Exchange(mechanism)
        return self._next(exchange, exchange.start(initial.strip(" ") or None))

    def answer(self, line: bytes) -> Challenge | Credentials | Reply:
        """A line that answers a challenge, without its CRLF."""
        exchange = self._exchange
        assert exchange is not None
        return self._next(exchange, exchange.answer(line))

    def _next(self, exchange: Exchange, step: Step) -> Challenge | Credentials | Reply:
        self._exchange = exchange if isinstance(step, Challenge) else None
        if isinstance(step, Cancelled):
            return replies.LOGIN_CANCELLED
        if isinstance(step, Malformed):
            return replies.LOGIN_MALFORMED
        return step
