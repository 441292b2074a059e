"""A session between packets: replies and turns, what the envelope says, what is reported."""

from __future__ import annotations

from ipaddress import ip_network
from smtpd.house import TO_DATA, FakeTransport, Pipeline, Rig, VirtualLoop, rig_of, settings_of

import pytest

from bartizan.model.envelope import Direction
from bartizan.model.reply import INTERNAL
from bartizan.smtpd.office import Office
from bartizan.smtpd.session import Session


def test_one_write_for_each_packet(loop: VirtualLoop) -> None:
    """All replies to the commands of one packet leave together."""
    rig = rig_of(loop)
    before = rig.transport.writes
    rig.send(TO_DATA)
    rig.send(b"x\r\n.\r\nMAIL FROM:<>\r\nRSET\r\nNOOP\r\n")
    assert rig.transport.writes == before + 2


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


def test_size_switched_off_meanwhile(loop: VirtualLoop) -> None:
    """Who was offered SIZE may declare one until the next EHLO."""
    rig = Rig(loop, Pipeline(settings_of()))
    assert b"250-SIZE " in rig.send(b"EHLO c\r\n")
    rig.office.renew(settings_of(esmtp_size=False), rig.pipeline.services())
    assert rig.send(b"MAIL FROM:<a@b.example> SIZE=1\r\nRSET\r\n").startswith(b"250 2.1.0 ")
    assert b"SIZE" not in rig.send(b"EHLO c\r\n")
    assert rig.send(b"MAIL FROM:<a@b.example> SIZE=1\r\n") == b"555 5.5.4 Parameter not recognized\r\n"


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
