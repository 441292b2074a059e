"""Hands messages to scanner processes and collects their answers, in an asyncio process that must never block.

One connection is one job: the kernel's queue of the listening socket is the job queue, and an idle scanner takes the
next. A connection that ends without a complete, valid answer is the death of that scanner: the message is handed over
once more, on the socket that only new scanners look at; a second death is a Gap `crash`, and the message is remembered
by its digest. Each process remembers for itself: one message ends two scanners for each smtpd at most, and a sender who
changes a byte each time is the business of bartizan.restraint.

One deadline of `hard_seconds` covers everything; reaching it is a Gap `timeout` if a scanner had begun, and our own
temporary failure if none had. A Gap for the whole message has the scanners' time that it cost among its timings, as
`scan`; one that is only remembered has cost none. Not here: starting and killing scanners (processes.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from collections import OrderedDict

from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.model.message import Examination
from bartizan.scanner.arena import Arena, Arenas
from bartizan.scanner.job import Job, Jobs, not_examined
from bartizan.scanner.protocol import INLINE_BYTES, ScanRequest, encode_request

SCAN, FRESH = "scan", "fresh"
NONBLOCKING_STREAM = socket.SOCK_STREAM | socket.SOCK_NONBLOCK
SHORTEST_WAIT, LONGEST_WAIT = 0.002, 0.1


class ScannerPool:
    """The way to the scanners that listen in one directory. Belongs to the running event loop of one process."""

    def __init__(
        self, directory: str, limits: Limits, *, unreachable_seconds: float = 5.0, remembered: int = 1000
    ) -> None:
        """`directory` holds the sockets `scan` and `fresh`; after `unreachable_seconds` without a listener there, give
        up; `remembered` is how many messages that killed two scanners are known again."""
        self._paths = {name: os.path.join(directory, name) for name in (SCAN, FRESH)}
        self._limits = limits
        self._unreachable_seconds = unreachable_seconds
        self._arenas = Arenas()
        self._jobs: Jobs | None = None
        self._deadly: OrderedDict[tuple[int, bytes], None] = OrderedDict()
        self._deadly_sizes: dict[int, int] = {}
        self._remembered = remembered

    async def examine(self, id: str, raw: bytes | memoryview, *, stored: bool = False) -> Examination:
        """Have `raw` looked into. TemporaryError when no scanner took it; all other failures are Gaps in the answer."""
        size = len(raw)
        if size in self._deadly_sizes and (size, await _digest(raw)) in self._deadly:
            return not_examined(Reason.CRASH, "this message has killed scanners before")
        request = ScanRequest(id, size, stored)
        if self._jobs is None:
            self._jobs = Jobs()
        deadline = self._jobs.loop.time() + self._limits.hard_seconds
        arena = None
        try:
            if size > INLINE_BYTES:
                arena = self._arenas.take(size)
                await arena.fill(raw)
        except OSError as problem:
            raise TemporaryError(f"no memory for a message of {size} bytes: {problem.strerror}") from problem
        answered = False
        began = self._jobs.loop.time()
        try:
            for name in (SCAN, FRESH):
                examination = await self._once(self._jobs, name, request, raw, arena, deadline)
                if examination is not None:
                    answered = not _timed_out(examination)
                    return examination
            self._remember(size, await _digest(raw))
            seconds = max(SHORTEST_WAIT, self._jobs.loop.time() - began)
            return not_examined(Reason.CRASH, "two scanners ended over this message", seconds)
        finally:
            if arena is not None:
                if answered:
                    self._arenas.give_back(arena)
                else:
                    arena.close()

    def close(self) -> None:
        """Free everything; no examination may be running. Must be called inside the loop."""
        self._arenas.close()
        if self._jobs is not None:
            self._jobs.close()
            self._jobs = None

    async def _once(
        self,
        jobs: Jobs,
        name: str,
        request: ScanRequest,
        raw: bytes | memoryview,
        arena: Arena | None,
        deadline: float,
    ) -> Examination | None:
        """One attempt; None if the scanner ended before it had answered."""
        connection = await self._connect(self._paths[name], deadline)
        job = Job(jobs, connection, request, deadline)
        try:
            if arena is None:
                job.send(b"".join((encode_request(request, request.size), raw)), None)
            else:
                job.send(encode_request(request, 0), arena.descriptor)
            return await job.done
        finally:
            job.close()

    async def _connect(self, path: str, deadline: float) -> socket.socket:
        """A connection that waits in a scanner's queue. TemporaryError when nobody listens, or the queue stays full."""
        loop = asyncio.get_running_loop()
        wait, began = SHORTEST_WAIT, None
        while True:
            connection = socket.socket(socket.AF_UNIX, NONBLOCKING_STREAM)
            try:
                connection.connect(path)
                return connection
            except BlockingIOError:
                connection.close()
                end, why = deadline, "the queue of the scanners stayed full"
            except OSError as problem:
                connection.close()
                began = loop.time() if began is None else began
                end, why = began + self._unreachable_seconds, f"no scanner listens: {problem.strerror}"
            if loop.time() + wait > end:
                raise TemporaryError(why)
            await asyncio.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def _remember(self, size: int, digest: bytes) -> None:
        if (size, digest) in self._deadly:
            return
        self._deadly[size, digest] = None
        self._deadly_sizes[size] = self._deadly_sizes.get(size, 0) + 1
        if len(self._deadly) > self._remembered:
            (old, _), _ = self._deadly.popitem(last=False)
            self._deadly_sizes[old] -= 1
            if not self._deadly_sizes[old]:
                del self._deadly_sizes[old]


async def _digest(raw: bytes | memoryview) -> bytes:
    if len(raw) > MIB:
        return await asyncio.to_thread(lambda: hashlib.sha256(raw).digest())
    return hashlib.sha256(raw).digest()


def _timed_out(examination: Examination) -> bool:
    return not examination.nodes
