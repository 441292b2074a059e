"""Whether a domain takes mail, and where to."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

import pytest

from bartizan.dns.answer import Mx
from bartizan.dns.budget import LookupBudget
from bartizan.dns.mail_domain import MOST_HOSTS, MailDomain, MailStatus, inward, mail_domain
from bartizan.node.loop import run
from lookups import World, at_once

DOMAIN = "example.org"


@pytest.fixture
def world() -> World:
    """Servers to whom the domain is unknown."""
    world = World()
    for kind in ("MX", "A", "AAAA"):
        world.knows(kind, DOMAIN)
    return world


def found(world: World, domain: str = DOMAIN) -> MailDomain:
    """What becomes of a domain."""
    results = []

    async def scene() -> None:
        results.append(await mail_domain(world.resolver, domain, world.budget))

    run(scene())
    return results[0]


def test_exchangers(world: World) -> None:
    """The preferred first, each once; nobody asks for addresses; the second time at once."""
    world.knows("MX", DOMAIN, Mx(5, "a.example"), Mx(10, "b.example"), Mx(20, "a.example"))
    expected = MailDomain(MailStatus.ACCEPTS, ("a.example", "b.example"))
    assert found(world) == expected
    assert world.servers.asked == [("MX", DOMAIN)]
    assert at_once(mail_domain(world.resolver, DOMAIN, world.budget)) == expected


@pytest.mark.parametrize("kind", ["A", "AAAA"])
def test_address_alone(world: World, kind: str) -> None:
    """The domain is its own exchanger (RFC 5321 section 5.1)."""
    world.knows(kind, DOMAIN, "192.0.2.1" if kind == "A" else "2001:db8::1")
    assert found(world, "Example.ORG.") == MailDomain(MailStatus.ACCEPTS, (DOMAIN,))


def test_null_mx(world: World) -> None:
    """It takes none, even if it has an address (RFC 7505)."""
    world.knows("MX", DOMAIN, Mx(0, ""))
    world.knows("A", DOMAIN, "192.0.2.1")
    assert found(world) == MailDomain(MailStatus.NULL_MX)


def test_null_mx_beside_others(world: World) -> None:
    """It must not be; the others count."""
    world.knows("MX", DOMAIN, Mx(0, ""), Mx(10, "mx.example"))
    assert found(world) == MailDomain(MailStatus.ACCEPTS, ("mx.example",))


def test_exchangers_that_are_no_hosts(world: World) -> None:
    """The address does not stand in for them."""
    world.knows("MX", DOMAIN, Mx(10, "x"))
    world.servers.answers["MX", DOMAIN] = replace(world.servers.answers["MX", DOMAIN], values=(), cut=True)
    world.knows("A", DOMAIN, "192.0.2.1")
    assert found(world) == MailDomain(MailStatus.UNUSABLE)


@pytest.mark.parametrize("domain", [DOMAIN, "no such name", "", "a" * 70 + ".example", "192.0.2.1"])
def test_absent(world: World, domain: str) -> None:
    """Neither exchanger nor address, or no name at all."""
    assert found(world, domain) == MailDomain(MailStatus.ABSENT)


@pytest.mark.parametrize("kind", ["MX", "A", "AAAA"])
def test_failure_is_not_absence(world: World, kind: str) -> None:
    """Whichever query failed."""
    world.fails(kind, DOMAIN)
    assert found(world) == MailDomain(MailStatus.FAILED, reason="server failure")


@pytest.mark.parametrize("queries", [0, 1, 2])
def test_budget_runs_out(world: World, queries: int) -> None:
    """Nobody knows, then."""
    world.budget = LookupBudget(queries, 10.0)
    assert found(world) == MailDomain(MailStatus.FAILED, reason="over budget")


@pytest.mark.parametrize(
    ("address", "own", "leads_in"),
    [
        ("127.0.0.1", set(), True),
        ("10.1.2.3", set(), True),
        ("169.254.1.1", set(), True),
        ("0.0.0.0", set(), True),
        ("224.0.0.1", set(), True),
        ("100.64.0.1", set(), True),
        ("::1", set(), True),
        ("fe80::1", set(), True),
        ("fd00::1", set(), True),
        ("9.9.9.9", set(), False),
        ("9.9.9.9", {"9.9.9.9"}, True),
        ("9.9.9.9", {"mx.example"}, True),
        ("2620:fe::9", set(), False),
    ],
)
def test_inward(world: World, address: str, own: Set[str], leads_in: bool) -> None:
    """Our own names and addresses, and those that are nobody's on the Internet."""
    world.knows("AAAA" if ":" in address else "A", "mx.example", address)
    world.knows("A" if ":" in address else "AAAA", "mx.example")

    async def scene() -> None:
        hosts = await inward(world.resolver, ("mx.example",), world.budget, own)
        assert hosts == (("mx.example",) if leads_in else ())

    run(scene())


def test_inward_of_many(world: World) -> None:
    """Only so many hosts are looked at, and failures tell nothing."""
    hosts = tuple(f"h{number}.example" for number in range(20))
    for host in hosts:
        world.knows("A", host, "127.0.0.1")
        world.knows("AAAA", host)
    world.fails("A", hosts[0])

    async def scene() -> None:
        assert await inward(world.resolver, hosts, world.budget) == hosts[1:MOST_HOSTS]

    run(scene())
