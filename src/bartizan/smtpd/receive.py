"""One message between 354 and the final dot: network bytes go straight into the core's MessageStream.

Comes in: chunks as the network delivers them. Goes out: where the message ended, and why it is refused, if it is;
a refusal is only answered after the terminator, else the rest of the message would be read as commands.
A message that is too big is discarded to its end, but not beyond twice the limit. Data must keep up a rate.
Not here: what is in the message.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bartizan.model.check import Check
from bartizan.model.limits import Limits
from bartizan.model.reply import BARE_LINE_END, DATA_LINE_TOO_LONG, LOOP, TIMEOUT, TOO_BIG, TOO_SLOW, Reply
from bartizan.smtpd.settings import BareLineEnds, Timeouts

if TYPE_CHECKING:
    from bartizan._core.stream import MessageStream

_RATE_CHECK_SECONDS = 10.0
_DISCARD_TIMES = 2


class Reception:
    """One message that is arriving, from `began` to `last` by the loop's time; `held` octets of it are counted as in
    flight, and its first pass took `spent` seconds."""

    __slots__ = ("_hopeless", "_limit", "began", "held", "last", "spent", "stream")

    def __init__(self, stream: MessageStream, size_limit: int, now: float) -> None:
        """`size_limit` is the SIZE that was offered, in bytes; `now` the loop's time."""
        self.stream = stream
        self._limit = size_limit
        self._hopeless = _DISCARD_TIMES * size_limit
        self.began = now
        self.last = now
        self.held = 0
        self.spent = 0.0

    def feed(self, data: bytes, now: float) -> int:
        """Take what arrived: -1 when more is needed, else how many bytes of it belong to the message."""
        self.last = now
        begin = time.perf_counter()
        end = self.stream.feed(data)
        self.spent += time.perf_counter() - begin
        return end

    @property
    def hopeless(self) -> bool:
        """So much too big that waiting for the end is a waste."""
        return self.stream.received > self._hopeless

    def refuse(self, limits: Limits, bare_line_ends: BareLineEnds) -> tuple[Check, Reply] | None:
        """Why the whole message is refused, whatever is in it; None when it is not."""
        stream = self.stream
        if stream.too_big or stream.size > self._limit:
            return Check.SIZE, TOO_BIG
        if stream.line_too_long:
            return Check.LINE_LENGTH, DATA_LINE_TOO_LONG
        if stream.bare and bare_line_ends is BareLineEnds.REFUSE:
            return Check.BARE_LINE_END, BARE_LINE_END
        if stream.received_lines > limits.received_lines:
            return Check.LOOP, LOOP
        return None

    def overdue(self, now: float, timeouts: Timeouts) -> Reply | None:
        """Has the client been silent for too long, or too slow on the average?"""
        if now - self.last >= timeouts.data_idle:
            return TIMEOUT
        elapsed = now - self.began
        if elapsed >= timeouts.grace and self.stream.received < timeouts.bytes_per_second * elapsed:
            return TOO_SLOW
        return None

    def next_check(self, now: float, timeouts: Timeouts) -> float:
        """Seconds from `now` until `overdue` is to be asked again."""
        rate = self.began + timeouts.grace - now
        if rate <= 0:
            rate = _RATE_CHECK_SECONDS
        return min(rate, self.last + timeouts.data_idle - now)
