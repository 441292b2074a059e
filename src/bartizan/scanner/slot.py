"""The page that a scanner shares with its parent: is it ready, how many jobs it did, since when it works.

One page for each scanner, so that one that was taken over can lie about nobody else. The parent reads it as a hint for
when to kill or replace; nothing else depends on it. Cells are 64-bit words written whole.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time

_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
_READY, _JOBS, _BEGAN, _GENERATION = 0, 1, 2, 3


class Slot:
    """Both ends of the page. Times are CLOCK_MONOTONIC, which all processes of a machine share."""

    def __init__(self, descriptor: int) -> None:
        """Maps the memfd `descriptor`, which may be closed afterwards."""
        self._map = mmap.mmap(descriptor, mmap.PAGESIZE)
        self._cells = memoryview(self._map).cast("Q")

    @staticmethod
    def create() -> int:
        """A new memfd for one slot. Its size is sealed: whoever maps a page that another process cuts off is killed."""
        descriptor = os.memfd_create("slot", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, mmap.PAGESIZE)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
        return descriptor

    def set_ready(self) -> None:
        """The scanner is locked down and about to take its first job."""
        self._cells[_READY] = 1

    def begin(self) -> None:
        """A job was taken."""
        self._cells[_BEGAN] = time.monotonic_ns()

    def beat(self) -> None:
        """A sign of life, from a process that has no jobs but must never be silent for long."""
        self._cells[_BEGAN] = time.monotonic_ns()

    def end(self) -> None:
        """The job is answered."""
        self._cells[_BEGAN] = 0
        self._cells[_JOBS] += 1

    @property
    def generation(self) -> int:
        """The number of the configuration that all work of the process follows, set by the process itself."""
        return self._cells[_GENERATION]

    @generation.setter
    def generation(self, number: int) -> None:
        self._cells[_GENERATION] = number

    @property
    def ready(self) -> bool:
        """The scanner takes jobs."""
        return self._cells[_READY] == 1

    @property
    def jobs(self) -> int:
        """Jobs answered so far."""
        return self._cells[_JOBS]

    def working_seconds(self) -> float:
        """How long the current job takes so far, or how long the process is silent; 0.0 when idle."""
        began = self._cells[_BEGAN]
        return max(0.0, (time.monotonic_ns() - began) / 1e9) if began else 0.0

    def close(self) -> None:
        """Unmap."""
        self._cells.release()
        self._map.close()
