"""Texts that hold encoded files: uuencode, BinHex and yEnc, whichever of them there are in one text.

Found types tell only one of them; readers that know several open all. Not here: the encodings themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from re import Pattern

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import binhex, uudecode, yenc
from bartizan.unpack.sink import Sink

ENCODED: dict[str, tuple[Pattern[bytes], Callable[[str, memoryview, Sink, Limits], None]]] = {
    "uu": (uudecode.BEGIN, uudecode.open_uu),
    "binhex": (binhex.BEGIN, binhex.open_binhex),
    "yenc": (yenc.BEGIN, yenc.open_yenc),
}
"""For each type, how a file of it begins, and what opens it."""


class _Watched:
    """A sink that remembers whether it said stop."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.passwords = sink.passwords
        self.room = sink.room
        self.stopped = False

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin a member."""
        self.stopped = not self.sink.member(names)
        return not self.stopped

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes of it."""
        self.stopped = not self.sink.data(chunk)
        return not self.stopped

    def gap(self, reason: Reason, detail: str) -> None:
        """Something was not read."""
        self.sink.gap(reason, detail)

    def opened(self, password: str) -> None:
        """A password helped."""
        self.sink.opened(password)


def open_encoded(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the files of a text of `type`, a key of ENCODED, to the sink, and those in the other encodings."""
    watched = _Watched(sink)
    ENCODED[type][1](type, data, watched, limits)
    for other, (begin, open) in ENCODED.items():
        if other != type and not watched.stopped and begin.search(data) is not None:
            open(other, data, watched, limits)
