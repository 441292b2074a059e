"""What the second look at a message costs: its nodes, the readings of an odd one, and what stands inside other bytes.

Ordinary mails are those of test_message, and have one reading; the others are made to cost as much as they can.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.message.carve import pieces
from bartizan.message.containers import Containers, Member
from bartizan.message.hole import Hole
from bartizan.message.parse import from_bytes
from bartizan.message.readings import readings
from bartizan.message.walk import Walk
from bartizan.model.limits import MIB, Budget, Limits
from bench import mix

ROUNDS = 5
MAILS = 200
LIMITS = Limits()


@pytest.fixture(scope="module")
def mails() -> list[bytes]:
    """Text mails, every fifth with a second part: zip, script, HTML, base64 in turn."""
    made = mix.make(mix.made_up(1), MAILS, 1, 5, ["one two three"])
    return [mail.data.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for mail in made]


def nothing(
    type: str, data: bytes | memoryview, budget: Budget, *passwords: object
) -> Generator[Member | Hole, None, None]:
    """An empty container."""
    yield from ()


def walk(raw: bytes) -> Walk:
    """The nodes of a mail whose containers are empty."""
    containers = Containers(frozenset(("zip",)), nothing, lambda node: ())
    done = Walk(LIMITS, Budget(LIMITS, len(raw)), lambda node, data: (), containers, None)
    done.run(raw, stored=True)
    return done


def test_ordinary_mails(benchmark: BenchmarkFixture, mails: list[bytes]) -> None:
    """200 mails in which nothing is odd: their parts and no more."""
    walks = benchmark.pedantic(lambda: [walk(mail) for mail in mails], rounds=ROUNDS)
    assert sum(len(done.nodes) for done in walks) == 2 * MAILS + MAILS // 5
    assert all(not done.findings for done in walks)


def test_one_reading(benchmark: BenchmarkFixture, mails: list[bytes]) -> None:
    """That these mails have one reading."""
    messages = [from_bytes(mail, None, LIMITS, stored=True).message for mail in mails]
    found = benchmark.pedantic(lambda: [list(readings(message)) for message in messages], rounds=ROUNDS)
    assert found == [[]] * MAILS


def test_many_readings(benchmark: BenchmarkFixture) -> None:
    """4 MiB with a bare CR, of lines that are base64 but for a sign at their ends."""
    raw = b"From: a@example.org\rb\r\n\r\n" + b"QUJD!\r\n" * (4 * MIB // 7)
    message = from_bytes(raw, None, LIMITS, stored=True).message
    found = benchmark.pedantic(lambda: list(readings(message)), rounds=ROUNDS)
    texts = 2  # with the line of the bare CR, and without
    sizes = [len(reading.data) for reading in found if not isinstance(reading, Hole)]
    assert (sizes[0], len(sizes)) == (3 * (4 * MIB // 7), 1 + texts)


def test_constants(benchmark: BenchmarkFixture) -> None:
    """4 MiB of a script that spells out a text as numbers."""
    script = b"<script>var a=[" + b"65, " * MIB + b"66]"
    piece, *_ = benchmark.pedantic(lambda: list(pieces(script, "html")), rounds=ROUNDS)
    assert piece.data == b"A" * MIB + b"B"
