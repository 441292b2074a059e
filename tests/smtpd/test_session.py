"""A session between packets: time, back pressure, memory, commits; on a virtual clock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_network
from smtpd.house import FakeTransport, Pipeline, Rig, VirtualLoop, settings_of

import pytest

from bartizan.model.envelope import Direction
from bartizan.model.errors import PermanentError, TemporaryError
from bartizan.model.reply import INTERNAL, NEXT_HOP_DOWN, NO_SPACE, REJECTED, TIMEOUT
from bartizan.smtpd.office import Office
from bartizan.smtpd.session import Session

TO_DATA = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
GREETED = b"220 mx.example ESMTP\r\n"


@pytest.fixture(scope="module")
def loop() -> Iterator[VirtualLoop]:
    """One loop for the module."""
    loop = VirtualLoop()
    yield loop
    loop.close()


def rig_of(loop: VirtualLoop, **words: object) -> Rig:
    """A session that has said HELO."""
    rig = Rig(loop, Pipeline(settings_of(**words)))
    assert rig.read() == GREETED
    rig.send(b"HELO c\r\n")
    return rig


def test_one_write_for_each_packet(loop: VirtualLoop) -> None:
    """All replies to the commands of one packet leave together."""
    rig = rig_of(loop)
    before = rig.transport.writes
    rig.send(TO_DATA)
    rig.send(b"x\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nNOOP\r\n")
    assert rig.transport.writes == before + 2


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


def test_commit_waits(loop: VirtualLoop) -> None:
    """Commands behind the dot wait for the answer, and the kernel keeps what comes then."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    assert rig.send(b".\r\nNOOP\r\n") == b""
    assert rig.transport.reading
    assert rig.send(b"RSET\r\n") == b""
    assert not rig.transport.reading
    rig.pipeline.gate.set()
    loop.turn()
    assert rig.read() == b"250 2.0.0 Ok\r\n250 2.0.0 Done\r\n250 2.0.0 Done\r\n"
    assert rig.transport.reading


def test_commit_outlives_the_connection(loop: VirtualLoop) -> None:
    """A client that is gone after its dot does not undo the message; its octets are held until the end."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    rig.send(b"text\r\n.\r\n")
    rig.lose()
    assert rig.office.admission.sessions == 0
    assert rig.office.admission.octets == 9
    assert len(rig.office.tasks) == 1
    rig.pipeline.gate.set()
    loop.turn()
    assert [raw for _, raw in rig.pipeline.accepted] == [b"text\r\n"]
    assert rig.office.admission.octets == 0
    assert len(rig.office.tasks) == 0


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


@pytest.mark.parametrize(
    ("error", "answer"),
    [
        (TemporaryError("no route", NEXT_HOP_DOWN), NEXT_HOP_DOWN),
        (TemporaryError("disk"), INTERNAL),
        (PermanentError("no", REJECTED), REJECTED),
        (RuntimeError("secret"), INTERNAL),
        (asyncio.CancelledError(), None),
    ],
)
def test_errors_of_submit(loop: VirtualLoop, error: BaseException, answer: object) -> None:
    """Errors that carry a reply give it, others are 451; each is told once, and the session goes on."""
    rig = rig_of(loop)
    rig.pipeline.reply = error
    rig.send(TO_DATA)
    got = rig.send(b".\r\n")
    if answer is None:
        assert got.startswith(b"421 4.3.2 ")
        return
    assert got == answer.encode()  # type: ignore[attr-defined]
    assert [problem for _, problem in rig.pipeline.problems] == [error]
    assert rig.send(b"NOOP\r\n") == b"250 2.0.0 Done\r\n"


def test_errors_of_services(loop: VirtualLoop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails inside a verb is 451, and has changed nothing."""
    rig = rig_of(loop)

    def fail() -> str:
        raise ConnectionResetError("secret")

    monkeypatch.setattr(rig.pipeline, "new_id", fail)
    rig.office = Office(rig.pipeline.settings, rig.pipeline.services(), loop)
    rig = Rig(loop, rig.pipeline, rig.office)
    rig.read()
    rig.send(b"HELO c\r\n")
    assert rig.send(b"MAIL FROM:<a@b.example>\r\n") == INTERNAL.encode()
    assert rig.send(b"RCPT TO:<a@b.example>\r\n").startswith(b"503 ")
    assert len(rig.pipeline.problems) == 1


