"""Reverse names, and which of them lead back."""

from __future__ import annotations

import pytest

from bartizan.dns.answer import Answer, Status
from bartizan.dns.budget import LookupBudget
from bartizan.dns.reverse import MOST_CONFIRMED, Reverse, ReverseStatus, reverse
from bartizan.node.loop import run
from lookups import World, at_once

FOUR, POINTER = "192.0.2.1", "1.2.0.192.in-addr.arpa"


def found(world: World, address: str = FOUR) -> Reverse:
    """What becomes of an address."""
    results = []

    async def scene() -> None:
        results.append(await reverse(world.resolver, address, world.budget))

    run(scene())
    return results[0]


@pytest.fixture
def world() -> World:
    """Servers that know one name for the address, which leads back."""
    world = World()
    world.knows("PTR", POINTER, "mx.example.org")
    world.knows("A", "mx.example.org", "192.0.2.9", FOUR)
    return world


def test_confirmed(world: World) -> None:
    """The name leads back; the second time at once."""
    expected = Reverse(ReverseStatus.CONFIRMED, ("mx.example.org",))
    assert found(world) == expected
    assert at_once(reverse(world.resolver, "::ffff:192.0.2.1", world.budget)) == expected


def test_version_six(world: World) -> None:
    """AAAA is what counts then, in whatever form the address is given."""
    world.knows("PTR", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "mx.example.org")
    world.knows("AAAA", "mx.example.org", "2001:db8::1")
    assert found(world, "2001:DB8:0::0:1").status is ReverseStatus.CONFIRMED
    assert ("A", "mx.example.org") not in world.servers.asked


def test_no_name(world: World) -> None:
    """There is none."""
    world.knows("PTR", POINTER)
    assert found(world) == Reverse(ReverseStatus.NONE)


@pytest.mark.parametrize("address", ["", "unix", "mx.example.org", "1.2.3"])
def test_no_address(world: World, address: str) -> None:
    """Has no name."""
    assert found(world, address) == Reverse(ReverseStatus.NONE)


def test_name_of_somebody_else(world: World) -> None:
    """It leads elsewhere, or does not exist."""
    world.knows("PTR", POINTER, "google.example", "made.up.example")
    world.knows("A", "google.example", "198.51.100.1")
    world.knows("A", "made.up.example")
    assert found(world) == Reverse(ReverseStatus.UNCONFIRMED, (), ("google.example", "made.up.example"))


def test_some_of_several(world: World) -> None:
    """One that leads back is enough; a failure beside it does not matter."""
    world.knows("PTR", POINTER, "a.example", "mx.example.org", "b.example")
    world.knows("A", "a.example", "198.51.100.1")
    world.fails("A", "b.example")
    assert found(world) == Reverse(ReverseStatus.CONFIRMED, ("mx.example.org",), ("a.example", "b.example"), "")


def test_names_cannot_be_looked_up(world: World) -> None:
    """Nobody knows."""
    world.fails("PTR", POINTER)
    assert found(world) == Reverse(ReverseStatus.FAILED, reason="server failure")


def test_a_name_cannot_be_confirmed(world: World) -> None:
    """It may be one that leads back."""
    world.knows("PTR", POINTER, "a.example", "b.example")
    world.knows("A", "a.example", "198.51.100.1")
    world.fails("A", "b.example")
    assert found(world) == Reverse(ReverseStatus.FAILED, (), ("a.example", "b.example"), "server failure")


def test_budget_runs_out(world: World) -> None:
    """Nobody knows, either."""
    world.budget = LookupBudget(1, 10.0)
    assert found(world) == Reverse(ReverseStatus.FAILED, (), ("mx.example.org",), "over budget")


def test_many_names(world: World) -> None:
    """Only so many are followed."""
    names = [f"h{number}.example" for number in range(20)]
    world.knows("PTR", POINTER, *names)
    for name in names:
        world.knows("A", name, FOUR)
    result = found(world)
    assert result.names == tuple(names[:MOST_CONFIRMED])
    assert set(result.others) == set(names[MOST_CONFIRMED:])
    assert len(world.servers.asked) == 1 + MOST_CONFIRMED


def test_nothing_usable(world: World) -> None:
    """Names that are no host names are no names."""
    world.servers.answers["PTR", POINTER] = Answer(Status.FOUND, (), 60.0, cut=True)
    assert found(world) == Reverse(ReverseStatus.NONE)
