"""What one session or message may spend on look-ups: a number of queries, and time."""

from __future__ import annotations

LEAST = 0.005
"""Seconds; less is none, as timers are no more exact."""


class LookupBudget:
    """`lookups` queries and `seconds` of waiting in all; a look-up beyond either FAILs.

    Answers from the cache are free, the time between look-ups does not count, and that of several at the same time
    counts once. Times are in seconds on any clock that does not go back.
    """

    __slots__ = ("_since", "_waiting", "lookups", "seconds")

    def __init__(self, lookups: int, seconds: float) -> None:
        self.lookups = lookups
        """Queries left."""
        self.seconds = seconds
        """Seconds of waiting left, as of the last begin or end of a wait; can fall below zero."""
        self._waiting = 0
        self._since = 0.0

    def spend(self) -> bool:
        """Take one query; False when there is none or no time left."""
        if self.lookups <= 0 or self.seconds < LEAST:
            return False
        self.lookups -= 1
        return True

    def begin_wait(self, now: float) -> float:
        """Somebody waits for an answer from `now` on; for how many seconds it may."""
        self._count(now)
        self._waiting += 1
        return max(self.seconds, 0.0)

    def end_wait(self, now: float) -> None:
        """That is over."""
        self._count(now)
        self._waiting -= 1

    def _count(self, now: float) -> None:
        if self._waiting:
            self.seconds -= now - self._since
        self._since = now
