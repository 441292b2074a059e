"""Sessions are kept, lent in turn, bounded, and ended."""

from __future__ import annotations

import asyncio

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts
from bartizan.model.clock import Clock
from bartizan.model.reply import NEXT_HOP_DOWN
from delivery.fake_nexthop import CLOSE, STALL, FakeHop
from delivery.test_nexthop import A, send, with_hop


def test_never_more_connections_than_allowed() -> None:
    """A crowd of messages shares the allowed connections, and each is delivered once."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcomes = await asyncio.gather(*(send(hop, raw=b"%d\r\n" % i) for i in range(40)))
        assert all(outcome.delivered for outcome in outcomes)
        assert len(fake.connections) <= 3
        assert len({taken.data for taken in fake.messages}) == 40

    with_hop({}, story, connections=3)


def test_waiters_are_served_in_turn() -> None:
    """With one connection, messages leave in the order in which they came."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        await asyncio.gather(*(send(hop, raw=b"%d\r\n" % i, head=b"") for i in range(20)))
        assert [b"%d\r\n.\r\n" % i for i in range(20)] == [taken.data for taken in fake.messages]

    with_hop({}, story, connections=1)


def test_waits_no_longer_than_allowed() -> None:
    """When all connections are busy for too long, the message is deferred; the one in front is not disturbed."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        first = asyncio.ensure_future(send(hop))
        await fake.until("dot")
        late = await send(hop)
        assert late.reply == NEXT_HOP_DOWN
        assert late.detail == "all connections are busy"
        assert not first.done()
        first.cancel()
        await asyncio.wait([first])
        assert (await send(hop)).delivered

    with_hop({"dot": [STALL]}, story, connections=1, timeouts=HopTimeouts(queue=0.1))


def test_cancelled_waiter_passes_its_turn_on() -> None:
    """A waiter that is cancelled, even in the moment it is served, does not lose a connection."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        tasks = [asyncio.ensure_future(send(hop)) for _ in range(6)]
        await fake.until("dot", 2)
        for task in tasks[1:4]:
            task.cancel()
        await asyncio.wait(tasks)
        assert (await send(hop)).delivered
        assert hop._pool._open <= 1

    with_hop({}, story, connections=1)


def test_failed_connection_gives_its_place_to_the_next() -> None:
    """Whoever waits for a place gets it when opening a session failed."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcomes = await asyncio.gather(*(send(hop) for _ in range(4)))
        assert sorted(outcome.delivered for outcome in outcomes) == [False, False, True, True]

    with_hop({"greeting": [CLOSE, b"554 not today\r\n"]}, story, connections=1)


def test_a_connection_carries_no_more_messages_than_allowed() -> None:
    """After its number of messages a connection is ended with QUIT."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        for _ in range(5):
            assert (await send(hop)).delivered
        assert len(fake.connections) == 3
        await fake.until("QUIT", 2)
        assert fake.connections[0].commands.count(b"DATA") == 2

    with_hop({}, story, messages=2)


def test_idle_connections_are_ended() -> None:
    """A connection that nobody used for its time is ended with QUIT and no longer counted."""
    now = [1000.0]
    clock = Clock(monotonic=lambda: now[0])

    async def story(fake: FakeHop, hop: NextHop) -> None:
        await asyncio.gather(send(hop), send(hop))
        assert hop._pool._open == 2
        now[0] += 60
        await fake.until("QUIT", 2)
        assert hop._pool._open == 0
        assert (await send(hop)).delivered

    with_hop({}, story, timeouts=HopTimeouts(idle=0.05), clock=clock)


def test_close_ends_what_is_under_way() -> None:
    """After close nothing is delivered any more, and whoever waited is told so."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        tasks = [asyncio.ensure_future(send(hop)) for _ in range(3)]
        await fake.until("dot")
        await hop.close()
        outcomes = await asyncio.gather(*tasks)
        assert [outcome.delivered for outcome in outcomes] == [False] * 3
        assert [outcome.possible_duplicate for outcome in outcomes] == [True, False, False]
        assert (await send(hop, A)).reply == NEXT_HOP_DOWN

    with_hop({"dot": STALL}, story, connections=1)
