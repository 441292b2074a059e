"""What of aiosmtpd the session relies on: its table of verbs, and that nothing else of it runs."""

from __future__ import annotations

import asyncio
import inspect

from aiosmtpd.smtp import SMTP

from bartizan.smtpd.connection import Connection
from bartizan.smtpd.session import _METHODS, Session
from bartizan.smtpd.transaction import VERBS


def verbs_of(cls: type) -> set[str]:
    """The verbs that a class has methods for."""
    return {name.removeprefix("smtp_") for name in dir(cls) if name.startswith("smtp_")}


def test_every_verb_is_ours() -> None:
    """aiosmtpd has no verb that we inherit unchanged."""
    assert verbs_of(SMTP) <= verbs_of(Session)
    inherited = [verb for verb in verbs_of(Session) if f"smtp_{verb}" not in vars(Session)]
    assert inherited == []


def test_table_and_methods_agree() -> None:
    """Every row of the table has its method, every method its row."""
    assert set(VERBS) == set(_METHODS) == verbs_of(Session)


def test_verbs_are_coroutines_of_one_argument() -> None:
    """As aiosmtpd calls them, so that a verb of aiosmtpd's shape can be put in."""
    for name in verbs_of(SMTP):
        theirs, ours = getattr(SMTP, f"smtp_{name}"), getattr(Session, f"smtp_{name}")
        assert inspect.iscoroutinefunction(theirs)
        assert inspect.iscoroutinefunction(ours)
        assert list(inspect.signature(theirs).parameters) == list(inspect.signature(ours).parameters)


def test_the_transport_calls_only_us() -> None:
    """Every callback of a protocol, and the constructor, is our own."""
    for name in (
        "connection_made",
        "connection_lost",
        "data_received",
        "eof_received",
        "pause_writing",
        "resume_writing",
    ):
        assert getattr(Session, name) is getattr(Connection, name)
    assert issubclass(SMTP, asyncio.StreamReaderProtocol)
    assert "__init__" in vars(Session)


def test_unbuilt_instances_can_be_collected() -> None:
    """aiosmtpd's destructor copes with an instance whose constructor did not run."""
    SMTP.__new__(SMTP).__del__()


def test_the_limit_is_a_class_attribute() -> None:
    """aiosmtpd reads its flow-control limit from the class."""
    assert isinstance(SMTP.line_length_limit, int)
    assert Session.line_length_limit == 1 << 17
