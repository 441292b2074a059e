"""Scanners that are stopped or busy for ever: 451 or quarantine, never 250 and through, and others' mail goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bench.gateway import Gateway
from kill import family
from kill.deadly import Start, mail, send
from kill.family import SCANNER, ZYGOTE

HURRY = "[limits]\nsoft_seconds = 1.0\nhard_seconds = 3.0\n"


@contextmanager
def stopped(gateway: Gateway) -> Iterator[None]:
    """All scanners stand still inside."""
    assert gateway.process is not None
    end = time.monotonic() + 20
    while len((found := family.members(gateway.process.pid))[ZYGOTE]) < 2:
        assert time.monotonic() < end
    scanners = found[SCANNER]
    for scanner in scanners:
        family.kill(scanner, signal.SIGSTOP)
    try:
        yield
    finally:
        for scanner in scanners:
            family.kill(scanner, signal.SIGCONT)


def test_scanners_that_stand_still(start: Start) -> None:
    """No scanner takes the message: 451 when its time is over, nothing relayed; afterwards mail goes on."""
    gateway, recorder = start(more=HURRY)
    with stopped(gateway):
        began = time.monotonic()
        assert send(gateway, mail("hello", "waiting"), "waiting") == 451
        assert 2.5 < time.monotonic() - began < 15.0
        assert recorder.finished == []
    assert send(gateway, mail("hello", "later"), "later") == 250
    assert [t.sender for t in recorder.finished] == ["later@sender.example"]
    assert gateway.quarantine() == []


def test_a_scanner_that_is_busy_for_ever(start: Start) -> None:
    """Its message is held as `timeout` and the scanner replaced; meanwhile the other one serves everybody else."""
    gateway, recorder = start(more=HURRY)
    with ThreadPoolExecutor() as background:
        endless = background.submit(send, gateway, mail("hang", "endless"), "endless", "127.0.0.2")
        for number in range(20):
            assert send(gateway, mail("hello", f"good{number}"), f"good{number}") == 250
        assert endless.result() == 250
    (row,) = gateway.quarantine()
    assert (row["sender"], [finding["name"] for finding in row["findings"]]) == ("endless@sender.example", ["timeout"])
    assert len(recorder.finished) == 20
