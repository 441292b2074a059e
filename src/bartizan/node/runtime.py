"""The private folder of one running gateway: sockets and copies of certificates, gone when it ends.

It lies in $RUNTIME_DIRECTORY (systemd makes it) or the system's folder for temporary files. A gateway that was killed
could not remove its own: so each holds a lock for as long as it lives, and the next one removes those nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

PREFIX = "bartizan-run-"
LOCK = "lock"
YOUNG = 60.0
"""Seconds that a folder may exist without its lock."""


class RuntimeDirectory:
    """A folder that others may pass through but not read; what is in it decides who may open it."""

    def __init__(self, parent: str | None = None) -> None:
        """Make it, and remove those of gateways that are dead. OSError."""
        home = parent or os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or tempfile.gettempdir()
        _sweep(Path(home))
        self.path = tempfile.mkdtemp(prefix=PREFIX, dir=home)
        lock = os.path.join(self.path, LOCK)
        self._lock = os.open(f"{lock}.new", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(f"{lock}.new", lock)  # nobody ever sees it unlocked
        os.chmod(self.path, 0o711)
        self._folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        fcntl.flock(
            self._folder, fcntl.LOCK_EX | fcntl.LOCK_NB
        )  # whoever cleans up by age leaves it alone (tmpfiles.d(5))

    def close(self) -> None:
        """Remove it with everything in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._folder)
        os.close(self._lock)


def _sweep(home: Path) -> None:
    for old in home.glob(f"{PREFIX}*"):
        with suppress(OSError):
            if old.lstat().st_uid == os.geteuid() and old.is_dir() and not old.is_symlink() and _dead(old):
                shutil.rmtree(old, ignore_errors=True)


def _dead(folder: Path) -> bool:
    """Nobody holds the lock of `folder`."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > YOUNG
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
