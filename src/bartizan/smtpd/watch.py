"""One timer for a connection that is hardly ever touched: it looks at the clock now and then and asks what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Watch:
    """Calls `due(now)` at least every `tick` seconds; it acts on what is due and answers the seconds until it wants
    to be asked again, None when it is over. Times are the loop's, in seconds."""

    __slots__ = ("_due", "_handle", "_loop", "_tick")

    def __init__(self, loop: asyncio.AbstractEventLoop, tick: float, due: Callable[[float], float | None]) -> None:
        self._loop = loop
        self._tick = tick
        self._due = due
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, seconds: float) -> None:
        """Ask again in `seconds` or a tick, whichever is less: only needed where a wait is shorter than a tick."""
        self.cancel()
        self._handle = self._loop.call_later(min(max(seconds, 0.0), self._tick), self._look)

    def cancel(self) -> None:
        """Never ask again, unless armed anew."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _look(self) -> None:
        self._handle = None
        left = self._due(self._loop.time())
        if left is not None and self._handle is None:
            self.arm(left)
