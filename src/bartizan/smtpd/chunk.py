"""One BDAT command and the octets behind it (RFC 3030 section 2).

Comes in: the argument of the command, then octets. Goes out: how many of them are its own.
A chunk that is refused must be read all the same and thrown away, else its octets would be taken for commands.
Limits: a number of 20 digits. Not here: what becomes of the octets (receive.py), replies (chunking.py).
"""

from __future__ import annotations

import re

from bartizan.model.reply import Reply
from bartizan.smtpd.pace import Pace

_ARGUMENT = re.compile("([0-9]{1,20})( +LAST)?", re.ASCII | re.IGNORECASE)


class Chunk(Pace):
    """A chunk of which `left` octets are still to come; `ends` the message with it (LAST). With a `refusal` they are
    thrown away, and it is the answer once all are here."""

    __slots__ = ("_size", "ends", "left", "refusal")

    def __init__(self, size: int, ends: bool, now: float) -> None:
        super().__init__(now)
        self._size = size
        self.left = size
        self.ends = ends
        self.refusal: Reply | None = None

    @staticmethod
    def parse(argument: str, now: float) -> Chunk | None:
        """The chunk that begins `now`; None for an argument that does not say where the next command begins."""
        match = _ARGUMENT.fullmatch(argument)
        return None if match is None else Chunk(int(match[1]), bool(match[2]), now)

    @property
    def received(self) -> int:
        """Octets that are here."""
        return self._size - self.left

    def take(self, octets: int, now: float) -> None:
        """So many of them arrived, at most what is left."""
        self.left -= octets
        self.last = now
