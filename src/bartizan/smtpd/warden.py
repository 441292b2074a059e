"""Watches one client: who it is, under which terms, what it has done, and what becomes of what checks find about it.

In: a peer, and what is found. Out: replies that refuse, each told of with its check; marks for what goes on. Limits:
MOST_MARKS for a transaction. Not here: the commands of a transaction (clerk.py), finding things (bartizan.wall).
"""

from __future__ import annotations

from bartizan.auth.authenticator import Accepted, Later
from bartizan.model.auth import Credentials
from bartizan.model.check import Check, CheckAction
from bartizan.model.envelope import Peer
from bartizan.model.refusal import Refusal
from bartizan.model.reply import LOGGED_IN, LOGIN_FAILED, LOGIN_LATER, NOT_NOW, TOO_FAST_CLOSING, Reply
from bartizan.smtpd.admission import Account
from bartizan.smtpd.judge import judge, refusal
from bartizan.smtpd.office import Office
from bartizan.smtpd.rates import Rates, What
from bartizan.smtpd.transaction import Transaction
from bartizan.wall.visit import Found, Visit

MOST_MARKS = 50
"""Of one transaction: what checks found for each of many recipients."""


def in_place_of_greeting(reply: Reply | None) -> Reply | None:
    """Instead of a greeting only 421 defers (RFC 5321 section 4.3.2)."""
    return NOT_NOW if reply is not None and reply.code == 450 else reply


class Warden:
    """One for each session; `account` is what its peer holds, None for a session that was not let in."""

    __slots__ = ("_edition", "_office", "_relaying", "account", "peer", "terms", "transaction", "visit")

    def __init__(self, office: Office, peer: Peer) -> None:
        self._office = office
        self.peer = peer
        self._edition = office.edition
        self.terms = office.terms_for(peer)
        self._relaying = self.terms.relaying
        self.visit = Visit(peer, trusted=self._relaying.trusts(peer))
        self.account: Account | None = office.admission.enter(peer, self.visit.trusted, self.terms.sessions_per_peer)
        self.transaction = Transaction()

    def connect(self) -> Reply | None:
        """Why the client is not let in; None when it is."""
        if not self._take(What.CONNECTIONS) or not self.spend(What.ERRORS, 0):
            return self._refused(Check.RATE, TOO_FAST_CLOSING)
        found = self.terms.services.wall.connect(self.visit, self.terms.rulings)
        self.visit.odd += found
        return in_place_of_greeting(self._judged(found))

    @property
    def strict(self) -> bool:
        """Are we to be strict with this client now?"""
        return self._office.admission.stressed and not self.visit.trusted

    def spend(self, what: What, count: int = 1) -> bool:
        """The client has done so much; False when it has nothing left."""
        rates = self._rates
        if self.visit.trusted or not rates.limited(what):
            return True
        return rates.spend(self.peer, what, self._office.loop.time(), count)

    @property
    def _rates(self) -> Rates:
        return self._office.rates_for(self.terms)

    def _take(self, what: What) -> bool:
        """May the client do so once more?"""
        rates = self._rates
        if self.visit.trusted or not rates.limited(what):
            return True
        return rates.take(self.peer, what, self._office.loop.time())

    def behaved(self, check: Check, detail: str) -> Reply | None:
        """The client behaved oddly: why the session ends with that, or None and it is noted for its messages."""
        ruling = self.terms.rulings.of(check)
        if self.visit.allowed or ruling.action not in (CheckAction.REJECT, CheckAction.DEFER):
            self.visit.note(check, detail)
            return None
        return self._refused(check, refusal(check, ruling.action), self._sender, "", ruling.action, detail)

    def forget_client(self, tls: str) -> None:
        """A handshake is over: nothing that was said before it counts (RFC 3207 section 4.2)."""
        self.transaction.forget_client()
        self.visit.forget()
        self.visit.tls = tls

    async def log_in(self, credentials: Credentials) -> Reply:
        """The client has named itself: may it send anywhere from now on?"""
        authenticator = self.terms.services.authenticator
        if authenticator is None:
            return LOGIN_LATER
        outcome = await authenticator.check(credentials, self.peer)
        if isinstance(outcome, Accepted):
            self.visit.login = outcome.login
            return LOGGED_IN
        if isinstance(outcome, Later):
            return self._refused(Check.LOGIN, LOGIN_LATER, action=CheckAction.DEFER, detail=outcome.reason)
        return self._refused(Check.LOGIN, LOGIN_FAILED, detail=f"as {credentials.login}")

    def leave(self) -> None:
        """The session is over."""
        if self.account is not None:
            self._office.admission.leave(self.account)
            self.account = None

    @property
    def _sender(self) -> str:
        mail = self.transaction.mail
        return mail.sender if mail is not None else ""

    def _renew(self) -> None:
        """Go by the settings of now, if they have changed."""
        if self._edition != self._office.edition:
            self._edition = self._office.edition
            self.terms = self._office.terms_for(self.peer)

    def _judged(self, found: list[Found], sender: str = "", recipient: str = "") -> Reply | None:
        """Carry the rulings on `found` out: marks for what goes on, the reply for what does not."""
        if not found:
            return None
        marks, sentence = judge(found, self.terms.rulings)
        kept = self.transaction.marks
        kept += [mark for mark in marks if mark not in kept][: max(0, MOST_MARKS - len(kept))]
        if sentence is None:
            return None
        one = sentence.found
        return self._refused(one.check, sentence.reply, sender, recipient, sentence.action, one.detail)

    def _refused(
        self,
        check: Check,
        reply: Reply,
        sender: str = "",
        recipient: str = "",
        action: CheckAction = CheckAction.REJECT,
        detail: str = "",
    ) -> Reply:
        """Tell of a refusal, and answer it."""
        visit = self.visit
        self._office.services.meter.refused(check)
        self._office.services.on_check(
            Refusal(
                self.transaction.id,
                self.terms.settings.listener,
                self.peer,
                visit.helo,
                visit.tls,
                visit.login,
                sender,
                recipient,
                check,
                action,
                detail,
                reply,
            )
        )
        return reply
