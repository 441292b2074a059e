"""ETRN passed on to the next hop."""

from __future__ import annotations

import pytest

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts
from delivery.fake_nexthop import CLOSE, STALL, USUAL, FakeHop, Step
from delivery.running import in_a_loop

OFFERED = b"250-hop.example\r\n250 ETRN\r\n"


@pytest.fixture(autouse=True)
def usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """A next hop that knows ETRN."""
    monkeypatch.setitem(USUAL, "ETRN", b"250 2.0.0 secret words\r\n")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"250 ok\r\n", 250),
        (b"251 nothing\r\n", 251),
        (b"252 started\r\n", 252),
        (b"253 5 pending\r\n", 253),
        (b"458 unable\r\n", 458),
        (b"459 not allowed\r\n", 459),
        (b"500 what\r\n", 502),
        (b"501 syntax\r\n", 501),
        (b"502 no\r\n", 502),
        (b"450 later\r\n", 458),
        (b"550 no\r\n", 459),
        (b"421 closing\r\n", 458),
        (b"354 what\r\n", 458),
        (b"nonsense\r\n", 458),
        (CLOSE, 458),
        (STALL, 458),
    ],
)
@in_a_loop
async def test_answers(answer: Step, code: int) -> None:
    """The class of its reply is ours, the words are not."""
    async with FakeHop({"EHLO": OFFERED, "ETRN": answer}) as fake:
        hop = NextHop("127.0.0.1", fake.port, hostname="mx.example", timeouts=HopTimeouts(command=0.2))
        reply = await hop.etrn("@d.example")
        await hop.close()
    assert reply.code == code
    assert "secret" not in reply.text
    assert fake.commands[1] == b"ETRN @d.example"


@in_a_loop
async def test_not_offered() -> None:
    """A next hop that does not offer it is not asked."""
    async with FakeHop() as fake:
        hop = NextHop("127.0.0.1", fake.port, hostname="mx.example")
        assert (await hop.etrn("d.example")).code == 502
        await hop.close()
    assert fake.verbs == ["EHLO", "QUIT"]


@in_a_loop
async def test_never_written() -> None:
    """What is no node does not reach the next hop."""
    async with FakeHop({"EHLO": OFFERED}) as fake:
        hop = NextHop("127.0.0.1", fake.port, hostname="mx.example")
        for node in ("", "a b", "a\r\nQUIT", "a\n", "ü", "@@a", "x" * 300, "a;b"):
            assert (await hop.etrn(node)).code == 501
        await hop.close()
    assert fake.connections == []


@in_a_loop
async def test_unreachable() -> None:
    """Nobody there."""
    async with FakeHop() as fake:
        port = fake.port
    hop = NextHop("127.0.0.1", port, hostname="mx.example")
    assert (await hop.etrn("d.example")).code == 458
    await hop.close()
