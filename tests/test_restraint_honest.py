"""Restraint beside honest mail: a busy host, large mails and trusted hosts are no attack; an attack still is one."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import pytest

from actions.fakes import FakeRelay, FakeStore
from bartizan.actions.dispatch import Dispatcher
from bartizan.message.parse import from_bytes
from bartizan.model.envelope import Direction, Envelope, Peer, Recipient
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.model.message import Examination
from bartizan.observe.events import EventLog
from bartizan.pipeline import Pipeline
from bartizan.restraint import Account, Ledger, Restraint
from observe.gate import POLICY, FakePool
from test_restraint import Hands, crash, ledger

LARGE = 50 * MIB


def examine(book: Ledger, account: Account, seconds: float, size: int = 5000) -> None:
    """One message, from its turn to its end; it must have its turn at once."""
    assert book.ready(account)
    book.begin(account)
    book.end(account, seconds, None, size)


@pytest.mark.parametrize("peers", [1, 20])
def test_a_busy_host_slows_nobody(peers: int) -> None:
    """Small mails that take two seconds each because two cores are busy: nobody is slowed or stopped, however many
    they send, and everybody has enough turns at a time to keep the scanners busy; quick mails earn more again."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told)
    accounts = [book.account(f"192.0.2.{number}") for number in range(peers)]
    for _ in range(300):
        for account in accounts:
            examine(book, account, 2.0)
            hands.now += 2.0 / peers
    assert told == []
    assert [(account.cost, account.slowed, account.at_once) for account in accounts] == [(0.0, False, 2)] * peers
    for _ in range(50):
        examine(book, accounts[0], 0.01)
    assert accounts[0].at_once == 32


def test_large_mails_slow_nobody() -> None:
    """50 MiB after 50 MiB, each examined for as long as it takes on a host that is busy with other things."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told)
    sender = book.account("192.0.2.1")
    for _ in range(100):
        examine(book, sender, 5.0, LARGE)
        hands.now += 3.0
    assert sender.at_once == 32
    for _ in range(100):
        examine(book, sender, 18.0, LARGE)
        hands.now += 9.0
    assert (told, sender.cost, sender.slowed) == ([], 0.0, False)


def test_small_mails_that_take_long_are_slowed_beside_them() -> None:
    """On the same busy host one peer's small mails take as long as large ones: it is slowed, and only it."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told)
    honest = [book.account(f"192.0.2.{number}") for number in range(20)]
    attacker = book.account("198.51.100.1")
    for _ in range(10):
        for account in honest:
            examine(book, account, 0.3)
        if book.ready(attacker):
            examine(book, attacker, 19.0)
        hands.now += 5.0
    assert {line.split(",")[0] for line in told} == {"198.51.100.1: slowed"}
    assert attacker.slowed
    assert not any(account.slowed for account in honest)


def test_the_pace_is_that_of_others() -> None:
    """When everybody's messages take two seconds, one that takes 25 is no offence; when only its own sender's do, it
    is; and what was slow a while ago does not count."""
    hands = Hands()
    book = ledger(hands)
    for number in range(9):
        examine(book, book.account(f"192.0.2.{number}"), 2.0)
    heavy = book.account("198.51.100.1")
    examine(book, heavy, 25.0)
    assert heavy.cost == 0.0
    hands.now += book.settings.half_life + 1.0
    examine(book, heavy, 25.0)
    assert heavy.cost == pytest.approx(15.0, abs=0.01)


def test_a_peer_sets_no_pace_for_itself() -> None:
    """One whose messages alone take long has them counted."""
    book = ledger(Hands())
    alone = book.account("198.51.100.1")
    for _ in range(2):
        examine(book, alone, 25.0)
    assert alone.cost == pytest.approx(30.0, abs=0.01)


def test_a_trusted_peer_is_slowed_and_never_stopped() -> None:
    """Whatever its mail does; and others in its /64 are not trusted with it."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told)
    inside, beside = book.account("2001:db8::/64", trusted=True), book.account("2001:db8::/64")
    assert inside is not beside
    for _ in range(20):
        crash(book, inside)
        book.begin(inside)
        book.end(inside, 60.0, Reason.TIMEOUT)
    assert (inside.slowed, book.stopped(inside)) == (True, False)
    assert inside.free_at == hands.now + book.settings.longest_pause
    hands.now = inside.free_at
    assert book.ready(inside)
    for _ in range(4):
        crash(book, beside)
    assert book.stopped(beside)
    assert not book.stopped(inside)


def test_pauses_stand_only_behind_costly_messages() -> None:
    """A slowed peer's quick messages follow each other at once: a relay with one bad sender is not blocked."""
    hands = Hands()
    book = ledger(hands)
    relay = book.account("192.0.2.1")
    crash(book, relay)
    crash(book, relay)
    assert not book.ready(relay)
    hands.now = relay.free_at
    assert relay.slowed
    for _ in range(20):
        examine(book, relay, 0.01)
    crash(book, relay)
    assert not book.ready(relay)


class Noted(Restraint):
    """Notes what the pipeline says of each message."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[bool, int]] = []

    def back(self, account: Account, examination: Examination | None, size: int = 0) -> None:
        """As ever."""
        self.said.append((account.trusted, size))
        super().back(account, examination, size)


@pytest.mark.parametrize(
    ("direction", "trusted"),
    [(Direction.INBOUND, False), (Direction.OUTBOUND, True), (Direction.INTERNAL, True)],
)
def test_what_the_pipeline_tells(direction: Direction, trusted: bool) -> None:
    """Mail that goes out or stays inside comes from a trusted host; allowances go by the message's size."""
    restraint = Noted()
    events = EventLog(io.BytesIO())
    dispatcher = Dispatcher(FakeRelay([]), FakeStore([]), hostname="mx.example", on_problem=events.problem)
    pipeline = Pipeline(FakePool(), POLICY, dispatcher, events, "b", restraint=restraint)  # type: ignore[arg-type]
    envelope = Envelope("T1", Peer("192.0.2.1"), "c", "a@b.example", (Recipient("accept@d.example"),))
    message = from_bytes(b"Subject: x\r\n\r\nx\r\n", None, Limits(), stored=False).message
    asyncio.run(pipeline.process(replace(envelope, direction=direction), message))
    assert restraint.said == [(trusted, message.size)]
