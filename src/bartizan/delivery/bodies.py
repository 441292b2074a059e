"""Keep large bodies as files: bodies/xx/ID, each written once, synced with its directory, never changed.

In: an id and bytes. A file counts only when a row of the database says so; one without a row was left by a crash and is
removed at the next start, once it is old enough that no other process can be about to write its row.

Limits: ids are letters and digits (they become file names). Not here: when to use a file (sqlite_store).
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Container
from pathlib import Path

ORPHAN_SECONDS = 15 * 60.0
_PIECE = 1 << 20


class SyncFailed(OSError):
    """The kernel could not make something durable: nothing that was written lately may be trusted."""


class Bodies:
    """The folder of body files of one store; all processes share it."""

    def __init__(self, directory: Path) -> None:
        """`directory` is made when it is not there. Raises OSError."""
        self._directory = directory
        self._known: set[str] = set()
        make_directory(directory)

    def path(self, id: str) -> Path:
        """Where the body of `id` is."""
        if not id.isascii() or not id.isalnum():
            raise ValueError("not an id")
        return self._directory / id[-2:] / id

    def write(self, id: str, raw: bytes | memoryview) -> None:
        """Write the body of `id`; file and name are durable on return. Raises OSError, SyncFailed: nothing is left."""
        path = self.path(id)
        if path.parent.name not in self._known:
            make_directory(path.parent)
            sync_directory(self._directory)  # another process may have made it and not yet synced it
            self._known.add(path.parent.name)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            adopt(descriptor, path.parent)
            view = memoryview(raw)
            while view:
                view = view[os.write(descriptor, view[:_PIECE]) :]
            _sync(os.fdatasync, descriptor)
            sync_directory(path.parent)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(descriptor)

    def read(self, id: str) -> bytes:
        """The body of `id`. Raises OSError."""
        return self.path(id).read_bytes()

    def remove(self, ids: list[str]) -> None:
        """Delete bodies whose rows are gone; what cannot be deleted is an orphan for the next start."""
        for id in ids:
            try:
                self.path(id).unlink(missing_ok=True)
            except OSError:
                continue

    def sweep(self, known: Container[str], *, older_than: float = ORPHAN_SECONDS) -> int:
        """Delete every file that is not `known` and older than that many seconds; how many there were."""
        limit = time.time() - older_than
        removed = 0
        for file in self._directory.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # another process has removed it meanwhile
                if file.name not in known and file.stat().st_mtime < limit:
                    file.unlink()
                    removed += 1
        return removed


def make_directory(directory: Path) -> None:
    """Make a directory (mode 0700) and those above it durably, if they are not there. Raises OSError."""
    if directory.is_dir():
        return
    if not directory.parent.is_dir():
        make_directory(directory.parent)
    with contextlib.suppress(FileExistsError):
        directory.mkdir(0o700)
    adopt(directory, directory.parent)
    sync_directory(directory.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable. Raises SyncFailed, OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _sync(os.fsync, descriptor)
    finally:
        os.close(descriptor)


def adopt(file: int | Path, parent: Path) -> None:
    """Give what root has made to the owner of `parent`, so that an operator's command does not lock the gateway out."""
    if os.geteuid() == 0:
        owner = parent.stat()
        if owner.st_uid:
            os.chown(file, owner.st_uid, owner.st_gid)


def _sync(how: Callable[[int], None], descriptor: int) -> None:
    try:
        how(descriptor)
    except OSError as problem:
        raise SyncFailed(problem.errno, "sync failed") from problem
