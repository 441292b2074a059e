"""Restraint: who is slowed, who is stopped, and that nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.model.clock import Clock
from bartizan.model.envelope import Peer
from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Reason, gap
from bartizan.model.message import Examination, Node
from bartizan.model.reply import PEER_STOPPED, SCANNERS_SPARED
from bartizan.model.restraint import RestraintSettings
from bartizan.restraint import Account, Ledger, Restraint, cost

NODE = Node("message", (), "message/rfc822", "mail", 10, "0" * 64)
CLEAN = Examination((), (NODE,), (), {"scan": 2.0})
CRASH = Examination((gap(Reason.CRASH, "message"),), timings={"scan": 500.0})
BAD, GOOD, OTHER = Peer("192.0.2.1"), Peer("192.0.2.2"), Peer("2001:db8::1")


@dataclass
class Hands:
    """A clock that is moved by hand."""

    now: float = 1000.0

    def clock(self) -> Clock:
        """The clock for what is tested."""
        return Clock(lambda: self.now, lambda: self.now)


def ledger(hands: Hands, told: list[str] | None = None, **values: Any) -> Ledger:
    """A ledger with some settings of its own."""
    return Ledger(RestraintSettings(**values), (told if told is not None else []).append, hands.clock().monotonic)


def crash(book: Ledger, account: Account) -> None:
    """One message that ends two scanners."""
    book.begin(account)
    book.end(account, 0.5, Reason.CRASH)


def test_settings_that_cannot_be_right() -> None:
    """Values that are not positive, or in the wrong order, are refused at the start."""
    for wrong in ({"patience": 0.0}, {"stop_at": 5.0}, {"first_at_once": 99}, {"costly_seconds": 0.5}):
        with pytest.raises(ValueError, match=r"must be|not below"):
            RestraintSettings(**wrong)


@pytest.mark.parametrize(
    ("examination", "expected"),
    [
        (CLEAN, (0.002, None)),
        (CRASH, (0.5, Reason.CRASH)),
        (Examination((gap(Reason.CRASH, "message", "remembered"),)), (0.0, None)),
        (Examination((gap(Reason.TIMEOUT, "message"),), timings={"scan": 60_000.0}), (60.0, Reason.TIMEOUT)),
        (Examination((gap(Reason.CRASH, "1/x.zip"),), (NODE,), (), {"scan": 30.0}), (0.03, None)),
    ],
)
def test_cost(examination: Examination, expected: tuple[float, bool]) -> None:
    """Only scanners that ended count as a crash: not a child's end, and not what is remembered."""
    assert cost(examination) == expected


def test_a_cheap_peer_earns_examinations_at_a_time() -> None:
    """It begins with few and has many after as many cheap messages; a costly one takes it back to the beginning."""
    book = ledger(Hands(), first_at_once=2, most_at_once=5)
    account = book.account("a")
    for _ in range(10):
        book.begin(account)
        book.end(account, 0.01)
    assert account.at_once == 5
    book.begin(account)
    book.end(account, 9.0)
    assert account.at_once == 2


