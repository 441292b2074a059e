"""Answers the commands of a mail transaction: HELO, MAIL, RCPT, DATA. No bytes, no waiting, no connection.

Comes in: arguments that the state table allowed. Goes out: the Reply, after the transaction was changed accordingly;
a refused command changes nothing. Not here: errors counted, and when a reply is sent.
"""

from __future__ import annotations

from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.reply import (
    BAD_SEQUENCE,
    NO_SPACE,
    NO_VALID_RECIPIENTS,
    RECIPIENT_OK,
    SENDER_OK,
    SYNTAX,
    TOO_MANY_RECIPIENTS,
    Reply,
)
from bartizan.smtpd.admission import Account
from bartizan.smtpd.commands import parse_mail, parse_rcpt, valid_helo
from bartizan.smtpd.office import Office
from bartizan.smtpd.receive import Reception
from bartizan.smtpd.slow import fit_to_send
from bartizan.smtpd.transaction import Transaction


class Clerk:
    """Serves one session; `account` is what its peer holds, None for a session that was not let in."""

    __slots__ = ("_office", "_relaying", "account", "peer", "transaction", "trusted")

    def __init__(self, office: Office, peer: Peer) -> None:
        self._office = office
        self.peer = peer
        self._relaying = office.relaying
        self.trusted = self._relaying.trusts(peer)
        self.account: Account | None = office.admission.enter(peer, self.trusted)
        self.transaction = Transaction()

    def hello(self, argument: str, extended: bool, encrypted: bool) -> bytes | Reply:
        """HELO and EHLO: what to write, or why not."""
        if not valid_helo(argument):
            return SYNTAX
        offer = self._office.offer()
        self.transaction.greet(argument, extended, offer)
        if extended:
            return self._office.hello(offer, encrypted)
        return Reply(250, "", self._office.settings.hostname).encode()

    def mail(self, argument: str) -> Reply:
        """The sender; refused for now when the messages in flight leave no room."""
        office, transaction = self._office, self.transaction
        mail = parse_mail(argument, transaction.extended, transaction.offer, office.size_limit(transaction.offer))
        if isinstance(mail, Reply):
            return mail
        if self.account is None or not office.admission.room(self.account, max(mail.size, 1)):
            office.services.meter.no_room()
            return NO_SPACE
        if self._relaying is not office.relaying:  # a reload: trust that was taken away ends with the next transaction
            self._relaying = office.relaying
            self.trusted = self._relaying.trusts(self.peer)
        transaction.begin(mail, office.services.new_id(), office.services.clock.wall())
        return SENDER_OK

    def rcpt(self, argument: str) -> Reply:
        """One recipient: ours to take mail for, and not refused by the next hop a short while ago."""
        transaction = self.transaction
        mail = transaction.mail
        smtputf8 = mail is not None and mail.smtputf8
        recipient = parse_rcpt(argument, transaction.extended, transaction.offer, smtputf8)
        refusal = recipient if isinstance(recipient, Reply) else self._refuse(recipient)
        if isinstance(recipient, Reply) or refusal is not None:
            transaction.refused += 1
            return refusal or SYNTAX
        transaction.add(recipient)
        return RECIPIENT_OK

    def data(self, now: float) -> Reception | Reply:
        """Ready to receive at `now`, the loop's time; without a single recipient there is nothing to receive for."""
        office, transaction = self._office, self.transaction
        if not transaction.recipients:
            if not transaction.refused:
                return BAD_SEQUENCE
            transaction.clear()
            return NO_VALID_RECIPIENTS
        return Reception(office.services.new_stream(), office.size_limit(transaction.offer), now)

    def close_transaction(self, tls: str) -> Envelope:
        """The message is here: its envelope, and everything forgotten for the next one."""
        transaction = self.transaction
        direction = self._office.relaying.direction(transaction.recipients, self.trusted)
        envelope = transaction.envelope(self.peer, tls, direction)
        transaction.clear()
        return envelope

    def leave(self) -> None:
        """The session is over."""
        if self.account is not None:
            self._office.admission.leave(self.account)
            self.account = None

    def _refuse(self, recipient: Recipient) -> Reply | None:
        office, mail = self._office, self.transaction.mail
        if len(self.transaction.recipients) >= office.settings.limits.recipients:
            return TOO_MANY_RECIPIENTS
        denied = office.relaying.refuse(recipient, self.trusted)
        if denied is not None:
            return denied
        remembered = office.services.refused(mail.sender if mail is not None else "", recipient.address)
        return None if remembered is None else fit_to_send(remembered)