def test_a_failing_stream(loop: VirtualLoop) -> None:
    """A receiver that fails ends the session with 451: where the message ends is unknown."""

    class Broken:
        received = 0
        too_big = False

        def feed(self, data: bytes) -> int:
            raise RuntimeError("secret")

    pipeline = Pipeline(settings_of())
    services = pipeline.services()
    object.__setattr__(services, "new_stream", Broken)
    rig = Rig(loop, pipeline, Office(pipeline.settings, services, loop))
    rig.send(b"HELO c\r\n")
    rig.send(TO_DATA)
    assert rig.send(b"text") == INTERNAL.encode()
    assert rig.transport.ended
    assert rig.office.admission.octets == 0


def test_many_commands_take_turns(loop: VirtualLoop) -> None:
    """Thousands of commands in one packet do not keep others waiting, and all are answered."""
    rig = rig_of(loop, junk=100_000)
    before = rig.transport.writes
    rig.session.data_received(b"NOOP\r\n" * 1000)
    assert rig.read().count(b"\r\n") == 100
    assert not rig.transport.reading
    loop.turn(12)
    assert rig.read().count(b"\r\n") == 900
    assert rig.transport.reading
    assert rig.transport.writes == before + 10


def test_a_message_behind_a_large_group(loop: VirtualLoop) -> None:
    """DATA at the end of more commands than one turn takes: the message behind it is read."""
    rig = rig_of(loop)
    recipients = b"".join(b"RCPT TO:<c%d@d.example>\r\n" % number for number in range(1000))
    answer = rig.send(b"MAIL FROM:<a@b.example>\r\n" + recipients + b"DATA\r\n")
    loop.turn(20)
    answer += rig.read()
    assert (answer.count(b"250 2.1.5 "), answer.count(b"354 ")) == (1000, 1)
    assert rig.transport.reading
    assert rig.send(b"text\r\n.\r\n") == b"250 2.0.0 Ok\r\n"


def test_a_message_behind_a_commit(loop: VirtualLoop) -> None:
    """The next transaction up to DATA arrives while the last message is decided on: its message is read."""
    rig = rig_of(loop)
    rig.pipeline.gate = asyncio.Event()
    rig.send(TO_DATA)
    rig.send(b"one\r\n.\r\n")
    assert rig.send(TO_DATA) == b""
    assert not rig.transport.reading
    rig.pipeline.gate.set()
    loop.turn()
    assert rig.read().endswith(b"354 End data with <CR><LF>.<CR><LF>\r\n")
    assert rig.transport.reading
    assert rig.send(b"two\r\n.\r\n") == b"250 2.0.0 Ok\r\n"


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


def test_fin_in_a_command(loop: VirtualLoop) -> None:
    """Half a command will never be a whole one: no reason to wait. Whole ones are answered first."""
    rig = rig_of(loop)
    rig.send(b"QUI")
    rig.end()
    assert rig.transport.closed
    rig = rig_of(loop, junk=1000)
    rig.session.data_received(b"NOOP\r\n" * 150 + b"QUI")
    rig.end()
    assert rig.read().count(b"\r\n") == 150
    assert rig.transport.closed


def test_line_without_end(loop: VirtualLoop) -> None:
    """A command line of any length costs little memory, and ends the session after 64 KiB."""
    rig = rig_of(loop)
    for _ in range(16):
        assert rig.send(b"x" * 4096) == b""
        assert rig.session._lines.pending <= 4097
    assert rig.send(b"x" * 8192).startswith(b"500 5.5.2 ")
    assert rig.transport.ended


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


