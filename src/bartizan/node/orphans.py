"""Reap what process 1 inherits: in a container the supervisor is the parent of every orphan.

The children of a scanner that is killed become the supervisor's, and a zombie keeps its number until somebody waits for
it. Children that were started here are waited for by those who started them, at every tick; so only what is a zombie at
two looks in a row is nobody's. Not here: any process that is not number 1 (its orphans go to somebody else).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

LOOK_SECONDS = 5.0


class Orphans:
    """What is left behind, as process 1 sees it; in any other process nothing."""

    def __init__(self) -> None:
        self._parent = os.getpid()
        self._next_look = 0.0
        self._before: frozenset[int] = frozenset()

    def tick(self) -> None:
        """When it is time look, and reap what was a zombie at the last look too. A look that fails is repeated."""
        now = time.monotonic()
        if self._parent != 1 or now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        try:
            zombies = frozenset(_zombies(self._parent))
        except OSError:
            return
        for pid in zombies & self._before:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        self._before = zombies


def _zombies(parent: int) -> Iterator[int]:
    with os.scandir("/proc") as processes:
        for entry in processes:
            if entry.name.isdecimal():
                try:
                    with open(f"/proc/{entry.name}/stat", "rb") as file:
                        state, above = file.read().rpartition(b")")[2].split()[:2]
                except OSError:
                    continue
                if state == b"Z" and int(above) == parent:
                    yield int(entry.name)
