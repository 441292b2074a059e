"""The next hop client against a hop that does as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvloop

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts
from bartizan.delivery.outcome import Outcome
from bartizan.model.envelope import Envelope, Peer, Recipient
from bartizan.model.offer import Offer
from bartizan.model.reply import (
    ACCEPTED,
    BAD_ADDRESS,
    NEXT_HOP_DOWN,
    OUTCOME_UNKNOWN,
    RECIPIENT_RETRY,
    Reply,
)
from delivery.fake_nexthop import CLOSE, EHLO_PLAIN, RESET, STALL, FakeHop

SHORT = HopTimeouts(connect=2, greeting=0.1, command=0.1, data=0.1, write=0.1, dot=0.1, reset=0.1, queue=0.5)
HEAD = b"Received: from a ([192.0.2.1]) by b with ESMTP id X;\r\n Mon, 1 Jan 2024 00:00:00 +0000\r\n"
RAW = b"Subject: hi\r\n\r\n.dot\r\nend\r\n"
WIRE = HEAD + b"Subject: hi\r\n\r\n..dot\r\nend\r\n.\r\n"
A, B, C = (Recipient(f"{name}@example.net") for name in "abc")


def envelope(*recipients: Recipient, parameters: tuple[str, ...] = (), sender: str = "s@example.org") -> Envelope:
    """An envelope from `sender` to `recipients`."""
    return Envelope("ID1", Peer("192.0.2.1", 25), "a.example", sender, recipients or (A,), parameters)


def with_hop(
    script: dict[str, Any],
    story: Callable[[FakeHop, NextHop], Awaitable[Any]],
    *,
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
    **arguments: Any,
) -> Any:
    """Run `story` with a fake hop and a client for it."""

    async def run() -> Any:
        async with FakeHop(script) as fake:
            hop = NextHop("127.0.0.1", fake.port, hostname="gate.example", **arguments)
            try:
                return await asyncio.wait_for(story(fake, hop), 10)
            finally:
                await hop.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


async def send(hop: NextHop, *recipients: Recipient, raw: bytes = RAW, head: bytes = HEAD, **more: Any) -> Outcome:
    """Send one message to `recipients`, the whole envelope."""
    there = envelope(*recipients, **more)
    return await hop.send(there, there.recipients, head, raw)


@pytest.mark.parametrize("loop", [None, uvloop.new_event_loop])
@pytest.mark.parametrize("ehlo", [None, EHLO_PLAIN])
@pytest.mark.parametrize("recipients", [(A,), (A, B, C)])
def test_delivers(loop: Any, ehlo: bytes | None, recipients: tuple[Recipient, ...]) -> None:
    """A message arrives byte by byte, with and without PIPELINING, over one kept connection."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        for _ in range(3):
            outcome = await send(hop, *recipients)
            assert (outcome.reply, outcome.delivered, outcome.possible_duplicate) == (ACCEPTED, True, False)
            assert outcome.detail == "250 2.0.0 Ok: queued as 1234"
        assert len(fake.connections) == 1
        assert [taken.data for taken in fake.messages] == [WIRE] * 3
        assert [f"RCPT TO:<{r.address}>".encode() for r in recipients] == list(fake.messages[0].rcpt)

    with_hop({"EHLO": ehlo} if ehlo else {}, story, loop=loop)


