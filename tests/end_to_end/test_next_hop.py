"""What the next hop says decides what the sender hears: nothing is promised that was not promised to us."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import wire
from bench.gateway import Gateway
from bench.sink import Sink, free_port, program
from end_to_end.client import Client, mail
from end_to_end.conftest import Start
from end_to_end.recorder import Recorder

RAW = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nx\r\n"
BAD = wire.with_part(RAW, wire.attachment("x.vbs", b"application/octet-stream", b"MsgBox 1\r\n"), b"=_x")


NO_SIGNS = str.maketrans(" .", "x-")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, rules_cache: Path) -> Iterator[Gateway]:
    """One gateway whose next hop comes and goes: each test starts its own at `relay_port`."""
    try:
        program("smtp-sink")
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    folder = tmp_path_factory.mktemp("kept")
    with Gateway(folder, free_port(), workers=1, scanners=1, cache=rules_cache) as gateway:
        yield gateway


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("-r", "MAIL"), 451),
        (("-r", "RCPT"), 451),
        (("-r", "DATA"), 451),
        (("-r", "."), 451),
        (("-f", "MAIL"), 500),
        (("-f", "RCPT"), 500),
        (("-f", "DATA"), 500),
        (("-f", "."), 500),
        (("-q", "CONNECT"), 451),
        (("-q", "MAIL"), 451),
        (("-q", "RCPT"), 451),
        (("-q", "DATA"), 451),
        (("-q", "."), 451),
        (("-Q", "CONNECT"), 451),
        (("-Q", "MAIL"), 451),
        (("-Q", "."), 451),
        (("-f", ".", "-B", "554 5.6.1 No such taste"), 554),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else str(value),
)
def test_refusal(kept: Gateway, options: tuple[str, ...], code: int) -> None:
    """4yz, silence and lost connections are 451, 5yz keeps its code; the reply says nothing of the next hop's words."""
    # Refusals are remembered by recipient: each case has one of its own.
    recipient = f"{'-'.join(options).lower().translate(NO_SIGNS)}@here.example"
    with Sink(options=options, port=kept.relay_port):
        answer = mail(kept.port, RAW, recipients=(recipient,))
    assert answer.code == code
    assert "Error" not in answer.text
    assert "taste" not in answer.text


def test_enhanced_code_is_passed_on(start: Start) -> None:
    """The enhanced code of a refusal is the next hop's."""
    with Recorder(lambda line: b"552 5.2.2 Mailbox of Bob is full" if line == b"." else None) as recorder:
        answer = mail(start(recorder.port).port, RAW)
    assert (answer.code, answer.text[:5]) == (552, "5.2.2")
    assert "Bob" not in answer.text


def test_next_hop_down(start: Start) -> None:
    """Nobody listens: 451; and once somebody does, mail passes."""
    port = free_port()
    gateway = start(port)
    answer = mail(gateway.port, RAW)
    assert (answer.code, answer.text[:5]) == (451, "4.4.1")


def test_bad_mail_needs_no_next_hop(start: Start) -> None:
    """What is only quarantined is taken though the next hop is down."""
    gateway = start(free_port())
    assert mail(gateway.port, BAD).code == 250
    assert len(gateway.quarantine()) == 1


def test_some_recipients_refused(start: Start) -> None:
    """One of two recipients is refused: nothing is sent, 451; at the next try the refused one is told at RCPT."""

    def no_bob(line: bytes) -> bytes | None:
        return b"550 5.1.1 No Bob here" if line.startswith(b"RCPT TO:<bob@") else None

    with Recorder(no_bob) as recorder:
        gateway = start(recorder.port)
        first = mail(gateway.port, RAW, recipients=("alice@here.example", "bob@here.example"))
        assert (first.code, recorder.finished) == (451, [])
        with Client(gateway.port) as client:
            assert client.say(b"MAIL FROM:<a@sender.example>").code == 250
            assert client.say(b"RCPT TO:<alice@here.example>").code == 250
            refused = client.say(b"RCPT TO:<bob@here.example>")
            assert (refused.code, refused.text[:5]) == (550, "5.1.1")
            assert client.say(b"DATA").code == 354
            client.send(RAW + b".\r\n")
            assert client.answer().code == 250
        assert [t.recipients for t in recorder.finished] == [["alice@here.example"]]


SPLIT = """
[policy]
default = "accept"

[[rule]]
name = "hold for bob"
who = { recipient = "bob@here.example" }
action = "quarantine"
"""


@pytest.mark.parametrize(
    ("at_dot", "code", "delivered", "held"),
    [(None, 250, 1, 1), (b"451 4.3.0 later", 451, 0, 0), (b"", 451, 0, 0)],
    ids=["taken", "refused for now", "connection lost"],
)
def test_split_verdict(start: Start, at_dot: bytes | None, code: int, delivered: int, held: int) -> None:
    """Alice's copy passes and Bob's is held, or neither is: one reply, nothing double."""
    with Recorder(lambda line: at_dot if line == b"." else None) as recorder:
        gateway = start(recorder.port, more=SPLIT)
        answer = mail(gateway.port, RAW, recipients=("alice@here.example", "bob@here.example"))
        assert answer.code == code
        assert [t.recipients for t in recorder.finished] == [["alice@here.example"]] * delivered
        rows = gateway.quarantine()
        assert len(rows) == held
        assert all("bob@here.example" in str(row) and "alice@" not in str(row) for row in rows)


def test_extensions_are_the_next_hops(start: Start) -> None:
    """8BITMIME and SMTPUTF8 are offered only as far as the next hop offers them."""
    with Recorder(extensions=(b"PIPELINING",)) as recorder:
        gateway = start(recorder.port)
        mail(gateway.port, RAW)
        with Client(gateway.port) as client:
            offered = client.extensions.upper()
    assert ("8BITMIME" in offered, "SMTPUTF8" in offered, "PIPELINING" in offered) == (False, False, True)


def test_a_stop_is_clean(start: Start) -> None:
    """SIGTERM ends the gateway with exit code 0."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert mail(gateway.port, RAW).code == 250
        assert gateway.stop() == 0


def test_a_next_hop_that_says_nothing_does_not_keep_mail_out(start: Start) -> None:
    """The gateway serves while its next hop accepts connections and never greets; bad mail is held all the same."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as silent:
        began = time.monotonic()
        gateway = start(silent.getsockname()[1])

        assert time.monotonic() - began < 20.0
        assert mail(gateway.port, BAD).code == 250
        assert len(gateway.quarantine()) == 1
