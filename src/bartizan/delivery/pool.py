"""Keep sessions with one next hop open, lend them out one user at a time, and bound how many there are.

The session used last is lent first, so that surplus ones grow idle and are ended. Who has to wait is served in turn.
All in one event loop, without tasks: connecting happens in the borrower's own.

Limits: `connections` at most, `messages` on each, `idle` seconds unused, `queue` seconds of waiting.
"""

from __future__ import annotations

import asyncio
from collections import deque

from bartizan.delivery.opening import HopAddress, HopTimeouts, open_session
from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.session import HopSession
from bartizan.model.clock import Clock

CLOSE_SECONDS = 5.0


class HopPool:
    """The sessions of one process with one next hop."""

    def __init__(
        self, address: HopAddress, timeouts: HopTimeouts, *, connections: int, messages: int, clock: Clock
    ) -> None:
        if connections < 1 or messages < 1:
            raise ValueError("connections and messages must be positive")
        self._address = address
        self._timeouts = timeouts
        self._connections = connections
        self._messages = messages
        self._clock = clock
        self._open = 0
        """Sessions lent, idle or being opened."""
        self._idle: list[HopSession] = []
        self._lent: set[HopSession] = set()
        self._waiters: deque[asyncio.Future[HopSession | None]] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._ending = False

    async def borrow(self) -> HopSession:
        """A session that is ready for MAIL; give it back with `give_back` or `replace`. Raises HopFailure."""
        if self._ending:
            raise HopFailure("closing")
        session = self._take_idle()
        if session is None:
            if self._open < self._connections:
                self._open += 1
            else:
                session = await self._wait()
            if session is None:
                session = await self._connect()
        self._lent.add(session)
        return session

    async def replace(self, session: HopSession) -> HopSession:
        """A new session in the place of a borrowed one that turned out to be dead. Raises HopFailure."""
        self._lent.discard(session)
        session.abort()
        new = await self._connect()
        self._lent.add(new)
        return new

    def give_back(self, session: HopSession) -> None:
        """The borrower has finished; a session that cannot be used again is ended."""
        self._lent.discard(session)
        if self._ending or not session.usable or session.messages >= self._messages:
            session.quit()
            self._free()
            return
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(session)
                return
        session.idle_since = self._clock.monotonic()
        self._idle.append(session)
        if self._sweeper is None:
            self._sweep_later(self._timeouts.idle)

    async def close(self) -> None:
        """End every session now, also those in use, and let nobody borrow any more."""
        self._ending = True
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_exception(HopFailure("closing"))
        sessions = [*self._idle, *self._lent]
        for session in self._idle:
            session.quit()
        self._idle.clear()
        for session in self._lent:
            session.abort()
        waits = [session.closed for session in sessions if not session.closed.done()]
        if waits:
            _, late = await asyncio.wait(waits, timeout=CLOSE_SECONDS)
            if late:
                for session in sessions:
                    session.abort()

    def _take_idle(self) -> HopSession | None:
        while self._idle:
            session = self._idle.pop()
            if session.usable:
                return session
            session.abort()
            self._open -= 1
        return None

    async def _connect(self) -> HopSession:
        """Open a session in a place that was already counted; the place is freed on failure."""
        try:
            session = await open_session(self._address, self._timeouts)
        except BaseException:
            self._free()
            raise
        if self._ending:
            session.abort()
            self._free()
            raise HopFailure("closing")
        return session

    async def _wait(self) -> HopSession | None:
        """Wait in turn for a session, or None: a place to open one in."""
        waiter: asyncio.Future[HopSession | None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self._timeouts.queue):
                return await waiter
        except BaseException as problem:
            self._decline(waiter)
            if isinstance(problem, TimeoutError):
                raise HopFailure("all connections are busy") from None
            raise

    def _decline(self, waiter: asyncio.Future[HopSession | None]) -> None:
        """Its owner is gone: pass on what the waiter may have been given already."""
        if waiter in self._waiters:
            self._waiters.remove(waiter)
        if not waiter.done() or waiter.cancelled() or waiter.exception() is not None:
            return
        session = waiter.result()
        if session is None:
            self._free()
        else:
            self.give_back(session)

    def _free(self) -> None:
        """One place less in use: the next in turn gets it."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self._open -= 1

    def _sweep_later(self, seconds: float) -> None:
        self._sweeper = asyncio.get_running_loop().call_later(seconds, self._sweep)

    def _sweep(self) -> None:
        """End what has been idle for too long; the oldest are at the front."""
        self._sweeper = None
        limit = self._clock.monotonic() - self._timeouts.idle
        kept = []
        for session in self._idle:
            if session.usable and session.idle_since > limit:
                kept.append(session)
            else:
                session.quit()
                self._open -= 1
        self._idle = kept
        if kept:
            self._sweep_later(max(0.05, kept[0].idle_since - limit))
