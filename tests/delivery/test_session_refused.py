"""A next hop that refuses our session with it, not the message: 451 (docs/decisions/0009)."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.delivery.nexthop import NextHop
from bartizan.model.reply import NEXT_HOP_REFUSES_US, Reply
from delivery.fake_nexthop import EHLO_PLAIN, FakeHop
from delivery.test_nexthop import A, B, send, with_hop

ANSWERS = {
    502: b"502 5.5.1 Command not implemented\r\n",
    503: b"503 5.5.1 Send hello first\r\n",
    504: b"504 5.5.4 Parameter not implemented\r\n",
    530: b"530 5.7.57 Client not authenticated to send mail\r\n",
    534: b"534 5.7.9 Authentication mechanism is too weak\r\n",
    535: b"535 5.7.8 Authentication credentials invalid\r\n",
    538: b"538 5.7.11 Encryption required\r\n",
    555: b"555 5.5.4 Unsupported option\r\n",
}


@pytest.mark.parametrize("ehlo", [None, EHLO_PLAIN], ids=["pipelined", "step by step"])
@pytest.mark.parametrize("recipients", [(A,), (A, B)], ids=["one", "two"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("code", ANSWERS)
def test_our_session_is_refused(code: int, verb: str, recipients: Any, ehlo: bytes | None) -> None:
    """451, no recipient is remembered, the answer is there for the log, and the next message has a new session."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop, *recipients)
        assert outcome.reply == NEXT_HOP_REFUSES_US
        assert (outcome.delivered, outcome.possible_duplicate) == (False, False)
        assert outcome.detail == f"{verb}: {ANSWERS[code].decode().strip()}"
        assert [hop.refused("s@example.org", one.address) for one in recipients] == [None] * len(recipients)
        assert fake.messages == []
        assert (await send(hop, *recipients)).delivered
        assert len(fake.connections) == 2

    with_hop({verb: [ANSWERS[code]], **({"EHLO": ehlo} if ehlo else {})}, story)


def test_one_recipient_refused_for_good_beside_it() -> None:
    """A refusal that says something of its recipient is remembered as ever, and only that one."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        outcome = await send(hop, A, B)
        assert outcome.reply == NEXT_HOP_REFUSES_US
        assert hop.refused("s@example.org", A.address) == Reply(550, "5.1.1", "Refused by the destination")
        assert hop.refused("s@example.org", B.address) is None

    with_hop({"RCPT": [b"550 5.1.1 no\r\n", ANSWERS[530]]}, story)


@pytest.mark.parametrize("code", ANSWERS)
def test_after_the_dot_it_is_about_the_message(code: int) -> None:
    """The next hop has seen the message: its code is ours."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        enhanced = ANSWERS[code].split()[1].decode()
        assert (await send(hop)).reply == Reply(code, enhanced, "Refused by the destination")

    with_hop({"dot": [ANSWERS[code]]}, story)


@pytest.mark.parametrize("answer", [b"500 5.5.2 Line too long\r\n", b"501 5.1.3 Bad address syntax\r\n"])
@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_what_may_be_about_an_address_keeps_its_code(verb: str, answer: bytes) -> None:
    """Such a message will never pass: its sender is told now."""

    async def story(fake: FakeHop, hop: NextHop) -> None:
        assert (await send(hop)).reply.code == int(answer[:3])

    with_hop({verb: [answer]}, story)
