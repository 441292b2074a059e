"""Remember which recipients the next hop refused, so that the sender can be told at RCPT when it tries again.

A message has one reply (RFC 5321 section 4.1.1.4), so when some of several recipients are refused nothing is sent and
the sender must come back; these refusals then make the second attempt succeed for the others. They hold for that
sender alone: a next hop may refuse one sender's mail for a recipient and take another's.

Limits: one hour each, 10,000 pairs of addresses; the oldest go first. Known gap: the memory is one process's own; a
retry that reaches another worker is answered 451 once more before that one knows too.
"""

from __future__ import annotations

from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import domain_of
from bartizan.model.reply import Reply


class Refusals:
    """A bounded memory of refused recipients."""

    __slots__ = ("_clock", "_limit", "_seconds", "_until")

    def __init__(self, *, clock: Clock = SYSTEM, seconds: float = 3600.0, limit: int = 10_000) -> None:
        """Each refusal is kept `seconds`; at most `limit` pairs."""
        self._clock = clock
        self._seconds = seconds
        self._limit = limit
        self._until: dict[tuple[str, str], tuple[float, Reply]] = {}

    def __len__(self) -> int:
        return len(self._until)

    def remember(self, sender: str, recipient: str, reply: Reply) -> None:
        """`recipient` was refused with `reply` now, for a message of `sender`."""
        key = _key(sender, recipient)
        self._until.pop(key, None)
        if len(self._until) >= self._limit:
            del self._until[next(iter(self._until))]
        self._until[key] = (self._clock.monotonic() + self._seconds, reply)

    def refused(self, sender: str, recipient: str) -> Reply | None:
        """The reply that `recipient` was refused with during the last `seconds` for `sender`, else None."""
        if not self._until:
            return None
        key = _key(sender, recipient)
        found = self._until.get(key)
        if found is None:
            return None
        until, reply = found
        if until <= self._clock.monotonic():
            del self._until[key]
            return None
        return reply


def _key(sender: str, recipient: str) -> tuple[str, str]:
    return _canonical(sender), _canonical(recipient)


def _canonical(address: str) -> str:
    """The address with its domain in lower case; local parts are told apart by case (RFC 5321 section 2.4)."""
    return f"{address.rpartition('@')[0]}@{domain_of(address)}" if "@" in address else address
