"""What was killed is back within a second, and who waited at its door is served."""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.gateway import Gateway
from end_to_end.client import Client
from end_to_end.recorder import Recorder
from kill import family
from kill.family import SCANNER, SMTPD, ZYGOTE, Member
from kill.letters import letter

TIMES = 7
MEDIAN = 1.0
START = 0.6
"""Seconds in which a Python process with the modules of an smtpd starts on a machine that is not busy otherwise; where
it takes longer now, everything may take longer in proportion."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, rules_cache: Path) -> Iterator[Gateway]:
    """One smtpd and one scanner, so that nobody stands in for the dead."""
    with Recorder() as recorder:
        folder = tmp_path_factory.mktemp("recovery")
        with Gateway(folder, recorder.port, workers=1, scanners=1, cache=rules_cache) as running:
            yield running


def the(gateway: Gateway, role: str) -> Member:
    """The only process of this role, once it is there."""
    assert gateway.process is not None
    end = time.monotonic() + 10
    while len(found := family.members(gateway.process.pid)[role]) != 1:
        assert time.monotonic() < end, f"{role}: {found}"
    return found[0]


def greeting(gateway: Gateway) -> None:
    """Connect and wait until an smtpd greets."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=20) as client:
        assert client.recv(4) == b"220 "


def measured(act: Callable[[], object], role: str) -> None:
    """Do it several times: it takes less than a second in most cases, and no time is out of all proportion."""
    times, starts = [], []
    for _ in range(TIMES):
        times.append(seconds_of(act))
        starts.append(
            seconds_of(lambda: subprocess.run([sys.executable, "-c", "import bartizan.node.smtpd"], check=True))
        )
    slowness = max(1.0, statistics.median(starts) / START)
    print(f"{role} back after {sorted(round(seconds, 2) for seconds in times)} s, machine slower by {slowness:.1f}")
    assert statistics.median(times) < MEDIAN * slowness
    assert max(times) < 5 * MEDIAN * slowness


def start() -> None:
    """Run a Python process that only imports what an smtpd does."""
    subprocess.run([sys.executable, "-c", "import bartizan.node.smtpd"], check=True)


def seconds_of(act: Callable[[], object]) -> float:
    """How long it takes."""
    began = time.monotonic()
    act()
    return time.monotonic() - began


def test_an_smtpd_is_back_within_a_second(gateway: Gateway) -> None:
    """From the kill to the greeting of a connection made right after it."""

    def act() -> None:
        assert family.kill(the(gateway, SMTPD))
        greeting(gateway)

    greeting(gateway)
    measured(act, SMTPD)


@pytest.mark.parametrize("role", [SCANNER, ZYGOTE])
def test_a_scanner_is_back_within_a_second(gateway: Gateway, role: str) -> None:
    """From the kill of a scanner, or of its zygote, to the 250 of a mail with a container sent right after it."""
    serial = iter(range(1000))
    with ExitStack() as stack:
        client = stack.enter_context(Client(gateway.port))

        def send() -> None:
            mail = next(mail for number in serial if (mail := letter(f"{role}-{number}")).kind == "zip")
            assert client.mail(mail.raw).code == 250

        def act() -> None:
            assert family.kill(the(gateway, role))
            send()

        send()
        measured(act, role)
    assert not [row for row in gateway.quarantine() if row["sender"].startswith("a@")]


def test_everybody_at_the_door_of_a_dead_smtpd_is_served(gateway: Gateway) -> None:
    """Connections that waited in its queue, with what they had sent, are its successor's."""
    smtpd = the(gateway, SMTPD)
    greeting(gateway)
    assert family.kill(smtpd, signal.SIGSTOP)
    end = time.monotonic() + 10
    while (now := family.look(smtpd.pid)) is not None and now.state != "T":
        assert time.monotonic() < end
        os.sched_yield()
    with ExitStack() as stack:
        waiting = [
            stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=20)) for _ in range(50)
        ]
        assert family.kill(smtpd)
        for client in waiting:
            assert client.recv(4) == b"220 "
