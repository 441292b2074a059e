"""Errors of ours while a message arrives: 451, told once, and its recipients are accounted for all the same."""

from __future__ import annotations

from collections.abc import Iterator
from smtpd.house import VirtualLoop

import pytest

from observe.counted import assert_quiet, fates
from observe.gate import Gate


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gateway that must be quiet at the end."""
    loop = VirtualLoop()
    gate = Gate(loop)
    yield gate
    loop.sleep(1000)
    assert_quiet(gate.meter)
    gate.close()
    loop.close()


def test_receiving_fails(gate: Gate) -> None:
    """An error of ours while data arrives: 451."""
    client = gate.client()
    client.begin("accept")
    reception = client.session._intake.reception
    assert reception is not None
    reception.stream = Broken()  # type: ignore[assignment]
    assert client.send(b"x\r\n").startswith(b"451")
    assert gate.problems == ["receiving failed"]
    assert fates(gate.meter) == {"deferred": 1}


@pytest.mark.parametrize("bug", ["size", "bare"])
def test_receiving_fails_at_the_dot(gate: Gate, bug: str) -> None:
    """An error of ours when the message is complete: 451 too, and nothing stays in flight."""
    client = gate.client()
    client.begin("accept", "quarantine")
    reception = client.session._intake.reception
    assert reception is not None
    reception.stream = BrokenAtTheEnd(bug)  # type: ignore[assignment]
    assert client.send(b"x\r\n.\r\n").startswith(b"451")
    assert gate.problems == ["receiving failed"]
    assert fates(gate.meter) == {"deferred": 2}
    assert client.transport.ended


class Broken:
    """A stream with a bug."""

    received = 7

    def feed(self, data: bytes) -> int:
        """Never works."""
        raise RuntimeError("a bug")


class BrokenAtTheEnd:
    """A stream that takes everything and then cannot say what it is."""

    received = 6
    too_big = line_too_long = False

    def __init__(self, bug: str) -> None:
        self._bug = bug

    def feed(self, data: bytes) -> int:
        """All of it is the message."""
        return len(data)

    def __getattr__(self, name: str) -> int:
        """One of its values cannot be had."""
        if name == self._bug:
            raise RuntimeError("a bug")
        return 0