def test_pipelines_one_recipient_in_one_write() -> None:
    """With PIPELINING offered, DATA is written before MAIL was answered."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        task = asyncio.ensure_future(send(hop))
        outcome = await task
        assert not outcome.delivered
        assert fake.verbs == ["EHLO", "MAIL"]  # the hop stalls at MAIL and reads no further

    with_hop({"MAIL": STALL}, story, timeouts=SHORT)


@pytest.mark.parametrize(
    ("verb", "answer", "reply"),
    [
        ("MAIL", b"550 5.7.1 go away\r\n", Reply(550, "5.7.1", "Refused by the destination")),
        ("MAIL", b"552 too big\r\n", Reply(552, "5.0.0", "Refused by the destination")),
        ("MAIL", b"452 4.3.1 full\r\n", Reply(451, "4.3.1", "Deferred by the destination, try again later")),
        ("MAIL", b"421 4.3.2 closing\r\n", NEXT_HOP_DOWN),
        ("MAIL", b"354 what\r\n", NEXT_HOP_DOWN),
        ("RCPT", b"550 5.1.1 no such user\r\n", Reply(550, "5.1.1", "Refused by the destination")),
        ("RCPT", b"550 4.1.1 mixed up\r\n", Reply(550, "5.1.1", "Refused by the destination")),
        ("RCPT", b"550-5.1.1 two\r\n550 5.1.1 lines\r\n", Reply(550, "5.1.1", "Refused by the destination")),
        ("RCPT", b"450 grey\r\n", Reply(451, "4.4.1", "Deferred by the destination, try again later")),
        ("RCPT", b"421 4.3.2 closing\r\n", NEXT_HOP_DOWN),
        ("RCPT", b"354 what\r\n", NEXT_HOP_DOWN),
        ("DATA", b"554 5.5.1 none\r\n", Reply(554, "5.5.1", "Refused by the destination")),
        ("DATA", b"451 4.3.0 later\r\n", Reply(451, "4.3.0", "Deferred by the destination, try again later")),
        ("DATA", b"250 2.0.0 Ok\r\n", NEXT_HOP_DOWN),
        ("dot", b"554 5.7.1 spam\r\n", Reply(554, "5.7.1", "Refused by the destination")),
        ("dot", b"451 4.7.1 greylisted\r\n", Reply(451, "4.7.1", "Deferred by the destination, try again later")),
        ("dot", b"421 4.3.2 closing\r\n", NEXT_HOP_DOWN),
        ("MAIL", b"220 hop.example ESMTP\r\n", NEXT_HOP_DOWN),
        ("RCPT", b"221 2.0.0 Bye\r\n", NEXT_HOP_DOWN),
        ("DATA", b"334 VXNlcm5hbWU6\r\n", NEXT_HOP_DOWN),
        ("dot", b"220 hop.example ESMTP\r\n", OUTCOME_UNKNOWN),
        ("dot", b"221 2.0.0 Bye\r\n", OUTCOME_UNKNOWN),
        ("dot", b"354 what\r\n", OUTCOME_UNKNOWN),
        ("dot", b"150 what\r\n", OUTCOME_UNKNOWN),
        ("dot", b"garbage\r\n", OUTCOME_UNKNOWN),
        ("dot", b"250-two\r\n550 codes\r\n", OUTCOME_UNKNOWN),
        ("dot", b"250 " + b"x" * 3000 + b"\r\n", OUTCOME_UNKNOWN),
        ("dot", b"250-x\r\n" * 200, OUTCOME_UNKNOWN),
    ],
)
@pytest.mark.parametrize("ehlo", [None, EHLO_PLAIN])
def test_maps_replies(verb: str, answer: bytes, reply: Reply, ehlo: bytes | None) -> None:
    """4yz is 451, 5yz keeps its code, nonsense is a broken next hop; and the next message is not disturbed."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop)
        assert reply == outcome.reply
        assert not outcome.delivered
        assert (reply is OUTCOME_UNKNOWN) == outcome.possible_duplicate
        assert (await send(hop)).delivered
        assert fake.messages[-1].data == WIRE

    with_hop({verb: [answer], "EHLO": ehlo or [b"250-x\r\n250 PIPELINING\r\n"]}, story)


