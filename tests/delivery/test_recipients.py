"""Asking the next hop whether it knows a recipient: what is said to it, what its answers mean, what is remembered."""

from __future__ import annotations

import asyncio

import pytest

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts
from bartizan.delivery.pool import HopPool
from bartizan.delivery.recipients import AT_ONCE, MOST_RECIPIENTS, MOST_WAITING, KnownRecipients
from bartizan.model.clock import Clock
from bartizan.model.reply import NEXT_HOP_DOWN, NEXT_HOP_REFUSES_US, Reply
from delivery.fake_nexthop import CLOSE, EHLO_PLAIN, RESET, STALL, FakeHop, Step
from delivery.running import in_a_loop

EHLO_UTF8 = b"250-hop.example\r\n250-PIPELINING\r\n250 SMTPUTF8\r\n"
UNKNOWN = b"550 5.1.1 no such user, says the hop\r\n"
REFUSED = Reply(550, "5.1.1", "Refused by the destination")


def hop_at(port: int, **words: object) -> NextHop:
    """A client of the fake."""
    return NextHop("127.0.0.1", port, hostname="mx.example", **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("ehlo", [EHLO_UTF8, EHLO_PLAIN])
@in_a_loop
async def test_what_is_said(ehlo: bytes) -> None:
    """MAIL from nobody, RCPT, RSET, never DATA; the session is used again."""
    async with FakeHop({"EHLO": ehlo, "RCPT": [b"250 ok\r\n", UNKNOWN]}) as fake:
        hop = hop_at(fake.port)
        assert await hop.known("a@d.example") is None
        assert await hop.known("b@d.example") == REFUSED
        await hop.close()
    assert fake.commands[:4] == [b"EHLO mx.example", b"MAIL FROM:<>", b"RCPT TO:<a@d.example>", b"RSET"]
    assert fake.verbs == ["EHLO", *["MAIL", "RCPT", "RSET"] * 2, "QUIT"]
    assert len(fake.connections) == 1


@pytest.mark.parametrize(
    ("script", "reply"),
    [
        ({"RCPT": b"251 will forward\r\n"}, None),
        ({"RCPT": UNKNOWN}, REFUSED),
        ({"RCPT": b"553 no\r\n"}, Reply(553, "5.0.0", "Refused by the destination")),
        ({"RCPT": b"550 5.7.1 bounces are not for lists\r\n"}, None),
        ({"RCPT": b"452 4.2.2 full\r\n"}, Reply(451, "4.2.2", "Deferred by the destination, try again later")),
        ({"RCPT": b"530 5.7.0 log in\r\n"}, NEXT_HOP_REFUSES_US),
        ({"RCPT": b"530 log in\r\n"}, NEXT_HOP_REFUSES_US),
        ({"RCPT": b"503 what\r\n"}, NEXT_HOP_REFUSES_US),
        ({"RCPT": b"221 bye\r\n"}, NEXT_HOP_DOWN),
        ({"RCPT": b"354 what\r\n"}, NEXT_HOP_DOWN),
        ({"RCPT": b"421 closing\r\n"}, NEXT_HOP_DOWN),
        ({"RCPT": b"nonsense\r\n"}, NEXT_HOP_DOWN),
        ({"MAIL": b"550 5.1.1 no null sender here\r\n", "RCPT": b"503 first MAIL\r\n"}, NEXT_HOP_REFUSES_US),
        ({"MAIL": b"450 later\r\n", "RCPT": b"503 first MAIL\r\n"}, NEXT_HOP_REFUSES_US),
        ({"MAIL": CLOSE}, NEXT_HOP_DOWN),
        ({"RCPT": RESET}, NEXT_HOP_DOWN),
        ({"RCPT": STALL}, NEXT_HOP_DOWN),
        ({"greeting": b"554 go away\r\n"}, NEXT_HOP_DOWN),
        ({"RSET": CLOSE, "RCPT": UNKNOWN}, REFUSED),
        ({"RSET": b"500 what\r\n"}, None),
    ],
)
@pytest.mark.parametrize("ehlo", [EHLO_UTF8, EHLO_PLAIN])
@in_a_loop
async def test_meaning(script: dict[str, Step], reply: Reply | None, ehlo: bytes) -> None:
    """Only a 5yz to RCPT that is about the recipient refuses it for good."""
    async with FakeHop({"EHLO": ehlo, **script}) as fake:
        hop = hop_at(fake.port, timeouts=HopTimeouts(command=0.2))
        assert await hop.known("a@d.example") == reply
        await hop.close()


@in_a_loop
async def test_unreachable() -> None:
    """Nobody there: unsure, and nobody tries again at once."""
    async with FakeHop() as fake:
        port = fake.port
    hop = hop_at(port)
    assert await hop.known("a@d.example") == NEXT_HOP_DOWN
    assert await hop.known("a@d.example") == NEXT_HOP_DOWN
    await hop.close()


@in_a_loop
async def test_a_kept_session_that_died() -> None:
    """The question is put once more on a new one."""
    async with FakeHop({"RSET": [b"250 ok\r\n", b"250 ok\r\n"], "MAIL": [b"250 ok\r\n", CLOSE, b"250 ok\r\n"]}) as fake:
        hop = hop_at(fake.port)
        assert await hop.known("a@d.example") is None
        assert await hop.known("b@d.example") is None
        await hop.close()
    assert len(fake.connections) == 2


@in_a_loop
async def test_internationalized() -> None:
    """SMTPUTF8 is said where it is offered; where it is not nobody can be asked, and the message gets the answer."""
    async with FakeHop({"EHLO": [EHLO_UTF8, EHLO_PLAIN], "RCPT": UNKNOWN}) as fake:
        for expected in (REFUSED, None):
            hop = hop_at(fake.port)
            assert await hop.known("ü@d.example") == expected
            await hop.close()
    assert [command for command in fake.commands if command.startswith(b"MAIL")] == [b"MAIL FROM:<> SMTPUTF8"]


@in_a_loop
async def test_remembered() -> None:
    """A yes for half an hour, a no for ten minutes, no answer for half a minute; without waiting."""
    now = [0.0]
    script = {"RCPT": [b"250 ok\r\n", UNKNOWN, b"450 later\r\n", b"250 ok\r\n", b"250 ok\r\n", UNKNOWN]}
    async with FakeHop(script) as fake:
        hop = hop_at(fake.port, clock=Clock(monotonic=lambda: now[0]))
        yes, no, unsure = "yes@d.example", "no@d.example", "unsure@d.example"
        assert await hop.known(yes) is None
        assert await hop.known(no) == REFUSED
        assert (await hop.known(unsure) or REFUSED).code == 451
        for recipient, expected in ((yes, None), ("no@D.Example", REFUSED)):
            work = hop.known(recipient)
            with pytest.raises(StopIteration) as end:
                work.send(None)
            assert end.value.value == expected
        now[0] = 30.0
        assert await hop.known(unsure) is None
        now[0] = 599.0
        assert await hop.known(no) == REFUSED
        now[0] = 600.0
        assert await hop.known(no) is None
        now[0] = 1799.0
        assert await hop.known(yes) is None
        assert fake.verbs.count("RCPT") == 5
        now[0] = 1800.0
        assert await hop.known(yes) == REFUSED
        await hop.close()


@in_a_loop
async def test_asked_once() -> None:
    """Everybody who asks meanwhile gets the one answer; one who goes away takes it from nobody."""
    async with FakeHop({"RCPT": UNKNOWN}) as fake:
        hop = hop_at(fake.port)
        waiting = [asyncio.create_task(hop.known("a@d.example")) for _ in range(20)]
        await fake.until("EHLO")
        waiting[0].cancel()
        assert await asyncio.gather(*waiting[1:]) == [REFUSED] * 19
        await hop.close()
    assert fake.verbs.count("RCPT") == 1


@in_a_loop
async def test_bounded() -> None:
    """So many at a time, so many waiting, so many remembered."""
    async with FakeHop({"RCPT": STALL}) as fake:
        hop = hop_at(fake.port)
        waiting = [asyncio.create_task(hop.known(f"{n}@d.example")) for n in range(MOST_WAITING)]
        await fake.until("RCPT", AT_ONCE)
        assert await hop.known("more@d.example") == NEXT_HOP_DOWN
        assert len(fake.connections) == AT_ONCE
        await hop.close()
        assert await asyncio.gather(*waiting) == [NEXT_HOP_DOWN] * MOST_WAITING


@in_a_loop
async def test_memory_is_bounded() -> None:
    """The oldest recipient is forgotten first."""
    known = KnownRecipients.__new__(KnownRecipients)
    known._known, known._clock = {}, Clock(monotonic=lambda: 0.0)
    for n in range(MOST_RECIPIENTS + 5):
        known._remember(f"{n}@d.example", None)
    assert len(known) == MOST_RECIPIENTS
    assert "4@d.example" not in known._known
    assert "5@d.example" in known._known


@in_a_loop
async def test_patience() -> None:
    """A question has an end, and so has its session."""
    async with FakeHop({"RCPT": STALL}) as fake:
        loop_hop = hop_at(fake.port)
        pool: HopPool = loop_hop._pool
        known = KnownRecipients(pool, HopTimeouts(), clock=Clock(monotonic=lambda: 0.0), patience=0.1)
        assert await known.known("a@d.example") == NEXT_HOP_DOWN
        assert pool._open == 0
        await loop_hop.close()
