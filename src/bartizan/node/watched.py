"""Map files that lists are read from: have they changed since the configuration was prepared?

Looked at every SECONDS. A file that is being written is given time: a change counts once two looks saw the same. What
is wrong with a new file is found out when the configuration is prepared anew, and the old lists stay then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

SECONDS = 1.0

_State = tuple[tuple[int, int, int, int] | None, ...]


class Watched:
    """Some files, as they are now."""

    def __init__(self, files: tuple[str, ...], now: Callable[[], float] = time.monotonic) -> None:
        self._files = files
        self._now = now
        self._known = self._seen = self._state()
        self._next = now() + SECONDS

    @property
    def files(self) -> tuple[str, ...]:
        """Which ones."""
        return self._files

    def changed(self) -> bool:
        """Are they others than before, and have they come to rest? Says so once for each change."""
        if not self._files or self._now() < self._next:
            return False
        self._next = self._now() + SECONDS
        state = self._state()
        settled = state == self._seen
        self._seen = state
        if not settled or state == self._known:
            return False
        self._known = state
        return True

    def _state(self) -> _State:
        return tuple(map(_identity, self._files))


def _identity(path: str) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns
