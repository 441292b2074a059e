"""The next hop: hand a message over to it, and say what became of it (DESIGN sections 5 and 6).

In: an envelope, the recipients of this transaction, header lines to prepend, the raw message. Out: an `Outcome`. What
goes out is regenerated line by line; addresses are checked again. One object for each process.

A kept session may have been ended by the next hop since it was used last. If it proves dead before anything was
answered, the message is tried once more on a new one; after that, and always once the final dot may have been sent,
it is the sender that tries again.

Not here: routes, queues, bounces; DSN parameters.
"""

from __future__ import annotations

import ssl
from typing import Protocol

from bartizan.delivery.commands import BadAddress, check_addresses
from bartizan.delivery.etrn import etrn
from bartizan.delivery.opening import HopAddress, HopTimeouts, Tls
from bartizan.delivery.outcome import NO_SMTPUTF8, HopFailure, Outcome, as_ours, failed
from bartizan.delivery.pool import HopPool
from bartizan.delivery.recipients import KnownRecipients
from bartizan.delivery.refusals import Refusals
from bartizan.delivery.session import HopSession
from bartizan.delivery.transaction import Transaction
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import BAD_ADDRESS, Reply


class Relay(Protocol):
    """What takes a message over: a next hop."""

    async def send(
        self, envelope: Envelope, recipients: tuple[Recipient, ...], head: bytes, raw: bytes | memoryview
    ) -> Outcome:
        """Deliver `head` + `raw` to `recipients`, all or none of them. Never raises for what the other side does."""
        ...


class NextHop:
    """The pooled SMTP client for one next hop."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        hostname: str,
        clock: Clock = SYSTEM,
        connections: int = 32,
        messages: int = 1000,
        timeouts: HopTimeouts | None = None,
        tls: Tls = Tls.NONE,
        tls_context: ssl.SSLContext | None = None,
        refusals: Refusals | None = None,
    ) -> None:
        """`hostname` is our name in EHLO; `connections` at most at a time, `messages` at most on each.

        `tls_context` replaces the one of the level (see opening). Raises ValueError for a wrong argument.
        """
        self._timeouts = timeouts or HopTimeouts()
        address = HopAddress(host, port, hostname, Tls(tls), tls_context)
        self._pool = HopPool(address, self._timeouts, connections=connections, messages=messages, clock=clock)
        self._refusals = Refusals(clock=clock) if refusals is None else refusals
        self._known = KnownRecipients(self._pool, self._timeouts, clock=clock)
        self._offer = Offer()

    def offer(self) -> Offer:
        """What the next hop offered last; nothing before it was reached for the first time."""
        return self._offer

    def refused(self, sender: str, recipient: str) -> Reply | None:
        """How the next hop refused `recipient` to `sender` a short while ago, when it could not be told so itself."""
        return self._refusals.refused(sender, recipient)

    async def known(self, recipient: str) -> Reply | None:
        """Does it take mail for `recipient`? None: yes; 5yz: no; 4yz: that cannot be said now. Asks, but not often."""
        return await self._known.known(recipient)

    async def etrn(self, node: str) -> Reply:
        """Have it send what it keeps for `node`, and answer with our own words for what it says (RFC 1985)."""
        return await etrn(self._pool, self._timeouts, node)

    async def probe(self) -> None:
        """Learn what the next hop offers, by opening a session that is then kept; failure is fine."""
        try:
            session = await self._borrow()
        except HopFailure:
            return
        self._pool.give_back(session)

    async def close(self) -> None:
        """End all sessions; transactions that are under way fail."""
        await self._pool.close()

    async def send(
        self, envelope: Envelope, recipients: tuple[Recipient, ...], head: bytes, raw: bytes | memoryview
    ) -> Outcome:
        """Deliver `head` (header lines with CRLF) + `raw` to all of `recipients`, or to none of them."""
        try:
            check_addresses(envelope, recipients)
            if not recipients:
                raise BadAddress("no recipients")
            session = await self._borrow()
        except BadAddress as problem:
            return Outcome(BAD_ADDRESS, False, False, f"address: {problem}")
        except HopFailure as failure:
            return failed(failure, dot_sent=False)
        while True:
            kept = session.messages > 0
            transaction = Transaction(session, self._timeouts, envelope, recipients, head, raw)
            try:
                outcome = await transaction.run()
                break
            except BadAddress as problem:
                outcome = Outcome(NO_SMTPUTF8, False, False, f"address: {problem}")
                break
            except HopFailure as failure:
                if not kept or not failure.closed or transaction.accepted:
                    session.abort()
                    outcome = failed(failure, dot_sent=transaction.dot_sent)
                    break
            except BaseException:
                session.abort()
                self._pool.give_back(session)
                raise
            try:
                session = self._learn(await self._pool.replace(session))
            except HopFailure as failure:
                return failed(failure, dot_sent=False)
        self._pool.give_back(session)
        self._remember(envelope, recipients, transaction, outcome)
        return outcome

    async def _borrow(self) -> HopSession:
        return self._learn(await self._pool.borrow())

    def _learn(self, session: HopSession) -> HopSession:
        self._offer = session.extensions.offer
        return session

    def _remember(
        self, envelope: Envelope, recipients: tuple[Recipient, ...], transaction: Transaction, outcome: Outcome
    ) -> None:
        """Keep what the next hop refused for good, unless our reply tells the sender about these recipients now."""
        if outcome.reply.temporary or len(recipients) < len(envelope.recipients):
            for recipient, answer in transaction.refusals:
                if answer.kind == 5:
                    self._refusals.remember(envelope.sender, recipient.address, as_ours(answer))
