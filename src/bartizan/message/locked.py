"""Containers with something encrypted in them, put off by the walk until everything else was looked at.

By then all that may hold a password was seen. Such a container is opened a second time, with passwords; what it gave
the first time it gives again, and is told apart by this record. Not here: the passwords (passwords.py), the walk.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from bartizan.message.containers import Hole, Item, Member, Opened
from bartizan.model.finding import Reason

MOST = 20
"""So many containers of one message are opened a second time."""
UNFINISHED = frozenset((Reason.TIMEOUT, Reason.CRASH, *(reason for reason in Reason if reason.startswith("limit:"))))
"""After these a container may have held more."""


@dataclass(slots=True)
class Locked:
    """What the first reading of a container gave: `given` are names and digests of members that were looked at, `told`
    the gaps with their paths, `later` what is encrypted; `members` and `bytes` are what it cost. `whole`: it came to
    its end. `again`: this is the second time.
    """

    item: Item
    given: set[tuple[tuple[str, ...], str]] = field(default_factory=set)
    told: set[tuple[str, Hole]] = field(default_factory=set)
    later: list[Member | Hole] = field(default_factory=list)
    members: int = 0
    bytes: int = 0
    whole: bool = True
    again: bool = False

    def meet(self, found: Member | Hole | Opened) -> bool:
        """Count something that the container gave. True: it is encrypted, and put off."""
        if isinstance(found, Opened):
            return False
        if isinstance(found, Hole):
            self.whole = self.whole and found.reason not in UNFINISHED
            locked = found.reason is Reason.ENCRYPTED
        else:
            self.members += 1
            self.bytes += len(found.data)
            locked = is_locked(found.holes)
        if locked:
            self.later.append(found)
        return locked


def is_locked(holes: Iterable[Hole]) -> bool:
    """Is something not read because it is encrypted, by a password that may be known?"""
    return any(hole.reason is Reason.ENCRYPTED for hole in holes)
