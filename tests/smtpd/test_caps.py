"""What sessions may use: how many there are, octets in flight, memory; and that all of it is given back."""

from __future__ import annotations

import asyncio
from smtpd.house import GREETED, TO_DATA, Pipeline, Rig, VirtualLoop, rig_of, settings_of

from bartizan.model.reply import NO_SPACE
from bartizan.smtpd.office import Office


def test_sessions_cap(loop: VirtualLoop) -> None:
    """Too many of one peer, then too many of all: told before the greeting; who leaves makes room."""
    pipeline = Pipeline(settings_of(sessions=3, sessions_per_peer=2))
    office = Office(pipeline.settings, pipeline.services(), loop)
    first = Rig(loop, pipeline, office)
    assert Rig(loop, pipeline, office).read() == GREETED
    refused = Rig(loop, pipeline, office)
    assert refused.read().startswith(b"421 4.7.0 Too many connections")
    assert refused.transport.closed
    assert Rig(loop, pipeline, office, peer="192.0.2.2").read() == GREETED
    assert Rig(loop, pipeline, office, peer="192.0.2.3").read().startswith(b"421 ")
    first.lose()
    assert Rig(loop, pipeline, office).read() == GREETED


def small_office(loop: VirtualLoop) -> tuple[Pipeline, Office]:
    """Messages of up to 750 octets, 1,500 in flight."""
    pipeline = Pipeline(settings_of(message_bytes=750, in_flight_bytes=1500, in_flight_bytes_per_peer=1))
    return pipeline, Office(pipeline.settings, pipeline.services(), loop)


def test_octets_in_flight(loop: VirtualLoop) -> None:
    """MAIL is refused while messages of others fill the room, counting what it declares; then there is room again."""
    pipeline, office = small_office(loop)
    pipeline.gate = asyncio.Event()
    one, two = Rig(loop, pipeline, office), Rig(loop, pipeline, office, peer="192.0.2.2")
    one.send(b"HELO c\r\n")
    two.send(b"EHLO c\r\n")
    one.send(TO_DATA)
    one.send(b"x" * 748 + b"\r\n.\r\n")
    assert two.send(b"MAIL FROM:<a@b.example> SIZE=750\r\n") == NO_SPACE.encode()
    assert two.send(b"MAIL FROM:<a@b.example> SIZE=747\r\n") == b"250 2.1.0 Ok\r\n"
    two.send(b"RSET\r\n")
    pipeline.gate.set()
    loop.turn()
    assert two.send(b"MAIL FROM:<a@b.example> SIZE=750\r\n") == b"250 2.1.0 Ok\r\n"


def test_octets_beyond_the_cap(loop: VirtualLoop) -> None:
    """A message that overflows the room while it arrives is broken off with 421, and what it held is free again."""
    pipeline, office = small_office(loop)
    rigs = [Rig(loop, pipeline, office, peer=f"192.0.2.{i}") for i in range(3)]
    for rig in rigs:
        rig.send(b"HELO c\r\n")
        rig.send(TO_DATA)
    assert rigs[0].send(b"x" * 740) == b""
    assert rigs[1].send(b"x" * 740) == b""
    assert rigs[2].send(b"x" * 740).startswith(b"421 4.3.2 ")
    assert office.admission.octets == 1480
    for rig in rigs[:2]:
        assert rig.send(b"\r\n.\r\n") == b"250 2.0.0 Ok\r\n"
    assert office.admission.octets == 0


def test_dropped_octets_are_not_in_flight(loop: VirtualLoop) -> None:
    """What is beyond the size limit is dropped, so it is not counted."""
    rig = rig_of(loop, message_bytes=1000)
    rig.send(TO_DATA)
    assert rig.send(b"x\r\n" * 333) == b""
    assert rig.office.admission.octets == 999
    assert rig.send(b"x\r\n" * 333) == b""
    assert rig.office.admission.octets == 0


def test_line_without_end(loop: VirtualLoop) -> None:
    """A command line of any length costs little memory, and ends the session after 64 KiB."""
    rig = rig_of(loop)
    for _ in range(16):
        assert rig.send(b"x" * 4096) == b""
        assert rig.session._lines.pending <= 12289
    assert rig.send(b"x" * 8192).startswith(b"500 5.5.2 ")
    assert rig.transport.ended


def test_nothing_is_left_behind(loop: VirtualLoop) -> None:
    """However a session ends, its counters go back to nothing."""
    pipeline = Pipeline(settings_of())
    office = Office(pipeline.settings, pipeline.services(), loop)
    for stop in (b"", b"HELO c\r\n", b"HELO c\r\nMAIL FROM:<>\r\n", b"HELO c\r\n" + TO_DATA):
        rig = Rig(loop, pipeline, office)
        rig.send(stop)
        if stop.endswith(b"DATA\r\n"):
            rig.send(b"text")
        rig.lose()
    assert (office.admission.sessions, office.admission.octets) == (0, 0)
    assert not office.admission._accounts
    assert not office.sessions
    assert [report.ended for report in pipeline.reports] == ["client"] * 4
