"""Process 1 reaps what nobody else waits for, and survives a machine without descriptors."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from bartizan.node import orphans
from bartizan.node.orphans import Orphans


@pytest.fixture
def first(monkeypatch: pytest.MonkeyPatch) -> Orphans:
    """As process 1 sees them; every look is due."""
    monkeypatch.setattr(os, "getpid", lambda: 1)
    monkeypatch.setattr(orphans, "LOOK_SECONDS", 0.0)
    return Orphans()


@pytest.fixture
def zombie() -> Iterator[int]:
    """A child that ended and that nobody has waited for."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        yield process.pid


def found(monkeypatch: pytest.MonkeyPatch, answer: Callable[[int], list[int]]) -> None:
    """What a look finds."""
    monkeypatch.setattr(orphans, "_zombies", answer)


def test_what_is_a_zombie_twice_is_reaped(first: Orphans, zombie: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the first look somebody may still be about to wait for it."""
    found(monkeypatch, lambda _parent: [zombie])
    first.tick()
    assert os.path.exists(f"/proc/{zombie}")
    first.tick()
    assert not os.path.exists(f"/proc/{zombie}")


def test_a_look_that_fails_is_no_look(first: Orphans, monkeypatch: pytest.MonkeyPatch) -> None:
    """Process 1 takes everything with it when it dies: it must not die for want of a descriptor."""

    def full(_path: str) -> Iterator[os.DirEntry[str]]:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "scandir", full)
    first.tick()


def test_only_process_1_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The orphans of any other process go elsewhere."""

    def never(_parent: int) -> list[int]:
        raise AssertionError("looked")

    found(monkeypatch, never)
    Orphans().tick()
