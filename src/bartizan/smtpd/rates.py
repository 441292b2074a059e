"""What peers do in a minute, counted in buckets that fill again: one for each peer and each thing that is limited.

A bucket holds a minute's worth; taking more than is in it is refused and costs nothing. What is only known afterwards
(bytes, errors) is spent in any case and can leave a bucket below zero, never more than a minute's worth.
Limits: `peers` accounts. Not here: what is answered (clerk.py), what is held at the same time (admission.py).
"""

from __future__ import annotations

import enum
from collections import OrderedDict

from bartizan.model.envelope import Peer, network_of
from bartizan.model.rates import RateSettings

_MINUTE = 60.0


class What(enum.IntEnum):
    """What is counted; the index of its bucket."""

    CONNECTIONS = 0
    MESSAGES = 1
    RECIPIENTS = 2
    ERRORS = 3
    BYTES = 4


class Rates:
    """All peers of one process."""

    __slots__ = ("_accounts", "_limits", "_settings", "refused")

    def __init__(self, settings: RateSettings) -> None:
        self._settings = settings
        self._limits = tuple(float(getattr(settings, what.name.lower())) for what in What)
        self._accounts: OrderedDict[str, list[tuple[float, float]]] = OrderedDict()
        self.refused = 0
        """How often something was refused."""

    def same(self, settings: RateSettings) -> bool:
        """Are these the settings it goes by?"""
        return settings == self._settings

    def limited(self, what: What) -> bool:
        """Is it limited at all?"""
        return self._limits[what] > 0

    def take(self, peer: Peer, what: What, now: float, count: int = 1) -> bool:
        """Spend `count` if so many are there at `now`, seconds of any steady clock; False when they are not."""
        limit = self._limits[what]
        if not limit:
            return True
        buckets = self._buckets(peer, now)
        left = self._left(buckets[what], limit, now)
        if left < count:
            buckets[what] = (left, now)
            self.refused += 1
            return False
        buckets[what] = (left - count, now)
        return True

    def left(self, peer: Peer, what: What, now: float) -> bool:
        """Is there any left to take? Nothing is spent."""
        limit = self._limits[what]
        return not limit or self._left(self._buckets(peer, now)[what], limit, now) >= 1

    def spend(self, peer: Peer, what: What, now: float, count: int = 1) -> bool:
        """Spend `count` in any case; False when nothing is left."""
        limit = self._limits[what]
        if not limit:
            return True
        buckets = self._buckets(peer, now)
        left = max(-limit, self._left(buckets[what], limit, now) - count)
        buckets[what] = (left, now)
        return left > 0

    def _left(self, bucket: tuple[float, float], limit: float, now: float) -> float:
        level, at = bucket
        return min(limit, level + (now - at) * limit / _MINUTE)

    def _buckets(self, peer: Peer, now: float) -> list[tuple[float, float]]:
        key = network_of(peer.address, self._settings.ipv4_prefix, self._settings.ipv6_prefix)
        buckets = self._accounts.get(key)
        if buckets is None:
            if len(self._accounts) >= self._settings.peers:
                self._accounts.popitem(last=False)
            buckets = self._accounts[key] = [(limit, now) for limit in self._limits]
        else:
            self._accounts.move_to_end(key)
        return buckets