def test_slowed_then_stopped_then_forgiven() -> None:
    """One crash is nothing, two make it slow, more stop it, twice as long each time; with time it is as new."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told)
    account = book.account("a")
    crash(book, account)
    assert (account.slowed, book.ready(account)) == (False, True)
    crash(book, account)
    assert (account.slowed, book.ready(account), book.stopped(account)) == (True, False, False)
    hands.now = account.free_at
    assert book.ready(account)
    book.begin(account)
    assert not book.ready(account)
    book.end(account, 0.5, Reason.CRASH)
    assert not book.stopped(account)
    crash(book, account)
    assert book.stopped(account)
    assert account.stopped_until == hands.now + 60.0
    hands.now = account.stopped_until
    crash(book, account)
    crash(book, account)
    assert account.stopped_until == hands.now + 120.0
    hands.now += 10_000
    assert (book.ready(account), book.stopped(account), account.slowed) == (True, False, False)
    crash(book, account)
    assert (account.stops, round(account.cost)) == (0, 20)
    assert [line.split(",")[0] for line in told] == ["a: slowed", "a: stopped for 60 s", "a: stopped for 120 s"]


def test_much_work_is_slowed_but_never_stopped() -> None:
    """Large archives are no attack: one at a time, with pauses, however many they are."""
    hands = Hands()
    book = ledger(hands)
    account = book.account("a")
    for _ in range(50):
        book.begin(account)
        book.end(account, 15.0)
    assert (account.slowed, book.ready(account), book.stopped(account)) == (True, False, False)
    assert account.free_at == hands.now + book.settings.longest_pause
    hands.now = account.free_at
    assert book.ready(account)
    book.begin(account)
    book.end(account, 60.0, Reason.TIMEOUT)
    assert book.stopped(account)


def test_one_peer_never_trips_the_breaker() -> None:
    """However often it crashes."""
    hands = Hands()
    book = ledger(hands)
    for _ in range(1000):
        crash(book, book.account("a"))
    assert not book.tripped


def test_the_breaker_is_for_several_peers_and_for_a_short_time() -> None:
    """The last of so many distinct peers within the window trips it; it closes by itself and begins anew."""
    hands, told = Hands(), list[str]()
    book = ledger(hands, told, breaker_peers=3, breaker_window=30.0, breaker_seconds=15.0)
    crash(book, book.account("a"))
    hands.now += 31
    crash(book, book.account("b"))
    crash(book, book.account("c"))
    assert not book.tripped
    crash(book, book.account("d"))
    assert book.tripped
    hands.now += 15
    assert not book.tripped
    crash(book, book.account("a"))
    assert not book.tripped
    assert len([line for line in told if line.startswith("breaker")]) == 1


def test_accounts_are_bounded_and_costly_ones_are_kept_longest() -> None:
    """Passing strangers do not wash a record away."""
    book = ledger(Hands(), peers=20)
    crash(book, book.account("bad"))
    busy = book.account("busy")
    book.begin(busy)
    for number in range(1000):
        book.account(str(number))
    assert len(book._accounts) == 20
    assert book.account("bad").cost > 0
    assert book.account("busy") is busy


STEPS = st.lists(
    st.tuples(
        st.sampled_from("abcdef"),
        st.sampled_from(["begin", "cheap", "slow", "crash"]),
        st.floats(0.0, 100.0, allow_nan=False),
    ),
    max_size=200,
)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_whatever_happens(steps: list[tuple[str, str, float]]) -> None:
    """Costs are never negative; nobody has more at a time than allowed; a peer whose mail is cheap is never touched;
    every stop and the breaker end."""
    hands = Hands()
    book = ledger(hands)
    costly: set[str] = set()
    for key, act, seconds in steps:
        hands.now += seconds
        account = book.account(key)
        if act == "begin":
            if not book.stopped(account) and not book.tripped and book.ready(account):
                book.begin(account)
        elif account.running:
            book.end(account, 50.0 if act == "slow" else 0.1, Reason.CRASH if act == "crash" else None)
            if act != "cheap":
                costly.add(key)
        assert account.cost >= 0.0
        assert 0 <= account.running <= book.settings.most_at_once
        if key not in costly:
            assert (account.cost, account.slowed, account.stops) == (0.0, False, 0)
    hands.now += book.settings.stop_seconds * 16 + book.settings.half_life * 20
    assert not book.tripped
    for account in book._accounts.values():
        assert not book.stopped(account)
        assert account.running or book.ready(account)


def play(story: Callable[[Restraint, Hands], Awaitable[None]], **values: Any) -> None:
    """Run a story with a restraint and its clock."""

    async def run() -> None:
        hands = Hands()
        restraint = Restraint(RestraintSettings(**values), clock=hands.clock())
        try:
            await asyncio.wait_for(story(restraint, hands), 20)
        finally:
            restraint.close()

    asyncio.run(run())


async def refusal(turn: Coroutine[Any, Any, Account]) -> object:
    """The reply that comes instead of a turn."""
    with pytest.raises(TemporaryError) as refused:
        await turn
    return refused.value.reply


def test_others_go_on() -> None:
    """A peer that waits for its turn keeps nobody else from theirs, and gets it in order."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        held = [await restraint.turn(BAD) for _ in range(2)]
        waiting = [asyncio.ensure_future(restraint.turn(BAD)) for _ in range(3)]
        for _ in range(100):
            restraint.back(await restraint.turn(GOOD), CLEAN)
        assert not any(task.done() for task in waiting)
        restraint.back(held[0], CLEAN)
        first, second = await waiting[0], await waiting[1]
        assert not waiting[2].done()
        for turn in (first, second, held[1]):
            restraint.back(turn, CLEAN)
        restraint.back(await waiting[2], CLEAN)

    play(story)


