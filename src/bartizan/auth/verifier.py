"""Compares passwords with hashes beside the event loop, a few at a time, and remembers for a while what was right.

In: the text of a hash that argon.cost_of took, and a password. Out: whether they belong together, or that it cannot be
said now. One comparison takes tens of milliseconds and megabytes, so it is done in threads of this process, which the
sandbox allows; the same question asked at the same time is one comparison. What is known is answered without
suspending. Remembered is a keyed digest of hash and password, never the password; the key is this process's own, and
since the hash is part of it, a changed password file changes the answer at once.
Limits: `threads` at a time, `queue` waiting, REMEMBERED digests. Not here: who has which hash, how often one may try.
"""

from __future__ import annotations

import asyncio
import enum
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.thread import ThreadPoolExecutor

from bartizan.auth.argon import matches
from bartizan.model.clock import SYSTEM, Clock

REMEMBERED = 10_000
_KEY_OCTETS = 32


class Answer(enum.Enum):
    """Is this the password?"""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """Too much is waiting, or something failed: a later attempt may work."""


Comparing = Callable[[str, bytes], bool]


class Verifier:
    """One for each process; threads begin with the first comparison, so it may be made before the lock-down."""

    __slots__ = ("_clock", "_compare", "_flights", "_key", "_most", "_pool", "_remember", "_right", "_running")

    def __init__(
        self,
        threads: int = 2,
        queue: int = 64,
        remember: float = 300.0,
        clock: Clock = SYSTEM,
        compare: Comparing = matches,
    ) -> None:
        """`remember` in seconds, 0 is never."""
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="password")
        self._most = threads + queue
        self._remember = remember
        self._clock = clock
        self._compare = compare
        self._key = secrets.token_bytes(_KEY_OCTETS)
        self._right: OrderedDict[bytes, float] = OrderedDict()
        self._flights: dict[bytes, asyncio.Future[bool]] = {}
        self._running: set[Future[bool]] = set()

    async def verify(self, text: str, password: bytes, login: str = "") -> Answer:
        """Does the password belong to the hash `text`? `login` is whose it is: answers are not shared between logins.

        Otherwise whoever asks for two at once would see from the time it takes that they have one decoy in common.
        """
        digest = self._digest(text, password, login)
        if self._remembers(digest):
            return Answer.RIGHT
        flight = self._flights.get(digest)
        if flight is None:
            if len(self._running) >= self._most:
                return Answer.UNKNOWN
            flight = self._start(digest, text, password)
            if flight is None:
                return Answer.UNKNOWN
        try:
            right = await asyncio.shield(flight)  # others may wait for the same, and we may be cancelled
        except asyncio.CancelledError:
            if flight.cancelled():  # by close
                return Answer.UNKNOWN
            raise
        except Exception:
            return Answer.UNKNOWN
        return Answer.RIGHT if right else Answer.WRONG

    @property
    def waiting(self) -> int:
        """Comparisons under way or waiting."""
        return len(self._running)

    def close(self) -> None:
        """No more comparisons; those that wait for a thread are answered UNKNOWN."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self, digest: bytes, text: str, password: bytes) -> asyncio.Future[bool] | None:
        try:
            work = self._pool.submit(self._compare, text, password)
        except RuntimeError:  # closed, or there is no thread to be had
            return None
        self._running.add(work)
        work.add_done_callback(self._running.discard)  # by the thread; one operation of a set is indivisible
        flight = asyncio.wrap_future(work)
        self._flights[digest] = flight
        flight.add_done_callback(lambda done: self._land(digest, done))
        return flight

    def _land(self, digest: bytes, flight: asyncio.Future[bool]) -> None:
        del self._flights[digest]
        if flight.cancelled() or flight.exception() is not None or not flight.result() or not self._remember:
            return
        self._right[digest] = self._clock.monotonic() + self._remember
        self._right.move_to_end(digest)
        if len(self._right) > REMEMBERED:
            self._right.popitem(last=False)

    def _remembers(self, digest: bytes) -> bool:
        until = self._right.get(digest)
        if until is None:
            return False
        if self._clock.monotonic() < until:
            return True
        del self._right[digest]
        return False

    def _digest(self, text: str, password: bytes, login: str) -> bytes:
        # neither a hash nor a login has a NUL, so the three cannot run into each other
        whole = b"\0".join((text.encode(), login.encode(), password))
        return hashlib.blake2b(whole, digest_size=16, key=self._key).digest()
