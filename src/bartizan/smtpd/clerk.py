"""Answers the commands of a mail transaction: HELO, MAIL, RCPT, DATA. No bytes, no connection.

Comes in: arguments that the state table allowed. Goes out: the Reply, after the transaction was changed accordingly;
a refused command changes nothing. MAIL and RCPT wait where a check has to look something up.
Not here: errors counted, and when a reply is sent; what checks find (bartizan.wall), what is done about it (judge.py).
"""

from __future__ import annotations

from bartizan.model.check import Check
from bartizan.model.envelope import Envelope, Recipient
from bartizan.model.reply import (
    BAD_SEQUENCE,
    LOOP,
    NO_SPACE,
    NO_VALID_RECIPIENTS,
    RECIPIENT_OK,
    RELAY_DENIED,
    SENDER_OK,
    SOURCE_ROUTE,
    SYNTAX,
    TLS_NEEDED,
    TOO_FAST,
    TOO_MANY_FOR_ONE,
    TOO_MANY_RECIPIENTS,
    Reply,
)
from bartizan.smtpd.commands import parse_mail, parse_rcpt, valid_helo
from bartizan.smtpd.rates import What
from bartizan.smtpd.receive import Reception
from bartizan.smtpd.settings import BareLineEnds
from bartizan.smtpd.slow import fit_to_send
from bartizan.smtpd.warden import Warden
from bartizan.wall.form import own_passes, wrong
from bartizan.wall.visit import Found