def test_who_waits_is_sent_away_when_the_peer_is_stopped() -> None:
    """451 for everything that waits, and for what comes later, without an examination; a stop has an end."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        held = [await restraint.turn(BAD) for _ in range(2)]
        waiting = [asyncio.ensure_future(refusal(restraint.turn(BAD))) for _ in range(5)]
        await asyncio.sleep(0)
        for turn in held:
            restraint.back(turn, CRASH)
        assert [await task for task in waiting] == [PEER_STOPPED] * 5
        assert await refusal(restraint.turn(BAD)) == PEER_STOPPED
        restraint.back(await restraint.turn(GOOD), CLEAN)
        hands.now += 10_000
        restraint.back(await restraint.turn(BAD), CLEAN)

    play(story, crash_cost=40.0)


def test_a_pause_ends_by_itself() -> None:
    """A slowed peer's next message waits out the pause, then has its turn."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        for _ in range(2):
            restraint.back(await restraint.turn(BAD), CRASH)
        waiting = asyncio.ensure_future(restraint.turn(BAD))
        done, _ = await asyncio.wait((waiting,), timeout=0.25)
        assert not done
        hands.now += 2.0
        restraint.back(await waiting, CLEAN)

    play(story)


def test_patience_ends() -> None:
    """A message that gets no turn in time is answered 451."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        held = [await restraint.turn(BAD) for _ in range(2)]
        waiting = asyncio.ensure_future(refusal(restraint.turn(BAD)))
        await asyncio.sleep(0)
        hands.now += 61.0
        assert await waiting == PEER_STOPPED
        for turn in held:
            restraint.back(turn, CLEAN)

    play(story)


def test_the_breaker_refuses_everybody() -> None:
    """Who waits, too; afterwards mail goes on."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        held = [await restraint.turn(GOOD) for _ in range(2)]
        waiting = asyncio.ensure_future(refusal(restraint.turn(GOOD)))
        await asyncio.sleep(0)
        for number in range(5):
            restraint.back(await restraint.turn(Peer(f"198.51.100.{number}")), CRASH)
        assert await refusal(restraint.turn(OTHER)) == SCANNERS_SPARED
        assert await waiting == SCANNERS_SPARED
        for turn in held:
            restraint.back(turn, CLEAN)
        hands.now += 16.0
        restraint.back(await restraint.turn(OTHER), CLEAN)

    play(story)


@pytest.mark.parametrize("given", [False, True])
def test_a_cancelled_message_gives_its_turn_back(given: bool) -> None:
    """Whether it still waited or had just been given its turn."""

    async def story(restraint: Restraint, hands: Hands) -> None:
        held = [await restraint.turn(BAD) for _ in range(2)]
        waiting = asyncio.ensure_future(restraint.turn(BAD))
        await asyncio.sleep(0)
        if given:
            restraint.back(held.pop(), None)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        for turn in held:
            restraint.back(turn, CLEAN)
        for turn in [await restraint.turn(BAD) for _ in range(2)]:
            restraint.back(turn, CLEAN)

    play(story)