@pytest.mark.parametrize(
    ("peer", "recipients", "direction"),
    [
        ("192.0.2.1", ["a@ours.example"], Direction.INBOUND),
        ("10.0.0.1", ["a@ours.example", "postmaster"], Direction.INTERNAL),
        ("10.0.0.1", ["a@ours.example", "b@theirs.example"], Direction.OUTBOUND),
        ("::ffff:10.0.0.1", ["b@theirs.example"], Direction.OUTBOUND),
    ],
)
def test_direction(loop: VirtualLoop, peer: str, recipients: list[str], direction: Direction) -> None:
    """From outside it is inbound; from trusted peers it depends on where it goes."""
    pipeline = Pipeline(settings_of(recipient_domains=("ours.example",), trusted=(ip_network("10.0.0.0/8"),)))
    rig = Rig(loop, pipeline, peer=peer)
    rig.send(b"HELO c\r\nMAIL FROM:<>\r\n" + b"".join(b"RCPT TO:<%s>\r\n" % r.encode() for r in recipients))
    rig.send(b"DATA\r\n")
    rig.send(b".\r\n")
    assert pipeline.accepted[0][0].direction == direction


def test_trust_that_is_taken_away(loop: VirtualLoop) -> None:
    """A reload that trusts the peer no more holds for a session that is open, from its next MAIL on."""
    settings = settings_of(recipient_domains=("ours.example",), trusted=(ip_network("10.0.0.0/8"),))
    rig = Rig(loop, Pipeline(settings), peer="10.0.0.1")
    begin = b"RSET\r\nMAIL FROM:<a@ours.example>\r\n"
    recipient = b"RCPT TO:<b@theirs.example>\r\n"
    rig.send(b"HELO c\r\n" + begin)
    assert rig.send(recipient).startswith(b"250 2.1.5 ")
    rig.office.renew(settings_of(recipient_domains=("ours.example",)), rig.pipeline.services())
    assert rig.send(recipient).startswith(b"250 2.1.5 ")
    rig.send(begin)
    assert rig.send(recipient).startswith(b"550 5.7.1 ")
    rig.office.renew(settings, rig.pipeline.services())
    rig.send(begin)
    assert rig.send(recipient).startswith(b"250 2.1.5 ")


def test_envelope(loop: VirtualLoop) -> None:
    """The envelope says who, what and when."""
    rig = Rig(loop, Pipeline(settings_of()))
    rig.send(b"EHLO client.example\r\n")
    rig.send(b"MAIL FROM:<a@b.example> BODY=8BITMIME\r\nRCPT TO:<c@d.example>\r\nDATA\r\n")
    rig.send(b".\r\n")
    envelope = rig.pipeline.accepted[0][0]
    assert (envelope.id, envelope.helo, envelope.peer.address, envelope.peer.port) == (
        "id1",
        "client.example",
        "192.0.2.1",
        40000,
    )
    assert envelope.eight_bit
    assert envelope.received_at > 0
    assert (envelope.tls, envelope.authenticated) == ("", "")


def test_report(loop: VirtualLoop) -> None:
    """One report for each session."""
    rig = rig_of(loop)
    rig.send(TO_DATA)
    rig.send(b".\r\n")
    rig.send(b"NONSENSE\r\nQUIT\r\n")
    report = rig.pipeline.reports[0]
    assert (report.helo, report.messages, report.errors, report.ended) == ("c", 1, 1, "quit")


def test_the_connection_is_lost_before_the_greeting(loop: VirtualLoop) -> None:
    """Nothing is written to a client that is gone."""
    pipeline = Pipeline(settings_of())
    office = Office(pipeline.settings, pipeline.services(), loop)
    session = Session(office)
    transport = FakeTransport(loop, session)
    session.connection_made(transport)
    transport.close()
    loop.turn()
    assert transport.written == b""
    assert not office.sessions
