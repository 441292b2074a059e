"""One message between 354 and the final dot, or in chunks: network bytes go straight into the core's MessageStream.

Comes in: chunks as the network delivers them. Goes out: where the message ended, and why it is refused, if it is;
a refusal is only answered after the terminator, else the rest of the message would be read as commands.
A message that is too big is discarded to its end (the end of its chunk), but not beyond twice the limit.
Not here: what is in the message, how fast it must come (pace.py).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bartizan.model.check import Check
from bartizan.model.limits import Limits
from bartizan.model.reply import BARE_LINE_END, DATA_LINE_TOO_LONG, LOOP, TOO_BIG, TOO_MANY_CHUNKS, Reply
from bartizan.smtpd.chunk import Chunk
from bartizan.smtpd.pace import Pace
from bartizan.smtpd.settings import BareLineEnds

if TYPE_CHECKING:
    from bartizan._core.stream import MessageStream

_DISCARD_TIMES = 2
_MOST_CHUNKS = 10_000


class Reception(Pace):
    """One message that is arriving; `held` octets of it are counted as in flight, and its first pass took `spent`
    seconds."""

    __slots__ = ("_chunks", "_hopeless", "_limit", "held", "spent", "stream")

    def __init__(self, stream: MessageStream, size_limit: int, now: float) -> None:
        """`size_limit` is the SIZE that was offered, in bytes; `now` the loop's time."""
        super().__init__(now)
        self.stream = stream
        self._limit = size_limit
        self._hopeless = most_discarded(size_limit)
        self._chunks = 0
        self.held = 0
        self.spent = 0.0

    @property
    def received(self) -> int:
        """Octets off the wire."""
        return self.stream.received

    def feed(self, data: bytes, now: float) -> int:
        """Take what arrived: -1 when more is needed, else how many bytes of it belong to the message."""
        self.last = now
        begin = time.perf_counter()
        end = self.stream.feed(data)
        self.spent += time.perf_counter() - begin
        return end

    def begin_chunk(self) -> Reply | None:
        """One more chunk comes: why it may not, None when it may."""
        self._chunks += 1
        return TOO_MANY_CHUNKS if self._chunks > _MOST_CHUNKS else None

    def feed_chunk(self, chunk: Chunk, data: bytes, now: float) -> int:
        """Take what arrived of a chunk, nothing behind it: -1 when more of it is needed, else how many bytes."""
        chunk.take(len(data), now)
        self.last = now
        begin = time.perf_counter()
        self.stream.feed_counted(data)
        if chunk.ends and not chunk.left:
            self.stream.finish()
        self.spent += time.perf_counter() - begin
        return -1 if chunk.left else len(data)

    @property
    def too_big(self) -> bool:
        """It will be refused for its size, whatever else comes."""
        return self.stream.too_big or self.stream.size > self._limit

    @property
    def hopeless(self) -> bool:
        """So much too big that waiting for the end is a waste."""
        return self.stream.received > self._hopeless

    def refuse(self, limits: Limits, bare_line_ends: BareLineEnds) -> tuple[Check, Reply] | None:
        """Why the whole message is refused, whatever is in it; None when it is not."""
        stream = self.stream
        if self.too_big:
            return Check.SIZE, TOO_BIG
        if stream.line_too_long:
            return Check.LINE_LENGTH, DATA_LINE_TOO_LONG
        if stream.bare and bare_line_ends is BareLineEnds.REFUSE:
            return Check.BARE_LINE_END, BARE_LINE_END
        if stream.received_lines > limits.received_lines:
            return Check.LOOP, LOOP
        return None


def most_discarded(size_limit: int) -> int:
    """How many octets are read only to be thrown away, for the sake of a proper answer."""
    return _DISCARD_TIMES * size_limit
