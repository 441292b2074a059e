"""The state table."""

from __future__ import annotations

import pytest

from bartizan.model.envelope import Direction, Peer, Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import BAD_SEQUENCE, LINE_TOO_LONG, SYNTAX
from bartizan.smtpd.commands import Mail
from bartizan.smtpd.transaction import FOREIGN, VERBS, Argument, State, Transaction


def test_rows_make_sense() -> None:
    """Few verbs take long lines; those after which we must be heard first come last; HTTP is not SMTP."""
    assert {name for name, verb in VERBS.items() if verb.octets > 512} == {"AUTH", "MAIL", "RCPT", "XCLIENT"}
    assert {name for name, verb in VERBS.items() if verb.last} == {"DATA", "STARTTLS", "XCLIENT"}
    assert not FOREIGN & set(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_leads_to(name: str) -> None:
    """A transaction can only be entered through MAIL, and recipients through RCPT."""
    verb = VERBS[name]
    assert (verb.leads_to is State.SENDER) == (name == "MAIL")
    assert (verb.leads_to is State.RECIPIENTS) == (name == "RCPT")


def test_refuse() -> None:
    """Too long, out of order, with a word too many or too few, in that order."""
    transaction = Transaction()
    data, noop, helo = VERBS["DATA"], VERBS["NOOP"], VERBS["HELO"]
    assert data.argument is Argument.NONE
    assert transaction.refuse(data, "x", 513) is LINE_TOO_LONG
    assert transaction.refuse(data, "x", 6) is BAD_SEQUENCE
    assert transaction.refuse(helo, "", 6) is SYNTAX
    assert transaction.refuse(helo, "c", 512) is None
    assert transaction.refuse(noop, "", 6) is None
    assert transaction.refuse(noop, "x", 6) is None
    transaction.greet("c", True, Offer())
    transaction.begin(Mail("a@b", (), 0, False), "id", 1.0)
    assert transaction.refuse(data, "x", 6) is SYNTAX


def test_life_of_a_transaction() -> None:
    """Sender and recipients come and go together; the greeting stays until the connection is encrypted."""
    transaction = Transaction()
    transaction.clear()
    assert transaction.state is State.CONNECTED
    transaction.greet("c", True, Offer(dsn=True))
    transaction.begin(Mail("a@b", ("SIZE=1",), 1, False), "id", 1.0)
    transaction.add(Recipient("c@d"))
    assert transaction.state is State.RECIPIENTS
    envelope = transaction.envelope(Peer("192.0.2.1"), "TLSv1.3", "", Direction.OUTBOUND)
    assert (envelope.id, envelope.sender, envelope.parameters) == ("id", "a@b", ("SIZE=1",))
    assert (envelope.tls, envelope.direction, envelope.received_at) == ("TLSv1.3", Direction.OUTBOUND, 1.0)
    assert envelope.recipients == (Recipient("c@d"),)
    transaction.clear()
    assert transaction.state is State.GREETED
    assert transaction.mail is None
    assert transaction.recipients == []
    assert transaction.helo == "c"
    transaction.forget_client()
    assert transaction.state is State.CONNECTED
    assert (transaction.helo, transaction.extended, transaction.offer) == ("", False, Offer())
