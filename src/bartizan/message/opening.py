"""How the walk opens containers: each once, and one with something encrypted in it once more when all else was seen.

In: items of the work list. Out: members, as nodes to look at, and gaps. What may hold a password is told to `clues`; of
a container that is opened again only what is new counts.
Limits: the message's Budget; MOST containers are opened again. Not here: the record of the first time (locked),
guessing passwords (passwords), opening itself (unpack, in other processes).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing

from bartizan._core.sniff import sniff
from bartizan.message.containers import Containers, Hole, Item, Member, Opened
from bartizan.message.locked import MOST, Locked
from bartizan.message.passwords import Clues
from bartizan.message.paths import clean, label
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.limits import Budget
from bartizan.model.message import Node


class Opening:
    """The containers of one message; `waiting` are those to be opened again."""

    __slots__ = ("_budget", "_containers", "_look_at", "_report", "_unlocking", "clues", "waiting")

    def __init__(
        self,
        budget: Budget,
        containers: Containers,
        report: Callable[[Finding], None],
        look_at: Callable[[Node, bytes | memoryview, tuple[str, ...], bool], None],
    ) -> None:
        """`look_at` takes a member, its bytes, the digests of all that it lies in, and whether it is loose."""
        self._budget = budget
        self._containers = containers
        self._report = report
        self._look_at = look_at
        self._unlocking = MOST
        self.clues = Clues()
        self.waiting: deque[Locked] = deque()

    def open(self, item: Item) -> None:
        """Look at the members of a container; what is encrypted is put off until all else was looked at."""
        locked = Locked(item)
        with closing(self._containers.open(item.node.type, item.data, self._budget)) as members:
            for found in members:
                if not (self._unlocking and locked.meet(found)):
                    self._found(locked, found)
        if not locked.later:
            return
        if locked.whole:
            self._unlocking -= 1
            self.waiting.append(locked)
        else:
            self._found_all(locked, locked.later)

    def unlock(self, locked: Locked) -> None:
        """Open a container again, with the passwords that the message offers, and look at what is new."""
        item, later, locked.later = locked.item, locked.later, []
        locked.again = True
        candidates = self.clues.candidates()
        passwords = tuple(candidate.password for candidate in candidates)
        self._budget.give_back(locked.members, locked.bytes)
        with closing(self._containers.open(item.node.type, item.data, self._budget, passwords)) as members:
            for found in members:
                if isinstance(found, Opened) and 0 <= found.number < len(candidates):
                    self.clues.worked(candidates[found.number])
                    self._opened(item, candidates[found.number].described())
                else:
                    locked.meet(found)
                    self._found(locked, found)
        if not locked.whole:
            self._found_all(locked, later)

    def leave(self) -> None:
        """No time is left: what is encrypted is told, and not looked at."""
        for locked in self.waiting:
            for found in locked.later:
                for hole in (found,) if isinstance(found, Hole) else found.holes:
                    self._report(gap(hole.reason, locked.item.node.path, hole.detail))

    def _opened(self, item: Item, how: str) -> None:
        self._report(Finding(Kind.STRUCTURE, "opened:password", item.node.path, 0.0, how))

    def _found_all(self, locked: Locked, found: Iterable[Member | Hole]) -> None:
        for one in found:
            self._found(locked, one)

    def _found(self, locked: Locked, found: Member | Hole | Opened) -> None:
        """Look at what a container gave, unless it gave the same before it was opened once more."""
        item = locked.item
        if isinstance(found, Opened):
            self._opened(item, "password that programs try by themselves")
            return
        if isinstance(found, Hole):
            self._hole(locked, found, item.node.path)
            return
        own = self._containers.inner_names(item.node)
        names = tuple(dict.fromkeys(map(clean, (*own, *found.names))))
        path = f"{item.node.path}!/{label(names[0]) if names else '?'}"
        for hole in found.holes:
            self._hole(locked, hole, path)
        digest = hashlib.sha256(found.data).hexdigest()
        if locked.again and (names, digest) in locked.given:
            return
        locked.given.add((names, digest))
        member = Node(path, names, "", sniff(found.data), len(found.data), digest)
        # What stands between the members of something that may be no container at all is no document either.
        self._look_at(member, found.data, item.above, item.loose and not found.names)

    def _hole(self, locked: Locked, hole: Hole, path: str) -> None:
        if locked.again and (path, hole) in locked.told:
            return
        locked.told.add((path, hole))
        if not (locked.item.loose and hole.reason is Reason.UNREADABLE):
            self._report(gap(hole.reason, path, hole.detail))
