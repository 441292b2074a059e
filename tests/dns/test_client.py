"""Real queries to a name server on loopback: what each way to answer comes to."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from dnslib import MX, QTYPE, RR, DNSLabel

from bartizan.dns import client
from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.name import host_name
from bartizan.dns.resolver import Resolver
from bartizan.model.dns import DnsSettings
from bartizan.node.loop import run
from bench.nameserver import NameServer, Way


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    """One for all tests, each with names of its own."""
    with NameServer() as running:
        yield running


def ask(server: NameServer, scene: Callable[[Resolver], Awaitable[None]], timeout: float = 5.0) -> None:
    """Play a scene with a fresh resolver."""

    async def everything() -> None:
        resolver = Resolver(DnsSettings(servers=(server.address,), timeout=timeout, tries=2, lookups=10_000))
        await scene(resolver)
        await resolver.close()

    run(everything())


def address(server: NameServer, name: str, timeout: float = 5.0) -> Answer[str]:
    """The IPv4 addresses of a name."""
    answers = []

    async def scene(resolver: Resolver) -> None:
        answers.append(await resolver.addresses(name, resolver.budget(), 4))

    ask(server, scene, timeout)
    return answers[0]


def test_every_kind(server: NameServer) -> None:
    """Values and TTLs as the zone has them."""
    server.add("kinds.example", "A", "192.0.2.2", "192.0.2.1", ttl=77)
    server.add("kinds.example", "AAAA", "2001:db8::1", ttl=66)
    server.add("kinds.example", "MX", "20 b.example.", "10 A.example.")
    server.add("kinds.example", "TXT", '"v=spf1 " "-all"', '"second"')
    server.add("7.2.0.192.in-addr.arpa", "PTR", "Kinds.example.")
    server.add("7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR", "six.example.")

    async def scene(resolver: Resolver) -> None:
        budget = resolver.budget()
        both = await resolver.addresses("kinds.example", budget)
        assert sorted(both.values) == ["192.0.2.1", "192.0.2.2", "2001:db8::1"]
        assert both.ttl == 66.0
        assert (await resolver.mx("kinds.example", budget)).values == (Mx(10, "a.example"), Mx(20, "b.example"))
        assert set((await resolver.texts("kinds.example", budget)).values) == {b"v=spf1 -all", b"second"}
        assert (await resolver.names("192.0.2.7", budget)).values == ("kinds.example",)
        assert (await resolver.names("2001:db8::7", budget)).values == ("six.example",)

    ask(server, scene)


def test_there_is_none(server: NameServer) -> None:
    """No such name, no such record, an alias to either, NOERROR with nothing at all."""
    server.add("nodata.example", "TXT", '"a"')
    server.add("alias1.example", "CNAME", "nodata.example.")
    server.add("alias2.example", "CNAME", "nowhere.example.")
    server.does("empty.example", Way.EMPTY)
    for name in ("nowhere.example", "nodata.example", "alias1.example", "alias2.example", "empty.example"):
        assert address(server, name) == Answer(Status.NONE, ttl=120.0), name


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        (Way.SERVFAIL, "server failure"),
        (Way.REFUSED, "refused"),
        (Way.NOTIMP, "refused"),
        (Way.FORMERR, "malformed answer"),
        (Way.NOTAUTH, "unusual answer"),
        (Way.SILENCE, "timed out"),
        (Way.WRONG_ID, "timed out"),
        (Way.WRONG_QUESTION, "timed out"),
        (Way.GARBAGE, "malformed answer"),
        (Way.TRUNCATED_ALWAYS, "no server"),
    ],
)
def test_failure_is_not_absence(server: NameServer, way: Way, reason: str) -> None:
    """Whatever goes wrong, nobody may conclude that there is no such name."""
    name = f"{way.name.lower().replace('_', '-')}.example"
    server.add(name, "A", "192.0.2.1")
    server.does(name, way)
    timeout = 0.05 if reason == "timed out" else 5.0
    assert address(server, name, timeout) == Answer(Status.FAILED, ttl=5.0, reason=reason)


def test_no_server_at_all() -> None:
    """Nobody listens there."""
    with NameServer() as gone:
        pass
    assert address(gone, "a.example").status is Status.FAILED


def test_second_server(server: NameServer) -> None:
    """A server that fails is passed over."""
    server.add("second.example", "A", "192.0.2.1")
    with NameServer() as broken:
        broken.does("second.example", Way.SERVFAIL)

        async def scene() -> None:
            resolver = Resolver(DnsSettings(servers=(broken.address, server.address), timeout=5.0))
            assert (await resolver.addresses("second.example", resolver.budget(), 4)).values == ("192.0.2.1",)
            await resolver.close()

        run(scene())
        assert broken.asked


def test_cut_off_answers_are_asked_for_over_tcp(server: NameServer) -> None:
    """Those that say so, and those that are too long."""
    server.add("cut.example", "A", "192.0.2.1")
    server.does("cut.example", Way.TRUNCATED)
    server.add("long.example", "TXT", *(f'"{number:03d}{"x" * 200}"' for number in range(60)))
    assert address(server, "cut.example").values == ("192.0.2.1",)

    async def scene(resolver: Resolver) -> None:
        answer = await resolver.texts("long.example", resolver.budget())
        assert {text[:3] for text in answer.values} == {b"%03d" % number for number in range(60)}

    ask(server, scene)
    assert {"cut.example", "long.example"} <= {name for name, _ in server.over_tcp}


def test_chain_of_aliases(server: NameServer) -> None:
    """The last one counts, for the shortest TTL on the way."""
    server.add("c1.example", "CNAME", "c2.example.", ttl=30)
    server.add("c2.example", "CNAME", "c3.example.", ttl=20)
    server.add("c3.example", "A", "192.0.2.3", ttl=300)
    assert address(server, "c1.example") == Answer(Status.FOUND, ("192.0.2.3",), 20.0)


def test_more_values_than_anybody_needs(server: NameServer) -> None:
    """A client that owns its reverse zone decides what comes back."""
    server.add("9.2.0.192.in-addr.arpa", "PTR", *(f"h{number}.example." for number in range(900)))
    server.add("many.example", "A", *(f"192.0.{number // 250}.{number % 250}" for number in range(900)))

    async def scene(resolver: Resolver) -> None:
        names = await resolver.names("192.0.2.9", resolver.budget())
        assert (len(names.values), names.cut) == (20, True)
        addresses = await resolver.addresses("many.example", resolver.budget(), 4)
        assert (len(addresses.values), addresses.cut) == (50, True)

    ask(server, scene)


@pytest.mark.parametrize("label", [b"a b", b"a\0b", b"a\xff", b"a.b", b"<script>", b"-a", b"a\\b", b"\r\n"])
def test_names_that_are_no_host_names(server: NameServer, label: bytes) -> None:
    """Are left out."""
    name = f"x{label.hex()}.example"
    server.add(name, "MX", "20 mx.example.")
    server.add_record(name, RR(name, QTYPE.MX, rdata=MX(DNSLabel((label, b"example")), 10), ttl=300))

    async def scene(resolver: Resolver) -> None:
        answer = await resolver.mx(name, resolver.budget())
        assert (answer.values, answer.cut) == ((Mx(20, "mx.example"),), True)

    ask(server, scene)


def test_spoiled_packets(server: NameServer) -> None:
    """Whatever bytes come instead of an answer: an Answer, within the limits, and the next one is right."""
    dice = random.Random(20)
    names = [f"spoiled{number}.example" for number in range(400)]

    def spoiled(packet: bytes) -> bytes:
        body = bytearray(packet)
        for _ in range(dice.choice((1, 1, 2, 8))):
            place = dice.randrange(2, len(body))  # not the id: nobody would look at the rest
            match dice.randrange(4):
                case 0:
                    body[place] ^= 1 << dice.randrange(8)
                case 1:
                    body[place] = dice.choice((0, 0x3F, 0x40, 0xC0, 0xFF))
                case 2:
                    del body[place:]
                    break
                case _:
                    body[place:place] = body[place : place + dice.randrange(40)]
        return bytes(body)

    for name in names:
        server.add(name, "MX", "10 mx.example.", f"20 {'a' * 60}.{name}.")
        server.add(name, "TXT", '"text"', f'"{"x" * 200}"')
        server.spoil(name, spoiled)
    server.add("unspoiled.example", "TXT", '"right"')

    async def scene(resolver: Resolver) -> None:
        budget = resolver.budget()
        asked = [look_up(name, budget) for name in names for look_up in (resolver.mx, resolver.texts)]
        answers: list[Answer[Any]] = [*(await asyncio.gather(*asked[:400])), *(await asyncio.gather(*asked[400:]))]
        assert {one.status for one in answers} >= {Status.FOUND, Status.FAILED}
        for one in answers:
            assert len(one.values) <= 100
            assert all(isinstance(value, bytes) or host_name(value.host) or not value.host for value in one.values)

    async def afterwards(resolver: Resolver) -> None:
        assert (await resolver.texts("unspoiled.example", resolver.budget())).values == (b"right",)

    ask(server, scene, timeout=0.05)
    ask(server, afterwards)


def test_one_query_however_many_ask(server: NameServer) -> None:
    """They wait for the same answer."""
    server.add("shared.example", "A", "192.0.2.1")
    server.hold()

    async def scene(resolver: Resolver) -> None:
        loop = asyncio.get_running_loop()
        asking = [loop.create_task(resolver.addresses("shared.example", resolver.budget(), 4)) for _ in range(20)]
        await loop.run_in_executor(None, server.release, 1)
        assert [one.values for one in await asyncio.gather(*asking)] == [("192.0.2.1",)] * 20
        assert resolver.counts.queries == 1

    ask(server, scene)


def test_many_at_once(server: NameServer) -> None:
    """Each gets its own answer."""
    names = [f"n{number}.example" for number in range(200)]
    for number, name in enumerate(names):
        server.add(name, "TXT", f'"{number}"')

    async def scene(resolver: Resolver) -> None:
        answers = await asyncio.gather(*(resolver.texts(name, resolver.budget()) for name in names))
        assert [one.values for one in answers] == [(b"%d" % number,) for number in range(200)]

    ask(server, scene)


def test_the_channel_is_renewed(server: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library keeps for itself is given up after so many questions, and nobody who waits is forgotten."""
    monkeypatch.setattr(client, "RENEW_AFTER", 3)
    server.add("renew.example", "TXT", '"x"')
    server.hold()

    async def scene() -> None:
        one = client.Client((server.address,), 1.0, 2)
        loop = asyncio.get_running_loop()
        waiting = []
        channels = set()
        for number in range(8):
            future = loop.create_future()
            one.ask(client.Kind.TXT, f"renew{number}.example", future.set_result)
            waiting.append(future)
            channels.add(one._channel)
        assert len(channels) == 3
        channels.clear()
        await loop.run_in_executor(None, server.release, 8)
        assert [answer.status for answer in await asyncio.gather(*waiting)] == [Status.NONE] * 8
        await one.close()

    run(scene())


def test_closed(server: NameServer) -> None:
    """Who waits is told, and so is who asks later."""
    server.does("closing.example", Way.SILENCE)

    async def scene() -> None:
        resolver = Resolver(DnsSettings(servers=(server.address,), timeout=5.0))
        asking = asyncio.get_running_loop().create_task(resolver.mx("closing.example", resolver.budget()))
        await asyncio.sleep(0)
        await resolver.close()
        assert (await asking).status is Status.FAILED
        assert (await resolver.mx("later.example", resolver.budget())).status is Status.FAILED

    run(scene())


def test_a_server_that_is_none() -> None:
    """Fails, and does not raise."""

    async def scene() -> None:
        asked = client.Client(("no address",), 1.0, 1)
        answers: list[Answer[Any]] = []
        asked.ask(client.Kind.MX, "a.example", answers.append)
        assert answers[0].status is Status.FAILED
        await asked.close()

    run(scene())
