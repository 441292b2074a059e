"""A connection to a next hop between its bytes, on a virtual clock: every wait has its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from smtpd.house import FakeTransport, VirtualLoop

import pytest

from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.session import HopSession


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """A loop whose time is ours."""
    loop = VirtualLoop()
    yield loop
    loop.close()


def again_and_again(loop: VirtualLoop, seconds: float, act: Callable[[], None]) -> None:
    """Do something every so many seconds."""

    def repeat() -> None:
        act()
        loop.call_later(seconds, repeat)

    loop.call_later(seconds, repeat)


def test_a_reply_that_drips(loop: VirtualLoop) -> None:
    """A next hop that sends an octet now and then has no more time for its reply than a silent one."""
    session = HopSession(loop)
    session.connection_made(FakeTransport(loop, session))
    began = loop.time()
    again_and_again(loop, 9.0, lambda: session.data_received(b"2" if session._parser.empty else b"50-x\r\n2"))
    with pytest.raises(HopFailure, match="no reply in time"):
        loop.run_until_complete(session.reply(60.0))
    assert loop.time() - began == pytest.approx(60.0)


def test_a_hop_that_reads_now_and_then(loop: VirtualLoop) -> None:
    """The same for one that makes room and takes it back before anything can be written."""
    session = HopSession(loop)
    session.connection_made(FakeTransport(loop, session))
    session.pause_writing()

    def flutter() -> None:
        session.resume_writing()
        session.pause_writing()

    began = loop.time()
    again_and_again(loop, 9.0, flutter)
    with pytest.raises(HopFailure, match="next hop does not read"):
        loop.run_until_complete(session.drain(60.0))
    assert loop.time() - began == pytest.approx(60.0)
