"""Tell which processes are alive that share a store, so that only the dead one's unfinished business is finished.

Each store that is open holds a lock on its own file writers/TOKEN. The kernel lets go of it when the process ends,
however it ends: who can be locked is dead. Opening a store (and looking for the dead) happens one process at a time,
under the lock of the file `lock`. Works for processes on one machine, also in different process namespaces.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from bartizan.delivery.bodies import adopt, make_directory


class Owner:
    """One open store: `token` names it for as long as the process lives."""

    def __init__(self, directory: Path) -> None:
        """Make and lock writers/TOKEN in `directory`; call it inside `alone`. Raises OSError."""
        self._directory = directory / "writers"
        make_directory(self._directory)
        self.token = secrets.token_hex(8)
        self._descriptor = _open(self._directory / self.token)
        fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def bury(self) -> tuple[str, ...]:
        """Forget all dead owners; the tokens of those that are alive. Call it inside `alone`."""
        alive = []
        for file in sorted(self._directory.iterdir()):
            if file.name == self.token or _is_locked(file):
                alive.append(file.name)
            else:
                file.unlink(missing_ok=True)
        return tuple(alive)

    def close(self) -> None:
        """Give the token up."""
        with contextlib.suppress(OSError):
            (self._directory / self.token).unlink(missing_ok=True)
        os.close(self._descriptor)


@contextlib.contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Inside, no other process is opening the store in `directory`."""
    descriptor = _open(directory / "lock")
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    adopt(descriptor, path.parent)
    return descriptor


def _is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
