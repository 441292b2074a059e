"""What reading an input costs in memory, and what opening a container gives."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.base import Sink, open_container

LIMITS = Limits(member_bytes=20 * MIB)
LEAST = 0.02
"""Seconds below which a ratio says nothing."""


class Counter(Sink):
    """A sink that keeps nothing, and says stop after 5000 members or 300 MiB, as a message's budget does."""

    def __init__(self) -> None:
        self.members = 5000
        self.left = 300 * MIB
        self.reasons: set[Reason] = set()

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin a member."""
        self.members -= 1
        return self.members >= 0

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes."""
        self.left -= len(chunk)
        return self.left >= 0

    def gap(self, reason: Reason, detail: str) -> None:
        """Not read."""
        self.reasons.add(reason)


def opened(type: str, data: bytes) -> Counter:
    """What a container gives."""
    sink = Counter()
    open_container(type, memoryview(data), sink, LIMITS)
    return sink


def height(read: Callable[[bytes], object], data: bytes) -> int:
    """Bytes of Python's memory at their height."""
    tracemalloc.start()
    try:
        read(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
