"""SIGKILL of a random process at a random moment under load, again and again: nothing acknowledged is lost.

The rules are in oracle.py. Everything random comes from one seed, the moments also depend on the machine.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.delivery.store import Filter
from bench.gateway import Gateway
from bench.sink import free_port
from end_to_end.recorder import Recorder
from end_to_end.test_admin import recipients
from kill import family
from kill.family import ADMIN, CHILD, SCANNER, SMTPD, SPARE, SUPERVISOR, ZYGOTE, Member
from kill.letters import SPLIT_RULE
from kill.oracle import Delivered, Held, judge
from kill.sender import Crowd

SEED = 20261124
WORKERS = SCANNERS = 3
CLIENTS = 5
LONGEST_PAUSE = 0.3
MOST_DESCRIPTORS = 80
"""Of a supervisor after many restarts; each one that leaked would be far above it in a while."""
SECONDS = 30.0
WATCH = 0.3
"""Seconds that zygotes are watched for children before it is looked which zygotes there are."""
ROLES = (SMTPD,) * 5 + (SCANNER,) * 5 + (ZYGOTE,) * 3 + (CHILD,) * 10 + (ADMIN, SPARE, SUPERVISOR)
# Crashes are made by the test here: no peer is to be slowed for them.
MORE = (
    SPLIT_RULE
    + """
[restraint]
crash_cost = 0.1
breaker_peers = 1000

[admin]
address = "127.0.0.1:%d"
"""
)


@pytest.mark.kill
def test_nothing_acknowledged_is_lost(tmp_path: Path, rules_cache: Path, temporary: Path) -> None:
    """200 kills; about a minute and a half."""
    reign(tmp_path, rules_cache, temporary, 200)


@pytest.mark.torture
def test_nothing_acknowledged_is_lost_in_a_long_run(tmp_path: Path, rules_cache: Path, temporary: Path) -> None:
    """The same with 1,000 kills."""
    reign(tmp_path, rules_cache, temporary, 1000)


def reign(tmp_path: Path, rules_cache: Path, temporary: Path, kills: int) -> None:
    """Kill, look at what is left of processes and files, stop, and hold every mail against the oracle."""
    chance = random.Random(SEED)
    admin = free_port()
    gateway = Gateway(tmp_path / "gateway", 0, workers=WORKERS, scanners=SCANNERS, cache=rules_cache, more=MORE % admin)
    done: Counter[str] = Counter()
    plan = [ROLES[number % len(ROLES)] for number in range(kills)]
    chance.shuffle(plan)
    with Recorder() as recorder:
        gateway.relay_port = recorder.port
        gateway.__enter__()
        try:
            whole(gateway)
            seen: set[Member] = set()
            with Crowd(gateway.port, CLIENTS, f"k{kills}") as crowd:
                for role in plan:
                    before = crowd.taken
                    end = time.monotonic() + SECONDS
                    while not crowd.wait_for(before + 1, 0.2):
                        assert time.monotonic() < end, "nothing was taken"
                        revive(gateway, seen)
                    threading.Event().wait(chance.uniform(0.0, LONGEST_PAUSE))
                    done[strike(gateway, role, chance, seen)] += 1
                    revive(gateway, seen)
                end = time.monotonic() + SECONDS
                while crowd.finish(0.2) and time.monotonic() < end:
                    revive(gateway, seen)
                assert (crowd.failures, crowd.finish(0.0)) == ([], 0)
            seen |= everyone(gateway)
            now = whole(gateway)
            until_gone(seen - now)
            accounted_for(admin)
            assert open_descriptors(gateway) < MOST_DESCRIPTORS
            assert len(list(temporary.iterdir())) <= 2, "folders of dead gateways are left"
            seen |= now
            assert gateway.stop() == 0
            until_gone(seen)
            assert list(temporary.iterdir()) == []
        finally:
            gateway.stop()
    print(f"kills: {dict(done)}, mails: {len(crowd.stories)}, doubts: {sum(s.doubts for s in crowd.stories)}")
    delivered = [Delivered(t.sender, tuple(t.recipients), t.message) for t in recorder.finished]
    assert judge(crowd.stories, delivered, quarantined(gateway)) == []


def strike(gateway: Gateway, role: str, chance: random.Random, seen: set[Member]) -> str:
    """Kill one process of this role, wait for one if there is none; the role."""
    assert gateway.process is not None
    end = time.monotonic() + SECONDS
    while True:
        found = family.members(gateway.process.pid)
        seen.update(member for members in found.values() for member in members)
        end_of_watch = time.monotonic() + WATCH
        while role == CHILD and not found[CHILD] and time.monotonic() < end_of_watch:
            found[CHILD] = family.children(found[ZYGOTE])
        if found[role]:
            victim = chance.choice(sorted(found[role], key=lambda member: member.pid))
            if family.kill(victim):
                if role == SUPERVISOR:
                    gateway.process.wait()
                return role
        revive(gateway, seen)
        assert time.monotonic() < end, f"no {role} to kill"


def revive(gateway: Gateway, seen: set[Member]) -> None:
    """What a service manager does: when the gateway has ended, and all of it is gone, start it again.

    It ends when it is killed, and by itself when an smtpd does not come up while it starts.
    """
    assert gateway.process is not None
    if gateway.process.poll() is not None:
        until_gone(seen)
        gateway.__enter__()


def until_gone(seen: set[Member]) -> None:
    """Children end with their supervisor, by themselves; those that were just being started, when they come to it."""
    end = time.monotonic() + SECONDS
    while left := family.still_there(seen):
        assert time.monotonic() < end, f"orphans: {left}"


def accounted_for(admin: int) -> None:
    """Every recipient since the last start has a fate, also those whose smtpd was killed; none is still under way."""
    end = time.monotonic() + SECONDS
    while (known := recipients(admin))["in flight"] or known["missing"]:
        assert time.monotonic() < end, known
    assert known.keys() <= {"relayed", "quarantined", "deferred", "in flight", "missing"}


def whole(gateway: Gateway) -> set[Member]:
    """Wait until every process is there that should be, no more, and none of them a zombie; all of them."""
    assert gateway.process is not None
    expected = {SUPERVISOR: 1, SMTPD: WORKERS, SPARE: 1, ADMIN: 1, SCANNER: SCANNERS, ZYGOTE: SCANNERS, CHILD: 0}
    end = time.monotonic() + SECONDS
    while True:
        found = family.members(gateway.process.pid)
        alive = {member for members in found.values() for member in members}
        if all(len(found[role]) == count for role, count in expected.items()) and all(m.state != "Z" for m in alive):
            return alive
        assert time.monotonic() < end, f"not whole again: {found}"


def everyone(gateway: Gateway) -> set[Member]:
    """All processes of the gateway now."""
    assert gateway.process is not None
    return {member for members in family.members(gateway.process.pid).values() for member in members}


def open_descriptors(gateway: Gateway) -> int:
    """How many descriptors the supervisor holds; 0 where only root may look."""
    assert gateway.process is not None
    with suppress(PermissionError):
        return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))
    return 0


def quarantined(gateway: Gateway) -> Iterator[Held]:
    """Everything in the store of the stopped gateway."""
    store = SqliteStore(str(gateway.folder / "state"))
    try:
        for entry in store.entries(Filter(limit=1_000_000)):
            gaps = frozenset(finding.name for finding in entry.findings if finding.kind == "gap")
            recipients = tuple(recipient.address for recipient in entry.recipients)
            yield Held(entry.envelope.sender, recipients, entry.sha256, gaps)
    finally:
        store.close()
