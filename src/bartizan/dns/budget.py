"""What one session or message may spend on look-ups: a number of queries, and time."""

from __future__ import annotations


class LookupBudget:
    """`lookups` queries and `seconds` of waiting in all; a look-up beyond either FAILs.

    Answers from the cache are free, and the time between look-ups does not count.
    """

    __slots__ = ("lookups", "seconds")

    def __init__(self, lookups: int, seconds: float) -> None:
        self.lookups = lookups
        """Queries left."""
        self.seconds = seconds
        """Seconds of waiting left; can fall below zero."""

    def spend(self) -> bool:
        """Take one query; False when there is none or no time left."""
        if self.lookups <= 0 or self.seconds <= 0:
            return False
        self.lookups -= 1
        return True

    def waited(self, seconds: float) -> None:
        """So long was waited for an answer."""
        self.seconds -= seconds
