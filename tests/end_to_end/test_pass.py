"""What is clean arrives, byte for byte, with one Received line in front."""

from __future__ import annotations

import re

import pytest

from bench.gateway import Gateway
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

HEAD = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n"
RECEIVED = re.compile(rb"Received: [^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")

BODIES = {
    "plain": b"Hello,\r\n\r\nall is well.\r\n",
    "dots": b".\r\n..\r\n.a\r\n...\r\nend.\r\n.\r\n",
    "eight-bit": "Grüße, 你好\r\n".encode() + bytes(range(128, 256)) + b"\r\n",
    "controls": b"\x00\x01\x7f \x1b[31m\r\n",
    "long line": b"x" * 100_000 + b"\r\n",
    "blank lines": b"\r\n\r\n\r\n",
    "empty": b"",
    "trailing spaces": b"a \t\r\n \r\n",
    "one megabyte": b"0123456789abcdef" * 4 * 16384 + b"\r\n",
}


@pytest.mark.parametrize("name", BODIES)
def test_byte_exact(shared: tuple[Gateway, Recorder], name: str) -> None:
    """The next hop gets the message as it was sent, after exactly one new Received field."""
    gateway, recorder = shared
    raw = HEAD + b"X-Name: " + name.encode() + b"\r\n\r\n" + BODIES[name]
    answer = mail(gateway.port, raw)
    assert (answer.code, answer.text[:5]) == (250, "2.0.0")
    got = recorder.finished[-1].message
    received = RECEIVED.match(got)
    assert received
    assert got[received.end() :] == raw
    assert recorder.finished[-1].sender == "a@sender.example"
    assert recorder.finished[-1].recipients == ["b@here.example"]


def test_received_says_nothing_about_the_inside(shared: tuple[Gateway, Recorder]) -> None:
    """The Received field has no software name, version or path."""
    gateway, recorder = shared
    mail(gateway.port, HEAD + b"\r\nx\r\n")
    received = RECEIVED.match(recorder.finished[-1].message)
    assert received
    assert not re.search(rb"bartizan|python|aiosmtpd|[0-9]\.[0-9]\.[0-9][^.\d]*\(", received[0], re.IGNORECASE)


def test_several_mails_and_recipients_in_one_session(shared: tuple[Gateway, Recorder]) -> None:
    """A kept session carries one transaction after the other; all recipients go in one."""
    gateway, recorder = shared
    before = len(recorder.finished)
    with Client(gateway.port) as client:
        for number in range(5):
            raw = HEAD + b"X-Number: %d\r\n\r\nx\r\n" % number
            assert client.mail(raw, "", ("b@here.example", "c@here.example", "postmaster")).code == 250
    new = recorder.finished[before:]
    assert [(t.sender, t.recipients) for t in new] == [("", ["b@here.example", "c@here.example", "postmaster"])] * 5


def test_commands_in_the_same_packet_as_the_dot(shared: tuple[Gateway, Recorder]) -> None:
    """A group that starts right behind the final dot is answered like any other."""
    gateway, recorder = shared
    with Client(gateway.port) as client:
        group = b"MAIL FROM:<a@sender.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n"
        client.send(group)
        assert [client.answer().code for _ in range(3)] == [250, 250, 354]
        client.send(HEAD + b"\r\none\r\n.\r\n" + group)
        assert [client.answer().code for _ in range(4)] == [250, 250, 250, 354]
        client.send(HEAD + b"\r\ntwo\r\n.\r\nQUIT\r\n")
        assert [client.answer().code for _ in range(2)] == [250, 221]
    assert [t.message[-5:] for t in recorder.finished[-2:]] == [b"one\r\n", b"two\r\n"]


def test_one_event_for_each_message(shared: tuple[Gateway, Recorder]) -> None:
    """The event log names the message's sender, its verdict and its reply."""
    gateway, _ = shared
    mail(gateway.port, HEAD + b"\r\nx\r\n", sender="event@sender.example")
    told = [event for event in gateway.seen() if "event@sender.example" in str(event)]
    assert len(told) == 1


SMUGGLED = [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\r\n\x00.\r\n"]


@pytest.mark.parametrize("end", SMUGGLED)
def test_only_one_end_of_data(shared: tuple[Gateway, Recorder], end: bytes) -> None:
    """Nothing but CRLF.CRLF ends a message; a bare line end in one ends the session: no second one gets through."""
    gateway, recorder = shared
    before = len(recorder.transactions)
    inner = b"MAIL FROM:<evil@sender.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
    with Client(gateway.port) as client:
        for command, code in (
            (b"MAIL FROM:<a@sender.example>", 250),
            (b"RCPT TO:<b@here.example>", 250),
            (b"DATA", 354),
        ):
            assert client.say(command).code == code
        client.send(HEAD + b"\r\nx" + end + inner + b"\r\n.\r\n")
        answer = client.answer()
        if answer.code == 250:
            assert client.say(b"NOOP").code == 250
        else:
            with pytest.raises(ConnectionError):
                client.say(b"NOOP")
    new = recorder.transactions[before:]
    if b"\x00" in end:
        assert (answer.code, [t.sender for t in new]) == (250, ["a@sender.example"])
    else:
        assert (answer.code, new) == (550, [])
