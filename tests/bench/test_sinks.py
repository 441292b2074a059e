"""Our own sink takes what it is given, and counts it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import cast

import pytest

from bench import generator, mix, sinks
from bench.own_sink import Session, Taken

REAL = mix.made_up(1, 20)
MAIL = b"X-Load-Token: 0af\r\nSubject: x\r\n\r\n..\r\n.x\r\n.\r\n"
DIALOGUE = (
    b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\n" + MAIL + b"MAIL FROM:<>\r\nDATA\r\n.\r\nXREPORT\r\nQUIT\r\n"
)


class Wire:
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        self.said = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        """Keep it."""
        self.said += data

    def close(self) -> None:
        """The session is over."""
        self.closed = True


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 1000])
def test_session(size: int) -> None:
    """The same answers and counts however the octets arrive; final dots are found across pieces."""
    wire, taken = Wire(), Taken(tokens={})
    session = Session(taken)
    session.connection_made(cast(asyncio.Transport, wire))
    for at in range(0, len(DIALOGUE), size):
        session.data_received(DIALOGUE[at : at + size])
    codes = [line[:3] for line in wire.said.split(b"\r\n") if line[3:4] == b" "]
    report = next(line for line in wire.said.split(b"\r\n") if b"{" in line)
    assert codes == [b"220", b"250", b"250", b"250", b"354", b"250", b"250", b"354", b"250", b"250", b"221"]
    assert json.loads(report[4:]) == {"mails": 2, "size": len(MAIL) - 3, "tokens": {"0af": 1, "": 1}}
    assert wire.closed


def test_own_sink_counts() -> None:
    """Every mail once, by its token."""
    mails = [*mix.make(REAL, 20, 1), *mix.make(REAL, 1, 2, kind=mix.Kind.LARGE)]
    with sinks.OwnSink(keep=True) as sink:
        outcome = generator.send(mails, sink.port, connections=4, deadline=20.0)
        assert outcome.classes == {"2xx": 21}
        assert sink.taken() == 21
        assert sink.tokens() == Counter(mail.token for mail in mails)


def test_own_sink_without_tokens() -> None:
    """It is told beforehand whether to keep them."""
    with pytest.raises(ValueError, match="keeps nothing"):
        sinks.OwnSink().tokens()
