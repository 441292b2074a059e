"""The resolver: what is asked, shared, kept and limited; the servers are a fake."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.budget import LEAST, LookupBudget
from bartizan.dns.client import Client
from bartizan.dns.resolver import BUSY, OVER_BUDGET, TIMED_OUT, Resolver
from bartizan.model.dns import DnsSettings
from bartizan.node.loop import run
from lookups import World, at_once, turns

FOUND = Answer(Status.FOUND, ("192.0.2.1",), 60.0)
Scene = Callable[[], Coroutine[Any, Any, None]]


def play(scene: Scene) -> None:
    """Run it on the loop that serves, which must not complain."""
    run(scene())


def test_answers_that_are_kept_do_not_suspend() -> None:
    """The second time nobody is asked and nothing is spent; no loop is needed either."""
    world = World()
    for kind, values in {"A": ("192.0.2.1",), "AAAA": (), "MX": (Mx(1, "m"),), "TXT": (b"t",)}.items():
        world.knows(kind, "example.org", *values)
    world.knows("PTR", "1.2.0.192.in-addr.arpa", "example.org")

    async def ask() -> list[Answer[Any]]:
        resolver, budget = world.resolver, world.budget
        return [
            await resolver.addresses("Example.org.", budget),
            await resolver.mx("example.ORG", budget),
            await resolver.texts("example.org", budget),
            await resolver.names("::ffff:192.0.2.1", budget),
        ]

    async def scene() -> None:
        first = await ask()
        assert [one.values for one in first] == [("192.0.2.1",), (Mx(1, "m"),), (b"t",), ("example.org",)]
        assert world.budget.lookups == 95

    play(scene)
    assert [one.values for one in at_once(ask())] == [("192.0.2.1",), (Mx(1, "m"),), (b"t",), ("example.org",)]
    assert (len(world.servers.asked), world.budget.lookups) == (5, 95)
    assert (world.resolver.counts.queries, world.resolver.counts.kept) == (5, 5)


def test_one_query_for_all_who_ask() -> None:
    """Each pays, each is told."""
    world = World()

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        asking = [loop.create_task(world.resolver.addresses("a.example", world.budget, 4)) for _ in range(50)]
        await turns()
        world.servers.tell("A", "a.example", FOUND)
        assert [one.values for one in await asyncio.gather(*asking)] == [("192.0.2.1",)] * 50

    play(scene)
    assert world.servers.asked == [("A", "a.example")]
    assert world.budget.lookups == 50


def test_a_caller_that_leaves_does_not_take_the_query_along() -> None:
    """The others are told, and the answer is kept."""
    world = World()

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        leaves = loop.create_task(world.resolver.mx("a.example", world.budget))
        stays = loop.create_task(world.resolver.mx("a.example", world.budget))
        await turns()
        leaves.cancel()
        await turns()
        assert leaves.cancelled()
        assert not stays.done()
        world.servers.tell("MX", "a.example", Answer(Status.FOUND, (Mx(1, "m"),), 60.0))
        assert (await stays).values == (Mx(1, "m"),)

    play(scene)
    assert at_once(world.resolver.mx("a.example", world.budget)).values == (Mx(1, "m"),)


def test_all_callers_leave() -> None:
    """The answer is kept for the next."""
    world = World()

    async def scene() -> None:
        leaves = asyncio.get_running_loop().create_task(world.resolver.texts("a.example", world.budget))
        await turns()
        leaves.cancel()
        await turns()
        world.servers.tell("TXT", "a.example", Answer(Status.FOUND, (b"t",), 60.0))

    play(scene)
    assert at_once(world.resolver.texts("a.example", world.budget)).values == (b"t",)


def test_a_caller_out_of_time() -> None:
    """Is told that it failed; the query goes on and its answer is kept."""
    world = World()
    budget = LookupBudget(5, 0.01)

    async def scene() -> None:
        answer = await world.resolver.addresses("a.example", budget, 4)
        assert (answer.status, answer.reason) == (Status.FAILED, TIMED_OUT)
        assert budget.seconds < LEAST
        again = at_once(world.resolver.addresses("b.example", budget, 4))
        assert (again.status, again.reason) == (Status.FAILED, OVER_BUDGET)
        world.servers.tell("A", "a.example", FOUND)

    play(scene)
    assert at_once(world.resolver.addresses("a.example", budget, 4)).values == ("192.0.2.1",)
    assert world.servers.asked == [("A", "a.example")]


def test_a_query_that_nobody_answers_ends() -> None:
    """Even if the client forgets it; an answer that comes later is for nobody."""
    world = World(timeout=0.05, tries=1)
    world.resolver._longest = 0.01  # the usual second of patience is not needed here

    async def scene() -> None:
        answer = await world.resolver.addresses("a.example", world.budget, 4)
        assert (answer.status, answer.reason) == (Status.FAILED, TIMED_OUT)
        world.servers.tell("A", "a.example", FOUND)
        assert at_once(world.resolver.addresses("a.example", world.budget, 4)).status is Status.FAILED

    play(scene)


@pytest.mark.parametrize(("ttl", "kept"), [(0.0, 5.0), (60.0, 60.0), (1e9, 3600.0)])
def test_ttl_is_clamped(ttl: float, kept: float) -> None:
    """Between ttl_min and ttl_max."""
    world = World()
    world.knows("A", "a.example", "192.0.2.1", ttl=ttl)

    async def scene() -> None:
        assert (await world.resolver.addresses("a.example", world.budget, 4)).ttl == kept
        world.time.now += kept - 0.01
        assert (await world.resolver.addresses("a.example", world.budget, 4)).values
        assert len(world.servers.asked) == 1
        world.time.now += 0.02
        assert (await world.resolver.addresses("a.example", world.budget, 4)).values
        assert len(world.servers.asked) == 2

    play(scene)


def test_none_and_failures_are_kept_shortly() -> None:
    """Each for a time of its own."""
    world = World(negative_ttl=100.0, failure_ttl=3.0)
    world.knows("TXT", "none.example")
    world.fails("TXT", "fails.example")

    async def scene() -> None:
        async def asked_again(name: str) -> bool:
            before = len(world.servers.asked)
            await world.resolver.texts(name, world.budget)
            return len(world.servers.asked) > before

        assert await asked_again("none.example")
        assert await asked_again("fails.example")
        world.time.now += 2.9
        assert not await asked_again("fails.example")
        world.time.now += 0.2
        assert await asked_again("fails.example")
        assert not await asked_again("none.example")
        world.time.now += 97.0
        assert await asked_again("none.example")

    play(scene)


def test_budget_of_queries() -> None:
    """Beyond it a look-up fails, is not sent and not remembered; what is kept stays free."""
    world = World()
    for name in ("a.example", "b.example"):
        world.knows("TXT", name, b"t")
    small = LookupBudget(1, 10.0)

    async def scene() -> None:
        assert (await world.resolver.texts("a.example", small)).status is Status.FOUND
        over = await world.resolver.texts("b.example", small)
        assert (over.status, over.reason) == (Status.FAILED, OVER_BUDGET)
        assert (await world.resolver.texts("a.example", small)).status is Status.FOUND
        assert (await world.resolver.texts("b.example", world.budget)).status is Status.FOUND

    play(scene)
    assert world.resolver.counts.refused == 1


def test_queries_in_flight_are_limited() -> None:
    """Above the limit a new question fails at once; joining one is free of it; room is made by answers."""
    world = World(in_flight=2)

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        first = [loop.create_task(world.resolver.texts(f"{n}.example", world.budget)) for n in range(2)]
        await turns()
        over = at_once(world.resolver.texts("2.example", world.budget))
        assert (over.status, over.reason) == (Status.FAILED, BUSY)
        joined = loop.create_task(world.resolver.texts("0.example", world.budget))
        await turns()
        for number in range(2):
            world.servers.tell("TXT", f"{number}.example", Answer(Status.NONE))
        assert [one.status for one in await asyncio.gather(*first, joined)] == [Status.NONE] * 3
        world.knows("TXT", "2.example", b"t")
        assert (await world.resolver.texts("2.example", world.budget)).status is Status.FOUND

    play(scene)


@pytest.mark.parametrize("name", ["", "a b.example", "a\0.example", "x" * 1000, "192.0.2.1", "a..b"])
def test_names_that_cannot_be(name: str) -> None:
    """There is none, without a query, whatever the budget."""
    world, nothing = World(), LookupBudget(0, 0.0)
    resolver = world.resolver
    for look_up in (resolver.addresses, resolver.mx, resolver.texts):
        assert at_once(look_up(name, nothing)).status is Status.NONE
    if name != "192.0.2.1":
        assert at_once(resolver.names(name, nothing)).status is Status.NONE
    assert world.servers.asked == []


FAILURE: Answer[str] = Answer(Status.FAILED, reason="server failure")
NONE: Answer[str] = Answer(Status.NONE)
SIX = Answer(Status.FOUND, ("2001:db8::1",), 30.0)


@pytest.mark.parametrize(
    ("four", "six", "status", "values", "reason"),
    [
        (FOUND, SIX, Status.FOUND, ("192.0.2.1", "2001:db8::1"), ""),
        (FOUND, NONE, Status.FOUND, ("192.0.2.1",), ""),
        (FAILURE, SIX, Status.FOUND, ("2001:db8::1",), "server failure"),
        (NONE, FAILURE, Status.FAILED, (), "server failure"),
        (NONE, NONE, Status.NONE, (), ""),
    ],
)
def test_both_kinds_of_addresses(
    four: Answer[str], six: Answer[str], status: Status, values: tuple[str, ...], reason: str
) -> None:
    """A failure of one is no "does not exist" of both."""
    world = World()
    world.servers.answers = {("A", "a.example"): four, ("AAAA", "a.example"): six}

    async def scene() -> None:
        answer = await world.resolver.addresses("a.example", world.budget)
        assert (answer.status, answer.values, answer.reason) == (status, values, reason)

    play(scene)


def test_both_are_asked_at_the_same_time() -> None:
    """And their answers may come in any order."""
    world = World()

    async def scene() -> None:
        asking = asyncio.get_running_loop().create_task(world.resolver.addresses("a.example", world.budget))
        await turns()
        assert world.servers.asked == [("A", "a.example"), ("AAAA", "a.example")]
        world.servers.tell("AAAA", "a.example", SIX)
        await turns()
        world.servers.tell("A", "a.example", FOUND)
        assert (await asking).values == ("192.0.2.1", "2001:db8::1")

    play(scene)


def test_close() -> None:
    """Whoever waits is told that it failed."""
    world = World()

    async def scene() -> None:
        asking = asyncio.get_running_loop().create_task(world.resolver.mx("a.example", world.budget))
        await turns()
        await world.resolver.close()
        assert (await asking).status is Status.FAILED

    play(scene)
    assert world.servers.closed


def test_the_cache_has_a_limit() -> None:
    """A client that makes names up does not fill the memory."""
    world = World(cache_entries=100)
    budget = LookupBudget(10_000, 10.0)

    async def scene() -> None:
        for number in range(1000):
            world.knows("A", f"{number}.example")
            await world.resolver.addresses(f"{number}.example", budget, 4)

    play(scene)
    assert len(world.resolver._cache) == 100


def test_budget_of_the_settings() -> None:
    """One for each message."""
    budget = Resolver(DnsSettings(servers=("192.0.2.53",), lookups=7, seconds=3.0)).budget()
    assert (budget.lookups, budget.seconds) == (7, 3.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout": 0.0}, {"timeout": 61.0}, {"tries": 0}, {"tries": 11}, {"lookups": 0}, {"seconds": 0.0},
        {"cache_entries": 0}, {"ttl_min": -1.0}, {"ttl_min": 9.0, "ttl_max": 8.0}, {"negative_ttl": float("nan")},
        {"servers": ("ns.example",)}, {"servers": ("192.0.2.1:0",)}, {"servers": ("192.0.2.1:65536",)},
        {"servers": ("[192.0.2.1]",)}, {"servers": ("2001:db8::1:53:x",)}, {"servers": ("192.0.2.1", "192.0.2.256")},
    ],
)  # fmt: skip
def test_settings_that_cannot_be(wrong: dict[str, Any]) -> None:
    """Are refused where they are made."""
    with pytest.raises(ValueError, match="must"):
        DnsSettings(**wrong)


@pytest.mark.parametrize("server", ["192.0.2.1", "192.0.2.1:5353", "2001:db8::1", "[2001:db8::1]", "[::1]:5353"])
def test_servers_that_can_be(server: str) -> None:
    """The library takes what the settings take."""

    async def scene() -> None:
        chosen = DnsSettings(servers=(server,)).servers
        one = Client(chosen, 1.0, 1)
        assert len(one._open().nameservers) == 1
        await one.close()

    play(scene)
