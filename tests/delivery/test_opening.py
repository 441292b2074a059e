"""Greeting, EHLO and TLS: what a session needs before the first message."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import Tls
from bartizan.model.reply import NEXT_HOP_DOWN
from delivery.fake_nexthop import CLOSE, PEM, FakeHop
from delivery.test_nexthop import send, with_hop

STARTTLS = b"250-x\r\n250-STARTTLS\r\n250 PIPELINING\r\n"
LOOPS = pytest.mark.parametrize("loop", [None, uvloop.new_event_loop])


def trusting() -> ssl.SSLContext:
    """A context that trusts the fake hop's certificate."""
    return ssl.create_default_context(cafile=str(PEM))


@LOOPS
@pytest.mark.parametrize("tls", ["may", "require"])
def test_tls(loop: Callable[[], asyncio.AbstractEventLoop] | None, tls: str) -> None:
    """The message goes over TLS, after a second EHLO whose answer alone counts."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        assert (await send(hop, raw=b"x" * 3_000_000)).delivered
        assert fake.connections[0].tls
        assert fake.verbs[:4] == ["EHLO", "STARTTLS", "EHLO", "MAIL"]
        assert hop.offer().smtputf8
        assert not hop.offer().pipelining

    script = {"EHLO": [STARTTLS, b"250-x\r\n250 SMTPUTF8\r\n"]}
    with_hop(script, story, loop=loop, tls=Tls(tls), tls_context=trusting())


@LOOPS
def test_may_goes_on_in_the_clear(loop: Callable[[], asyncio.AbstractEventLoop] | None) -> None:
    """Level may: no STARTTLS, a refused one, and a failed handshake all end in a message in the clear."""
    untrusting = ssl.create_default_context()

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).delivered
        assert not fake.connections[-1].tls

    for script in ({}, {"EHLO": STARTTLS, "STARTTLS": b"454 4.7.0 no\r\n"}, {"EHLO": STARTTLS}):
        with_hop(script, story, loop=loop, tls=Tls.MAY, tls_context=untrusting)


@LOOPS
def test_require_means_tls(loop: Callable[[], asyncio.AbstractEventLoop] | None) -> None:
    """Level require: no STARTTLS, a refused one, and a certificate that does not hold defer the message."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        assert "MAIL" not in fake.verbs
        assert len(fake.connections) == 1

    for script in ({}, {"EHLO": STARTTLS, "STARTTLS": b"454 4.7.0 no\r\n"}, {"EHLO": STARTTLS}):
        with_hop(script, story, loop=loop, tls=Tls.REQUIRE)


@pytest.mark.parametrize("tls", ["may", "require"])
@pytest.mark.parametrize("surplus", [b"250 x\r\n", b"x", b"\x16\x03\x01", b"250-x\r\n250 SMTPUTF8\r\n"])
def test_bytes_behind_the_reply_to_starttls_are_an_attack(tls: str, surplus: bytes) -> None:
    """Something in the clear behind the 220 ends the connection: no TLS, no message, no fallback."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        assert len(fake.connections) == 1
        assert fake.verbs == ["EHLO", "STARTTLS"]

    script = {"EHLO": STARTTLS, "STARTTLS": b"220 go\r\n" + surplus}
    with_hop(script, story, tls=Tls(tls), tls_context=trusting())


@pytest.mark.parametrize(
    "script",
    [
        {"greeting": b"554 5.7.1 no\r\n"},
        {"greeting": b"521 no mail here\r\n"},
        {"greeting": b"421 busy\r\n"},
        {"greeting": b"354 what\r\n"},
        {"greeting": b"250 hop.example\r\n"},
        {"greeting": b"SSH-2.0-x\r\n"},
        {"greeting": b"220 x\n"},
        {"greeting": b"220 x\r\n220 y\r\n"},
        {"EHLO": b"421 busy\r\n"},
        {"EHLO": b"450 busy\r\n"},
        {"EHLO": b"221 bye\r\n"},
        {"EHLO": b"500 what\r\n", "HELO": b"550 no\r\n"},
        {"EHLO": (b"500 what\r\n", CLOSE)},
    ],
)
def test_refusal_of_the_session_is_never_a_refusal_of_the_message(script: dict[str, Any]) -> None:
    """A next hop that does not want to talk to us defers the message, also when it says so with 5yz."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        await hop.probe()
        assert hop._pool._open == 0

    with_hop(script, story)


def test_nobody_listens() -> None:
    """A closed port defers the message."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        nobody = NextHop("127.0.0.1", 1, hostname="gate.example")
        outcome = await send(nobody)
        assert outcome.reply == NEXT_HOP_DOWN
        assert outcome.detail == "connect: ConnectionRefusedError"

    with_hop({}, story)


@pytest.mark.parametrize("hostname", ["", "a b", "a\r\nRSET", "ü.example", "<x>"])
def test_hostname_must_be_plain(hostname: str) -> None:
    """A host name that could not be said in EHLO is an error at start."""
    with pytest.raises(ValueError, match="hostname"):
        NextHop("127.0.0.1", 25, hostname=hostname)


@pytest.mark.parametrize(
    ("greeting", "ours"),
    [(b"220 GATE.example ESMTP\r\n", True), (b"220 other.example ESMTP gate.example\r\n", False), (b"220\r\n", False)],
)
def test_the_next_hop_is_ourselves(greeting: bytes, ours: bool) -> None:
    """It greets with our name: mail handed to it would come back."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop)
        assert outcome.delivered is not ours
        if ours:
            assert outcome.reply == NEXT_HOP_DOWN
            assert "our own name" in outcome.detail

    with_hop({"greeting": greeting}, story)
