"""What takes too long in a session: commands, message data, an answer; on a virtual clock."""

from __future__ import annotations

import asyncio
from smtpd.house import TO_DATA, VirtualLoop, rig_of

from bartizan.model.reply import TIMEOUT


def test_command_timeout_counts_commands(loop: VirtualLoop) -> None:
    """A client that sends octets but no commands is not kept."""
    rig = rig_of(loop)
    for _ in range(4):
        loop.sleep(70)
        rig.send(b"N")
    assert rig.read() == b""
    loop.sleep(25)
    assert rig.read() == TIMEOUT.encode()
    assert rig.transport.ended
    loop.sleep(6)
    assert rig.transport.closed
    assert rig.pipeline.reports[0].ended == "timeout"


def test_commands_keep_a_session(loop: VirtualLoop) -> None:
    """Every command starts the clock again."""
    rig = rig_of(loop)
    for _ in range(4):
        loop.sleep(299)
        assert rig.send(b"NOOP\r\n") == b"250 2.0.0 Done\r\n"
    assert not rig.transport.closed


def test_data_rate(loop: VirtualLoop) -> None:
    """After the grace the average counts, and only the average."""
    rig = rig_of(loop)
    rig.send(TO_DATA)
    rig.send(b"x" * 60_000)
    loop.sleep(119)
    assert rig.read() == b""
    loop.sleep(11)
    assert b"421 4.4.2 Data arrives too slowly" in rig.read()


def test_data_idle(loop: VirtualLoop) -> None:
    """However fast it was before, silence ends it."""
    rig = rig_of(loop)
    rig.send(TO_DATA)
    rig.send(b"x" * 1_000_000)
    loop.sleep(179)
    assert rig.read() == b""
    loop.sleep(2)
    assert rig.read() == TIMEOUT.encode()


def test_commit_that_takes_too_long(loop: VirtualLoop) -> None:
    """The client hears that the outcome is unknown; the commit goes on, and its answer goes nowhere."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    rig.send(b".\r\n")
    loop.sleep(571)
    assert rig.read().startswith(b"451 4.4.2 Delivery not confirmed")
    rig.pipeline.gate.set()
    loop.turn()
    assert rig.read() == b""
    assert len(rig.pipeline.accepted) == 1


def test_client_that_does_not_read(loop: VirtualLoop) -> None:
    """No more commands until the client reads its replies; not for ever."""
    rig = rig_of(loop)
    rig.session.pause_writing()
    assert rig.send(b"NOOP\r\nNOOP\r\n") == b""
    assert not rig.transport.reading
    rig.session.resume_writing()
    assert rig.read() == b"250 2.0.0 Done\r\n" * 2
    assert rig.transport.reading
    rig.session.pause_writing()
    rig.send(b"NOOP\r\n")
    loop.sleep(310)
    assert rig.transport.closed
