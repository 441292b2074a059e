"""What a look-up costs when the answer is kept already, and a question to a server on this host when it is not."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.dns.answer import Mx
from bartizan.dns.budget import LookupBudget
from bartizan.dns.mail_domain import MailStatus, mail_domain
from bartizan.dns.resolver import Resolver
from bartizan.dns.reverse import ReverseStatus, reverse
from bartizan.model.dns import DnsSettings
from bartizan.node.loop import run
from bench.nameserver import NameServer
from lookups import World, at_once

T = TypeVar("T")
QUESTIONS = 200


@pytest.fixture
def world() -> World:
    """A resolver that has asked everything once."""
    world = World()
    world.knows("MX", "example.org", Mx(10, "mx.example.org"))
    world.knows("A", "mx.example.org", "192.0.2.1")
    world.knows("AAAA", "mx.example.org")
    world.knows("PTR", "1.2.0.192.in-addr.arpa", "mx.example.org")

    async def ask() -> None:
        await mail_domain(world.resolver, "example.org", world.budget)
        await reverse(world.resolver, "192.0.2.1", world.budget)
        await world.resolver.addresses("mx.example.org", world.budget)

    run(ask())
    return world


def kept(world: World, coroutine: Coroutine[Any, Any, T]) -> T:
    """Its result, for which nobody was asked."""
    before = len(world.servers.asked)
    result = at_once(coroutine)
    assert len(world.servers.asked) == before
    return result


def test_exchangers_kept(benchmark: BenchmarkFixture, world: World) -> None:
    """One record from the cache."""
    answer = benchmark(lambda: kept(world, world.resolver.mx("example.org", world.budget)))
    assert answer.values == (Mx(10, "mx.example.org"),)


def test_addresses_kept(benchmark: BenchmarkFixture, world: World) -> None:
    """Both kinds."""
    answer = benchmark(lambda: kept(world, world.resolver.addresses("mx.example.org", world.budget)))
    assert answer.values == ("192.0.2.1",)


def test_reverse_kept(benchmark: BenchmarkFixture, world: World) -> None:
    """A client that was here before."""
    result = benchmark(lambda: kept(world, reverse(world.resolver, "192.0.2.1", world.budget)))
    assert (result.status, result.names) == (ReverseStatus.CONFIRMED, ("mx.example.org",))


def test_mail_domain_kept(benchmark: BenchmarkFixture, world: World) -> None:
    """A sender's domain that was here before."""
    result = benchmark(lambda: kept(world, mail_domain(world.resolver, "example.org", world.budget)))
    assert (result.status, result.hosts) == (MailStatus.ACCEPTS, ("mx.example.org",))


def test_asked(benchmark: BenchmarkFixture) -> None:
    """QUESTIONS that nobody asked before, one after another, the name server's time (Python) included."""
    numbers = iter(range(3 * QUESTIONS))
    with NameServer() as server:
        for number in range(3 * QUESTIONS):
            server.add(f"a{number}.example", "TXT", '"here"')

        def ask() -> int:
            found = []

            async def everything() -> None:
                resolver = Resolver(DnsSettings(servers=(server.address,)))
                budget = LookupBudget(QUESTIONS, 60.0)
                for _ in range(QUESTIONS):
                    answer = await resolver.texts(f"a{next(numbers)}.example", budget)
                    found.append(answer.values == (b"here",))
                await resolver.close()

            run(everything())
            return sum(found)

        assert benchmark.pedantic(ask, rounds=3, iterations=1) == QUESTIONS