class Clerk(Warden):
    """The transactions of one client."""

    __slots__ = ()

    def hello(self, argument: str, extended: bool, speaks_for_others: bool = False) -> bytes | Reply:
        """HELO and EHLO: what to write, or why not."""
        if not valid_helo(argument):
            return SYNTAX
        terms = self.terms
        offer = terms.offer()
        self.transaction.greet(argument, extended, offer, extended and terms.settings.esmtp.chunking)
        self.visit.greet(argument)
        if extended:
            return terms.hello(offer, bool(self.visit.tls), speaks_for_others)
        return Reply(250, "", terms.settings.hostname).encode()

    async def mail(self, argument: str) -> Reply:
        """The sender; refused for now when the messages in flight leave no room."""
        office, transaction = self._office, self.transaction
        transaction.marks.clear()
        self._renew()
        if self._relaying is not self.terms.relaying:  # trust that was taken away ends with the next transaction
            self._relaying = self.terms.relaying
            self.visit.trusted = self._relaying.trusts(self.peer)
        terms, visit = self.terms, self.visit
        settings = terms.settings
        if settings.tls_required and not visit.tls:
            return self._refused(Check.TLS_REQUIRED, TLS_NEEDED)
        limit = terms.size_limit(transaction.offer)
        mail = parse_mail(argument, transaction.extended, transaction.offer, limit, settings.source_routes)
        if isinstance(mail, Reply):
            return self._refused(Check.SOURCE_ROUTE if mail is SOURCE_ROUTE else Check.SYNTAX, mail)
        if not self.spend(What.BYTES, 0) or not self._take(What.MESSAGES):
            return self._refused(Check.RATE, TOO_FAST, mail.sender)
        if self.account is None or not office.admission.room(self.account, max(mail.size, 1)):
            office.services.meter.no_room()
            return self._refused(Check.ROOM, NO_SPACE, mail.sender)
        found = await terms.services.wall.mail(visit, mail.sender, terms.rulings)
        authenticator = terms.services.authenticator
        if visit.login and authenticator is not None and not authenticator.may_send(visit.login, mail.sender):
            found.append(Found(Check.SENDER_LOGIN, f"not for {visit.login}"))
        denied = self._judged(found, mail.sender)
        if denied is not None:
            return denied
        transaction.begin(mail, office.services.new_id(), office.services.clock.wall())
        return SENDER_OK

    async def rcpt(self, argument: str) -> Reply:
        """One recipient: ours to take mail for, and not refused by the next hop a short while ago."""
        self._renew()
        transaction, routes = self.transaction, self.terms.settings.source_routes
        mail = transaction.mail
        smtputf8 = mail is not None and mail.smtputf8
        recipient = parse_rcpt(argument, transaction.extended, transaction.offer, smtputf8, routes)
        if isinstance(recipient, Reply):
            transaction.refused += 1
            return self._refused(Check.SOURCE_ROUTE if recipient is SOURCE_ROUTE else Check.SYNTAX, recipient)
        denied = self._refuse(recipient) or await self._checked(recipient.address)
        if denied is not None:
            transaction.refused += 1
            return denied
        transaction.add(recipient)
        return RECIPIENT_OK

    async def _checked(self, mailbox: str) -> Reply | None:
        """What the checks on a recipient say; the last one asks the next hop."""
        found = await self.terms.services.wall.rcpt(self.visit, self._sender, mailbox, self.terms.rulings)
        return self._judged(found, self._sender, mailbox) or await self._unknown(mailbox)

    def data(self, now: float) -> Reception | Reply:
        """Ready to receive at `now`, the loop's time; without a single recipient there is nothing to receive for."""
        office, transaction = self._office, self.transaction
        if transaction.overfull:
            transaction.clear()
            return TOO_MANY_FOR_ONE
        if not transaction.recipients:
            if not transaction.refused:
                return BAD_SEQUENCE
            transaction.clear()
            return NO_VALID_RECIPIENTS
        normalize = self.terms.settings.bare_line_ends is BareLineEnds.NORMALIZE
        return Reception(office.services.new_stream(normalize), self.terms.size_limit(transaction.offer), now)

    def close_transaction(self, reception: Reception) -> tuple[Envelope, Reply | None]:
        """The message is here: its envelope, and why it is refused for its form; everything forgotten for the next."""
        transaction, visit, settings = self.transaction, self.visit, self.terms.settings
        broken = reception.refuse(settings.limits, settings.bare_line_ends)
        reply = None
        if broken is not None:
            reply = self._refused(*broken, self._sender)
        elif self._goes_round(reception):
            reply = self._refused(Check.LOOP, LOOP, self._sender)
        elif not visit.allowed:
            reply = self._judged(self._form(reception), self._sender)
        direction = self.terms.relaying.direction(transaction.recipients, visit.trusted or bool(visit.login))
        envelope = transaction.envelope(self.peer, visit.tls, visit.login, direction)
        transaction.clear()
        return envelope, reply

    def _goes_round(self, reception: Reception) -> bool:
        """Has the message been here too often?"""
        stream, settings = reception.stream, self.terms.settings
        most = settings.limits.own_received_lines
        return stream.received_lines > most and own_passes(stream.raw, stream.fields, settings.hostname) > most

    def _form(self, reception: Reception) -> list[Found]:
        """What is wrong with the form of the message."""
        mail, stream, settings = self.transaction.mail, reception.stream, self.terms.settings
        headers = [(part.header_start, part.header_end) for part in stream.parts] if settings.field_lengths else []
        return wrong(
            stream.raw,
            stream.fields,
            stream.anomalies,
            settings.checks,
            smtputf8=mail is not None and mail.smtputf8,
            lengths=settings.field_lengths,
            headers=headers,
        )

    async def _unknown(self, mailbox: str) -> Reply | None:
        """The last check on a recipient asks the next hop, whoever sends; postmaster there must be (RFC 5321 section
        4.5.1)."""
        known = self.terms.services.known
        if known is None or not self.terms.on(Check.UNKNOWN_RECIPIENT) or self.visit.allowed:
            return None
        if mailbox.partition("@")[0].lower() == "postmaster":
            return None
        answer = await known(mailbox)
        if answer is None:
            return None
        answer = fit_to_send(answer)
        detail = f"the next hop says {answer.code} {answer.enhanced}"
        found = Found(Check.UNKNOWN_RECIPIENT, detail, unsure=answer.temporary, reply=answer)
        return self._judged([found], self._sender, mailbox)

    def _refuse(self, recipient: Recipient) -> Reply | None:
        transaction, terms = self.transaction, self.terms
        settings, sender, address = terms.settings, self._sender, recipient.address
        count = len(transaction.recipients)
        if settings.hard_recipients and count + transaction.later >= settings.hard_recipients:
            transaction.overfull = True
            return self._refused(Check.RECIPIENTS, TOO_MANY_FOR_ONE, sender, address)
        if count >= (settings.soft_recipients or settings.limits.recipients):
            transaction.later += 1
            return self._refused(Check.RECIPIENTS, TOO_MANY_RECIPIENTS, sender, address)
        if not self._take(What.RECIPIENTS):
            return self._refused(Check.RATE, TOO_FAST, sender, address)
        denied = terms.relaying.refuse(recipient, self.visit.trusted or bool(self.visit.login))
        if denied is not None:
            return self._refused(Check.RELAY, RELAY_DENIED, sender, address)
        remembered = terms.services.refused(sender, address)
        if remembered is None:
            return None
        return self._refused(Check.NEXT_HOP, fit_to_send(remembered), sender, address)
