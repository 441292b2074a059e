"""Where the members of a container go while it is read.

Members are streamed, never collected and never written under their names. The receiver of the stream counts what really
comes out (members, bytes, ratio, time) and says when to stop; an opener obeys at once.

Not here: the budget itself (model/limits), the frames that carry members to the scanner (scanner/protocol).
"""

from __future__ import annotations

import sys
from typing import Protocol

from bartizan.model.finding import Reason


class Sink(Protocol):
    """The receiver of one container's members, called by one opener in one thread. It also knows what to try on what is
    encrypted: `passwords`, best first. What programs try by themselves, such as no password, is not among them.
    `room`: how many bytes it will take; with one more a limit is reached, so nobody need make more than that."""

    passwords: tuple[str, ...] = ()
    room: int = sys.maxsize

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin a member known by `names` (as found, may hold paths and any character; empty when the container names
        none). False: a limit is reached, the opener returns."""

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes of the member begun last. False: a limit is reached, the opener returns."""

    def gap(self, reason: Reason, detail: str) -> None:
        """Something of this container, or of the member begun last, was not read; `detail` is one line for people."""

    def opened(self, password: str) -> None:
        """`password` opened this container, or something in it: one of `passwords`, or one that programs try."""