POINTS = ["connect", "greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "dot"]


@pytest.mark.parametrize("failure", [CLOSE, RESET, STALL, (b"250-", CLOSE), (b"25", STALL), (b"\r\n", CLOSE)])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("recipients", [(A,), (A, B)])
def test_no_point_of_failure_gives_250(point: str, failure: Any, recipients: tuple[Recipient, ...]) -> None:
    """Whatever fails, and wherever, the reply is 451; only after the dot it is a possible duplicate."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop, *recipients)
        assert not outcome.delivered
        assert (OUTCOME_UNKNOWN if outcome.possible_duplicate else NEXT_HOP_DOWN) == outcome.reply
        assert outcome.possible_duplicate == (point in ("dot", "body"))
        assert fake.messages == []

    with_hop({point: failure}, story, timeouts=SHORT)


@pytest.mark.parametrize("point", POINTS[1:-1])
def test_early_250_is_never_believed(point: str) -> None:
    """A next hop that says 250 before our dot has not accepted the message, whatever it says it has."""
    usual = {"greeting": b"220 x\r\n", "EHLO": b"250-x\r\n250 PIPELINING\r\n", "DATA": b"354 go\r\n", "body": b""}
    script = {point: usual.get(point, b"250 ok\r\n") + b"250 ok\r\n" * 4, "dot": STALL}

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop, raw=b"x" * 70 + b"\r\n" + b"y" * 2_000_000)
        assert not outcome.delivered
        assert outcome.reply in (NEXT_HOP_DOWN, OUTCOME_UNKNOWN)

    with_hop(script, story, timeouts=SHORT)


@pytest.mark.parametrize("go_ahead", [b"354 go\r\n", b"554 5.5.1 no valid recipients\r\n"])
def test_refused_recipient_never_gets_a_dot(go_ahead: bytes) -> None:
    """A pipelined RCPT was refused and DATA was let through: the connection ends, and nothing follows DATA."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).reply.code == 550
        assert (await send(hop)).delivered
        assert fake.connections[0].data[1:] == []
        assert fake.connections[0].partial == b""
        if go_ahead.startswith(b"354"):
            assert [c.split()[0].decode() for c in fake.connections[0].commands] == ["EHLO", "MAIL", "RCPT", "DATA"]
            assert len(fake.connections) == 2
        else:
            assert b"RSET" in fake.connections[0].commands
            assert len(fake.connections) == 1

    with_hop({"RCPT": [b"550 5.1.1 no\r\n"], "DATA": [go_ahead]}, story)


@pytest.mark.parametrize("ehlo", [None, EHLO_PLAIN])
@pytest.mark.parametrize(
    ("answers", "code", "remembered"),
    [
        ((b"250 ok\r\n", b"550 5.1.1 no\r\n"), RECIPIENT_RETRY, [B]),
        ((b"250 ok\r\n", b"450 4.2.0 later\r\n"), RECIPIENT_RETRY, []),
        ((b"551 5.1.6 moved\r\n", b"550 5.1.1 no\r\n"), Reply(551, "5.1.6", "Refused by the destination"), []),
        (
            (b"550 5.1.1 no\r\n", b"450 4.2.0 later\r\n"),
            Reply(451, "4.2.0", "Deferred by the destination, try again later"),
            [A],
        ),
    ],
)
def test_some_recipients_refused(
    ehlo: bytes | None, answers: tuple[bytes, ...], code: Reply, remembered: list[Recipient]
) -> None:
    """Nothing is sent unless every recipient was accepted; what the sender could not be told is remembered."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop, A, B)
        assert code == outcome.reply
        assert not outcome.delivered
        assert "DATA" not in fake.verbs
        assert fake.verbs[-1] == "RSET"
        assert remembered == [r for r in (A, B) if hop.refused("s@example.org", r.address)]
        assert not any(hop.refused("other@example.org", r.address) for r in (A, B))
        assert (await send(hop, A)).delivered
        assert len(fake.connections) == 1

    with_hop({"RCPT": list(answers), **({"EHLO": ehlo} if ehlo else {})}, story)


def test_refusal_of_a_part_of_the_envelope_is_remembered() -> None:
    """A transaction for some of the envelope's recipients cannot tell the sender: what it learns is remembered."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await hop.send(envelope(A, B), (B,), HEAD, RAW)
        assert outcome.reply.code == 550
        assert Reply(550, "5.1.1", "Refused by the destination") == hop.refused("s@Example.org", "b@EXAMPLE.net")
        assert hop.refused("s@example.org", A.address) is None

    with_hop({"RCPT": [b"550 5.1.1 no\r\n"]}, story)


@pytest.mark.parametrize("ending", [CLOSE, RESET, (b"421 4.4.2 idle\r\n", CLOSE)])
def test_dead_kept_connection_is_replaced_once(ending: Any) -> None:
    """A kept connection that ends at its first command costs nothing; a new one that does is a failure."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        assert (await send(hop)).delivered
        assert len(fake.connections) == 2
        fake.script["MAIL"] = ending
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        assert len(fake.connections) == 3

    with_hop({"MAIL": [b"250 ok\r\n", ending]}, story)


def test_no_second_attempt_after_something_was_accepted() -> None:
    """A kept connection that dies after MAIL was accepted is not replaced, and never one that dies after the dot."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        assert (await send(hop)).delivered
        assert (await send(hop)).reply == OUTCOME_UNKNOWN
        assert len(fake.messages) == 2
        assert len(fake.connections) == 2

    ok = b"250 ok\r\n"
    with_hop({"RCPT": [ok, CLOSE], "dot": [ok, ok, RESET]}, story)


def test_connection_that_ended_while_idle_is_not_lent() -> None:
    """EOF between two messages is noticed before the next one."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        session = hop._pool._idle[0]
        await asyncio.wait_for(session.closed, 2)
        assert (await send(hop)).delivered
        assert len(fake.connections) == 2
        assert fake.verbs[: len(fake.connections[0].commands)].count("MAIL") == 1

    with_hop({"dot": [(b"250 ok\r\n", CLOSE)]}, story)


@pytest.mark.parametrize("address", ["a\r\nb@x", "a\nb@x", "a\0b@x", "a>b@x", "<a@x", 'a"b@x', "a b@x", "a@[x", ""])
def test_bad_address_writes_nothing(address: str) -> None:
    """An address that could end a command early is refused for good, and nothing is written."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop, A, Recipient(address))).reply == BAD_ADDRESS
        if address:
            assert (await send(hop, sender=address)).reply == BAD_ADDRESS
        assert fake.connections == []

    with_hop({}, story)


def test_passes_only_what_is_offered() -> None:
    """BODY, SMTPUTF8 and SIZE are written when given and offered; every other parameter is dropped."""
    given = ("BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "SIZE=1", "X=\r\nRSET")

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert Offer() == hop.offer()
        await hop.probe()
        assert Offer(True, True, True, True, 52428800) == hop.offer()
        assert (await send(hop, Recipient("ü@example.net", ("NOTIFY=NEVER",)), parameters=given)).delivered
        assert (await send(hop, sender="")).delivered
        size = len(HEAD) + len(RAW)
        assert f"MAIL FROM:<s@example.org> BODY=8BITMIME SMTPUTF8 SIZE={size}".encode() == fake.messages[0].mail
        assert ("RCPT TO:<ü@example.net>".encode(),) == fake.messages[0].rcpt
        assert f"MAIL FROM:<> SIZE={size}".encode() == fake.messages[1].mail

    with_hop({}, story)


def test_offers_nothing_after_helo() -> None:
    """A next hop without EHLO gets HELO, no parameters, and no internationalized address."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop, parameters=("BODY=8BITMIME", "SMTPUTF8"))).delivered
        assert fake.messages[0].mail == b"MAIL FROM:<s@example.org>"
        assert Offer() == hop.offer()
        outcome = await send(hop, Recipient("ü@example.net"), parameters=("SMTPUTF8",))
        assert (outcome.reply.code, outcome.reply.enhanced) == (553, "5.6.7")
        assert (await send(hop)).delivered
        assert len(fake.connections) == 1

    with_hop({"EHLO": b"502 5.5.1 what\r\n"}, story)


def test_large_message_in_slices() -> None:
    """A large message arrives whole and canonical, whatever its line ends are, and flow control is obeyed."""
    raw = b"Subject: x\r\n\r\n" + b".a\nb\rc\r\n" * 150_000 + b"z" * 600_000 + b"\r\n.end"

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop, raw=raw)).delivered
        body = b"Subject: x\r\n\r\n" + b"..a\r\nb c\r\n" * 150_000 + b"z" * 600_000 + b"\r\n..end\r\n.\r\n"
        assert HEAD + body == fake.messages[0].data

    with_hop({}, story)


def test_goodbye_right_behind_the_250_is_no_disorder() -> None:
    """A next hop that accepts a message and ends the connection in the same breath has accepted it."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        assert (await send(hop)).delivered
        assert len(fake.connections) == 2

    with_hop({"dot": [(b"250 ok\r\n421 4.3.2 going down\r\n", CLOSE)]}, story)


def test_cancelled_send_leaves_nothing_behind() -> None:
    """A send that is cancelled in the middle ends its connection and frees its place."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        task = asyncio.ensure_future(send(hop))
        await fake.until("dot")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert hop._pool._open == 0
        assert (await send(hop)).delivered

    with_hop({"dot": [STALL]}, story, connections=1)
