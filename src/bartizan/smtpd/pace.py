"""How fast message data arrives: who is silent for too long, or too slow on the average, is sent away.

Not here: timers (watch.py), and what the data is.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from bartizan.model.reply import TIMEOUT, TOO_SLOW, Reply
from bartizan.smtpd.settings import Timeouts

_RATE_CHECK_SECONDS = 10.0


class Pace(ABC):
    """Data that arrives from `began` to `last`, by the loop's time."""

    __slots__ = ("began", "last")

    def __init__(self, now: float) -> None:
        self.began = now
        self.last = now

    @property
    @abstractmethod
    def received(self) -> int:
        """Octets so far."""

    def overdue(self, now: float, timeouts: Timeouts) -> Reply | None:
        """Has the client been silent for too long, or too slow on the average?"""
        if now - self.last >= timeouts.data_idle:
            return TIMEOUT
        elapsed = now - self.began
        if elapsed >= timeouts.grace and self.received < timeouts.bytes_per_second * elapsed:
            return TOO_SLOW
        return None

    def next_check(self, now: float, timeouts: Timeouts) -> float:
        """Seconds from `now` until `overdue` is to be asked again."""
        rate = self.began + timeouts.grace - now
        if rate <= 0:
            rate = _RATE_CHECK_SECONDS
        return min(rate, self.last + timeouts.data_idle - now)
