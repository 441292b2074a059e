"""Reusable sealed shared memory in which large messages are handed to scanners.

An Arena is a memfd of fixed size that this process has mapped for writing and that nobody else can: it is sealed
against shrinking, growing and new writable mappings. Filling a used one is many times faster than a fresh one, whose
pages the kernel has to make first. An arena goes back to its `Arenas` only when nobody can be reading it any more. Not
here: what is in it and who gets it (pool.py).
"""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os

from bartizan.model.limits import MIB

SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | 0x10  # F_SEAL_FUTURE_WRITE has no name in Python
SMALLEST = 1 * MIB


class Arena:
    """One piece of memory of `size` bytes."""

    def __init__(self, size: int) -> None:
        """OSError when there is no memory or no descriptor left."""
        self.size = size
        self.descriptor = os.memfd_create("message", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.ftruncate(self.descriptor, size)
            self._map = mmap.mmap(self.descriptor, size)
            fcntl.fcntl(self.descriptor, fcntl.F_ADD_SEALS, SEALS)
        except BaseException:
            os.close(self.descriptor)
            raise

    async def fill(self, data: bytes | memoryview) -> None:
        """Copy `data`, which must fit, to the beginning: a MiB at a time, so that the loop goes on."""
        with memoryview(data) as source:
            for start in range(0, len(source), MIB):
                if start:
                    await asyncio.sleep(0)
                end = min(start + MIB, len(source))
                self._map[start:end] = source[start:end]

    def close(self) -> None:
        """Give the memory back; a process that still has it mapped keeps its pages."""
        self._map.close()
        os.close(self.descriptor)


class Arenas:
    """Arenas that are free to be used again, `keep_bytes` of them at most."""

    def __init__(self, keep_bytes: int = 64 * MIB) -> None:
        self._keep_bytes = keep_bytes
        self._free: list[Arena] = []

    def take(self, size: int) -> Arena:
        """The smallest free arena that holds `size` bytes, or a new one. OSError as Arena()."""
        fitting = [arena for arena in self._free if arena.size >= size]
        if not fitting:
            return Arena(max(SMALLEST, 1 << (size - 1).bit_length()))
        best = min(fitting, key=lambda arena: arena.size)
        self._free.remove(best)
        return best

    def give_back(self, arena: Arena) -> None:
        """Nobody reads `arena` any more."""
        if sum(a.size for a in self._free) + arena.size <= self._keep_bytes:
            self._free.append(arena)
        else:
            arena.close()

    def close(self) -> None:
        """Close what is free."""
        while self._free:
            self._free.pop().close()
