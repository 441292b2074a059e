"""Answers that are kept until they are too old or there are too many; the least recently used goes first.

An answer counts as one unit and one more for each further 512 bytes of its values, so that large ones do not fill the
memory. Not here: how long an answer may be kept (resolver.py).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from bartizan.dns.answer import Answer, Mx

Key = tuple[int, str]
"""A kind of record and a name."""
UNIT = 512
"""Bytes."""


class Cache:
    """At most `most` units; `now` gives the time in seconds."""

    __slots__ = ("_kept", "_most", "_now", "units")

    def __init__(self, most: int, now: Callable[[], float]) -> None:
        self._most = most
        self._now = now
        self._kept: OrderedDict[Key, tuple[Answer[Any], float, int]] = OrderedDict()
        self.units = 0

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key) -> Answer[Any] | None:
        """The answer, if it is kept and not too old."""
        found = self._kept.get(key)
        if found is None:
            return None
        answer, end, _ = found
        if self._now() >= end:
            self._drop(key)
            return None
        self._kept.move_to_end(key)
        return answer

    def put(self, key: Key, answer: Answer[Any]) -> None:
        """Keep `answer` for its ttl, in place of what was kept before."""
        if key in self._kept:
            self._drop(key)
        units = _units(answer)
        if answer.ttl <= 0 or units > self._most:
            return
        self._kept[key] = (answer, self._now() + answer.ttl, units)
        self.units += units
        while self.units > self._most:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        self.units -= self._kept.pop(key)[2]


def _units(answer: Answer[Any]) -> int:
    size = sum(len(one.host) + 2 if isinstance(one, Mx) else len(one) for one in answer.values)
    return 1 + size // UNIT
