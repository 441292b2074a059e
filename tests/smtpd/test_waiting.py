"""A command that has to look something up: what is behind it waits, the rest of the server does not."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of
from typing import Any

import pytest

from bartizan.model.check import Check, Rulings
from bartizan.smtpd.office import Office
from bartizan.wall.visit import Found, Visit
from bartizan.wall.wall import Wall


class SlowWall(Wall):
    """Waits for a future at MAIL, then finds what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.waiting: asyncio.Future[list[Found]] | None = None
        self.cancelled = 0

    async def mail(self, visit: Visit, sender: str, rulings: Rulings) -> list[Found]:
        """Wait."""
        self.waiting = self.loop.create_future()
        try:
            return await self.waiting
        except asyncio.CancelledError:
            self.cancelled += 1
            raise


@pytest.fixture
def wall() -> SlowWall:
    """One."""
    return SlowWall()


@pytest.fixture
def rig(wall: SlowWall) -> Any:
    """A session whose MAIL waits, and that has said HELO."""
    loop = wall.loop
    pipeline = Pipeline(settings_of(denied_sender="reject"))
    office = Office(pipeline.settings, replace(pipeline.services(), wall=wall), loop)
    rig = Rig(loop, pipeline, office)
    rig.send(b"HELO c.example\r\n")
    yield rig
    rig.lose()
    loop.close()


MAIL = b"MAIL FROM:<a@b.example>\r\n"


def test_what_is_behind_waits(rig: Rig, wall: SlowWall) -> None:
    """Commands of the same packet and later ones are answered in their turn, once the look-up is done."""
    assert rig.send(MAIL + b"RCPT TO:<c@d.example>\r\n") == b""
    assert rig.send(b"DATA\r\n") == b""
    assert not rig.transport.reading
    assert wall.waiting is not None
    wall.waiting.set_result([])
    rig.loop.turn()
    assert rig.read().splitlines() == [
        b"250 2.1.0 Ok", b"250 2.1.5 Ok", b"354 End data with <CR><LF>.<CR><LF>",
    ]  # fmt: skip


def test_what_was_found_is_judged(rig: Rig, wall: SlowWall) -> None:
    """A refusal after the wait leaves no transaction behind."""
    rig.send(MAIL)
    assert wall.waiting is not None
    wall.waiting.set_result([Found(Check.DENIED_SENDER, "listed")])
    rig.loop.turn()
    assert rig.read() == b"550 5.7.1 Mail from this sender is not accepted\r\n"
    assert rig.send(b"RCPT TO:<c@d.example>\r\n").startswith(b"503 ")
    assert [refusal.check for refusal in rig.pipeline.refused] == [Check.DENIED_SENDER]


def test_failure_is_ours(rig: Rig, wall: SlowWall) -> None:
    """A look-up that breaks is answered 451, and the session goes on."""
    rig.send(MAIL)
    assert wall.waiting is not None
    wall.waiting.set_exception(RuntimeError("secret"))
    rig.loop.turn()
    assert rig.read() == b"451 4.3.0 Temporary failure, try again later\r\n"
    assert rig.send(b"NOOP\r\n") == b"250 2.0.0 Done\r\n"
    assert [where for where, _ in rig.pipeline.problems] == ["MAIL failed"]


@pytest.mark.parametrize("end", ["lose", "drain"])
def test_nobody_waits_any_more(rig: Rig, wall: SlowWall, end: str) -> None:
    """When the client is gone, or sent away, the look-up is given up and nothing more is answered."""
    rig.send(MAIL)
    if end == "lose":
        rig.lose()
    else:
        rig.session.leave_now()
        rig.loop.turn()
        assert rig.read().startswith(b"421 ")
    assert wall.cancelled == 1
    assert rig.read() == b""
    assert not rig.pipeline.problems


def test_drain_lets_a_transaction_begin(rig: Rig, wall: SlowWall) -> None:
    """A drain that begins meanwhile ends the session only once MAIL is answered and nothing is under way."""
    rig.send(MAIL)
    rig.office.draining = True
    rig.session.leave_if_idle()
    assert rig.read() == b""
    assert wall.waiting is not None
    wall.waiting.set_result([])
    rig.loop.turn()
    assert rig.read() == b"250 2.1.0 Ok\r\n"
    assert (
        rig.send(b"RSET\r\n")
        == b"250 2.0.0 Done\r\n421 4.3.2 Service closing transmission channel, try again later\r\n"
    )


def test_client_that_stops_sending_is_still_answered(rig: Rig, wall: SlowWall) -> None:
    """FIN during the wait: the reply goes out before the session ends."""
    rig.send(MAIL)
    rig.end()
    assert wall.waiting is not None
    wall.waiting.set_result([])
    rig.loop.turn()
    assert rig.read() == b"250 2.1.0 Ok\r\n"
    assert rig.transport.closed


def test_a_wait_without_end(rig: Rig) -> None:
    """A look-up that never ends is no reason to hold a client for ever."""
    rig.send(MAIL)
    rig.loop.sleep(600)
    assert rig.read().startswith(b"421 4.4.2")
