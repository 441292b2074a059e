"""What a listener may offer besides, in a whole gateway: CHUNKING, ETRN, recipients asked for at the next hop."""

from __future__ import annotations

from collections.abc import Callable

from bench.gateway import Gateway
from end_to_end.client import Client
from end_to_end.recorder import Recorder

LETTER = (
    b"From: a@sender.example\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nSubject: hello\r\n\r\n.\r\nQUIT\r\n.\r\nend"
)
OFFERED = (b"PIPELINING", b"8BITMIME", b"SIZE 0", b"ETRN")
LISTENER = """
esmtp = { chunking = true, etrn = true }
checks = { unknown_recipient = "reject", sender_domain = "off", null_mx = "off" }
"""


def answers(line: bytes) -> bytes | None:
    """One recipient does not exist."""
    return b"550 5.1.1 no such user" if b"<nobody@" in line else None


def test_chunks_go_on_with_data(start: Callable[..., Gateway]) -> None:
    """A message in chunks is relayed with DATA, its dots stuffed and its last line ended."""
    with Recorder(answers, OFFERED) as recorder:
        gateway = start(recorder.port, listener=LISTENER)
        with Client(gateway.port) as client:
            assert "CHUNKING" in client.extensions.split("\n")
            assert client.say(b"MAIL FROM:<a@sender.example>").code == 250
            assert client.say(b"RCPT TO:<b@here.example>").code == 250
            client.send(b"BDAT 90\r\n" + LETTER[:90] + b"BDAT %d LAST\r\n" % len(LETTER[90:]) + LETTER[90:])
            assert [client.answer().code, client.answer().code] == [250, 250]
            assert client.say(b"NOOP").code == 250
        [sent] = recorder.finished
    assert sent.message.endswith(LETTER + b"\r\n")
    assert sent.wire.endswith(b"\r\n\r\n..\r\nQUIT\r\n..\r\nend\r\n")


def test_the_next_hop_is_asked(start: Callable[..., Gateway]) -> None:
    """A recipient it does not know is refused at RCPT, once it was asked and never again; ETRN gets its answer."""
    with Recorder(answers, OFFERED) as recorder:
        gateway = start(recorder.port, listener=LISTENER)
        with Client(gateway.port) as client:
            assert "ETRN" in client.extensions.split("\n")
            assert client.say(b"ETRN here.example").code == 252
            assert client.say(b"MAIL FROM:<a@sender.example>").code == 250
            for _ in range(2):
                refused = client.say(b"RCPT TO:<nobody@here.example>")
                assert (refused.code, refused.text) == (550, "5.1.1 Refused by the destination")
            assert client.say(b"RCPT TO:<postmaster@here.example>").code == 250
            assert client.say(b"RCPT TO:<b@here.example>").code == 250
        lines = recorder.lines
        assert lines.count(b"RCPT TO:<nobody@here.example>") == lines.count(b"RCPT TO:<b@here.example>") == 1
        assert b"RCPT TO:<postmaster@here.example>" not in lines
        assert lines.count(b"MAIL FROM:<>") == 2
    refusals = [event for event in gateway.seen() if event["event"] == "refusal"]
    assert [(one["check"], one["detail"]) for one in refusals] == [
        ("unknown_recipient", "the next hop says 550 5.1.1")
    ] * 2
