"""TLS towards the next hop: which certificates are good enough for which level, and what a handshake may not do."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import uvloop

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts, Tls
from bartizan.delivery.outcome import Outcome
from bartizan.model.reply import NEXT_HOP_DOWN
from delivery.certificates import self_signed
from delivery.fake_nexthop import CLOSE, PEM, RESET, STALL, FakeHop
from delivery.test_nexthop import send

OFFERED = {"EHLO": b"250-x\r\n250-STARTTLS\r\n250 PIPELINING\r\n"}
GO_AHEAD = b"220 2.0.0 Go ahead\r\n"
SHORT = HopTimeouts(connect=0.5, tls=0.5, greeting=0.5, command=0.5, data=0.5, dot=0.5)


def attempt(fake: FakeHop, host: str = "127.0.0.1", *, loop: Any = None, **arguments: Any) -> Outcome:
    """Send one message through the fake hop."""

    async def run() -> Outcome:
        async with fake:
            hop = NextHop(host, fake.port, hostname="gate.example", **arguments)
            try:
                return await asyncio.wait_for(send(hop), 10)
            finally:
                await hop.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(run())


def trusting(pem: Path) -> ssl.SSLContext:
    """What `require` uses, with one more root: checked in full."""
    return ssl.create_default_context(cafile=str(pem))


@pytest.mark.parametrize(
    ("names", "days", "host", "good"),
    [
        ("IP:127.0.0.1", 9, "127.0.0.1", True),
        ("DNS:localhost", 9, "localhost", True),
        ("DNS:localhost", 9, "127.0.0.1", False),
        ("DNS:127.0.0.1", 9, "127.0.0.1", False),
        ("DNS:other.example", 9, "localhost", False),
        ("DNS:*.localhost", 9, "localhost", False),
        ("IP:127.0.0.1", -1, "127.0.0.1", False),
    ],
)
def test_require_checks_name_and_date(tmp_path: Path, names: str, days: int, host: str, good: bool) -> None:
    """A certificate for another name, or an expired one, defers the message; nothing of it is sent."""
    pem = self_signed(tmp_path, names, days=days)
    fake = FakeHop(OFFERED, pem=pem)
    outcome = attempt(fake, host, tls=Tls.REQUIRE, tls_context=trusting(pem))
    assert outcome.delivered == good
    if good:
        assert fake.connections[0].tls
    else:
        assert outcome.reply == NEXT_HOP_DOWN
        assert outcome.detail == "TLS handshake failed: SSLCertVerificationError"
        assert "MAIL" not in fake.verbs
        assert len(fake.connections) == 1


@pytest.mark.parametrize(("names", "days"), [("DNS:other.example", 9), ("IP:127.0.0.1", -1)])
def test_may_takes_any_certificate(tmp_path: Path, names: str, days: int) -> None:
    """Unchecked TLS still keeps listeners out."""
    fake = FakeHop(OFFERED, pem=self_signed(tmp_path, names, days=days))
    assert attempt(fake, tls=Tls.MAY).delivered
    assert [seen.tls for seen in fake.connections] == [True]


def test_none_does_not_even_ask() -> None:
    """An offer is no reason."""
    fake = FakeHop(OFFERED)
    assert attempt(fake, tls=Tls.NONE).delivered
    assert "STARTTLS" not in fake.verbs


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
@pytest.mark.parametrize("tls", [Tls.MAY, Tls.REQUIRE])
def test_versions(version: ssl.TLSVersion, tls: Tls) -> None:
    """Both are spoken."""
    fake = FakeHop(OFFERED, version=version)
    assert attempt(fake, tls=tls, tls_context=trusting(PEM)).delivered
    assert fake.connections[0].tls


@pytest.mark.parametrize(
    "answer",
    [
        (GO_AHEAD, STALL),
        (GO_AHEAD, CLOSE),
        (GO_AHEAD, RESET),
        GO_AHEAD + b"250 2.0.0 Ok\r\n",
        b"250 2.0.0 Ok\r\n",
        b"354 Go ahead\r\n",
        b"220-two\r\n",
        b"454 4.7.0 not now\r\n",
        b"502 5.5.1 no\r\n",
    ],
)
@pytest.mark.parametrize("tls", [Tls.MAY, Tls.REQUIRE])
@pytest.mark.parametrize("loop", [None, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_a_handshake_that_does_not_come_up(answer: Any, tls: Tls, loop: Any) -> None:
    """With require the message waits; with may it is never sent over the connection where something was wrong."""
    fake = FakeHop({**OFFERED, "STARTTLS": [answer] * 2}, pem=PEM)
    outcome = attempt(fake, loop=loop, tls=tls, tls_context=trusting(PEM), timeouts=SHORT)
    assert outcome.delivered or outcome.reply == NEXT_HOP_DOWN
    assert not outcome.possible_duplicate
    if tls is Tls.REQUIRE:
        assert not outcome.delivered
        assert "MAIL" not in fake.verbs
    elif isinstance(answer, tuple):
        assert outcome.delivered
        assert b"MAIL" not in b" ".join(fake.connections[0].commands)


def test_what_was_offered_in_the_clear_is_forgotten() -> None:
    """A second EHLO that fails is no reason to believe the first one."""
    for second in (b"421 busy\r\n", b"550 no\r\n", (b"250-x\r\n", CLOSE)):
        fake = FakeHop({"EHLO": [OFFERED["EHLO"], second], "HELO": b"550 no\r\n"})
        outcome = attempt(fake, tls=Tls.REQUIRE, tls_context=trusting(PEM), timeouts=SHORT)
        assert outcome.reply == NEXT_HOP_DOWN
        assert "MAIL" not in fake.verbs
