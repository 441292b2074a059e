"""What one message costs on the first pass: lines and dots alone, its structure, and all that becomes a Message.

Mails are made up, of the kinds that a load test sends, so that the same is timed everywhere. What was read is compared
with what was made.
"""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan._core.stream import MessageStream, parse
from bartizan.message.parse import from_stream
from bartizan.model.limits import MIB
from bartizan.model.message import Message
from bench import mix, wire

ROUNDS = 5
MAILS = 200
CHUNK = 16_384
"""Octets that come with one read from a socket."""


@pytest.fixture(scope="module")
def mails() -> list[bytes]:
    """Text mails, every fifth with a second part: zip, script, HTML, base64 in turn."""
    made = mix.make(mix.made_up(1), MAILS, 1, 5, ["one two three"])
    return [mail.data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for mail in made]


def receive(wires: list[bytes]) -> list[MessageStream]:
    """Each as it arrives over a socket."""
    streams = []
    for data in wires:
        stream = MessageStream(None, max_bytes=50 * MIB)
        for at in range(0, len(data), CHUNK):
            stream.feed(data[at : at + CHUNK])
        streams.append(stream)
    return streams


def test_line_reader(benchmark: BenchmarkFixture) -> None:
    """10 MB as one part that is neither decoded nor text; every third line begins with a dot."""
    lines = b"\r\n".join(b"." * (number % 3 == 0) + b"x" * 74 for number in range(140_000))
    raw = b"Content-Type: application/octet-stream\r\n\r\n" + lines + b"\r\n"
    (stream,) = benchmark.pedantic(receive, ([wire.stuffed(raw)],), rounds=ROUNDS)
    assert stream.ended
    assert bytes(stream.raw) == raw


def test_receiving_mails(benchmark: BenchmarkFixture, mails: list[bytes]) -> None:
    """200 mails from the wire."""
    streams = benchmark.pedantic(receive, ([wire.stuffed(mail) for mail in mails],), rounds=ROUNDS)
    assert [bytes(stream.raw) for stream in streams] == mails
    assert sum(part.leaf for stream in streams for part in stream.parts) == MAILS + MAILS // 5


def test_structure(benchmark: BenchmarkFixture, mails: list[bytes]) -> None:
    """The MIME walk over 200 mails that are in memory."""

    def walk() -> list[list[tuple[str, bool]]]:
        return [[(part.path, part.leaf) for part in parse(mail).parts] for mail in mails]

    found = benchmark.pedantic(walk, rounds=ROUNDS)
    assert [found[0], found[4]] == [[("1", True)], [("", False), ("1", True), ("2", True)]]
    assert sum(map(len, found)) == MAILS + 2 * MAILS // 5


def test_messages(benchmark: BenchmarkFixture, mails: list[bytes]) -> None:
    """From finished streams to Message values: names decoded, parts and fields frozen."""
    streams = receive([wire.stuffed(mail) for mail in mails])

    def freeze() -> list[Message]:
        return [from_stream(stream, None) for stream in streams]

    found = benchmark.pedantic(freeze, rounds=ROUNDS)
    assert [message.parts[-1].names for message in found[4:20:5]] == [("invoice.zip",), ("invoice.vbs",), (), ()]
    assert all(message.findings == () for message in found)
