"""The rest of the protocol's points at which a next hop can be slow or go away; the others are in test_nexthop.py."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts, Tls
from bartizan.model.reply import NEXT_HOP_DOWN
from delivery.fake_nexthop import CLOSE, RESET, STALL, FakeHop
from delivery.test_nexthop import A, B, send, with_hop

SHORT = HopTimeouts(connect=2, tls=0.2, greeting=0.2, command=0.2, data=0.2, write=0.2, dot=0.2, reset=0.2, queue=0.5)
STARTTLS = b"250-x\r\n250-STARTTLS\r\n250 PIPELINING\r\n"
FAILURES = [CLOSE, RESET, STALL, (b"2", STALL), (b"250-", CLOSE), (b"\r\n", STALL)]
SECONDS = 5.0
"""A few of the short timeouts one after the other, on a busy machine."""


@pytest.mark.parametrize("failure", FAILURES, ids=str)
@pytest.mark.parametrize(
    "script", [{"EHLO": b"502 5.5.1 what\r\n", "HELO": None}, {"EHLO": STARTTLS, "STARTTLS": None}]
)
def test_opening_that_gets_stuck(script: dict[str, Any], failure: Any) -> None:
    """HELO and STARTTLS: 451 in time, nothing sent."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        began = time.monotonic()
        outcome = await send(hop)
        assert (outcome.reply, outcome.delivered, outcome.possible_duplicate) == (NEXT_HOP_DOWN, False, False)
        assert time.monotonic() - began < SECONDS
        assert "MAIL" not in fake.verbs

    stuck = {point: failure if step is None else step for point, step in script.items()}
    with_hop(stuck, story, timeouts=SHORT, tls=Tls.REQUIRE if "STARTTLS" in script else Tls.NONE)


@pytest.mark.parametrize("after", [(b"220 go\r\n", STALL), (b"220 go\r\n", CLOSE), (b"220 go\r\n", RESET)], ids=str)
def test_handshake_that_gets_stuck(after: Any) -> None:
    """TLS was promised and does not come up: 451 in time, nothing sent in the clear."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        began = time.monotonic()
        assert (await send(hop)).reply == NEXT_HOP_DOWN
        assert time.monotonic() - began < SECONDS
        assert "MAIL" not in fake.verbs

    with_hop({"EHLO": STARTTLS, "STARTTLS": after}, story, timeouts=SHORT, tls=Tls.REQUIRE)


@pytest.mark.parametrize("failure", FAILURES, ids=str)
def test_reset_that_gets_stuck(failure: Any) -> None:
    """What follows a refusal does not change it, nor does it disturb the next message."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        began = time.monotonic()
        assert (await send(hop, A, B)).reply.code == 550
        assert (await send(hop)).delivered
        assert time.monotonic() - began < SECONDS

    no = b"550 5.1.1 no\r\n"
    with_hop({"RCPT": [no, no], "RSET": [failure]}, story, timeouts=SHORT)


@pytest.mark.parametrize("failure", [CLOSE, RESET, STALL], ids=str)
def test_goodbye_that_gets_stuck(failure: Any) -> None:
    """Nobody waits for the answer to QUIT."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        for _ in range(3):
            assert (await send(hop)).delivered
        assert len(fake.connections) == 3

    began = time.monotonic()
    with_hop({"QUIT": failure}, story, timeouts=SHORT, messages=1)
    assert time.monotonic() - began < SECONDS
