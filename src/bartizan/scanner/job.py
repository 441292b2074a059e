"""One message on its way to a scanner and back: a connection, from the request to the answer or the scanner's end.

All jobs of a process wait in one epoll, of which the event loop sees a single descriptor: a loop's own readers cost
several times as much for connections that live for one message.
Not here: who connects, and what happens next (pool.py).
"""

from __future__ import annotations

import array
import asyncio
import fcntl
import select
import socket
import termios

from bartizan.model.errors import TemporaryError
from bartizan.model.finding import Reason, gap
from bartizan.model.message import Examination
from bartizan.scanner.protocol import ANSWER_BYTES, ANSWER_HEAD, ScanRequest, decode_answer

CHUNK = 64 * 1024
SWEEP_SECONDS = 0.05


class Jobs:
    """The jobs that one event loop waits for."""

    def __init__(self) -> None:
        """Must be made inside the running loop."""
        self.loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._jobs: dict[int, Job] = {}
        self._sweeping: asyncio.TimerHandle | None = None
        self.loop.add_reader(self._epoll.fileno(), self._ready)

    def add(self, descriptor: int, job: Job) -> None:
        """Wake `job` when its connection can be read, or its deadline is over."""
        self._jobs[descriptor] = job
        self._epoll.register(descriptor, select.EPOLLIN)
        if self._sweeping is None:
            self._sweeping = self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def watch(self, descriptor: int, *, writing: bool) -> None:
        """Begin, or stop, to wake the job also when its connection takes more."""
        self._epoll.modify(descriptor, select.EPOLLIN | (select.EPOLLOUT if writing else 0))

    def remove(self, descriptor: int) -> None:
        """Forget a job; its connection is about to be closed, which takes it out of the epoll."""
        self._jobs.pop(descriptor, None)

    def close(self) -> None:
        """No job may be left."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        self.loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _ready(self) -> None:
        for descriptor, events in self._epoll.poll(0):
            job = self._jobs.get(descriptor)
            if job is None:
                continue
            if events & select.EPOLLOUT:
                job.writable()
            if events & ~select.EPOLLOUT:
                job.readable()

    def _sweep(self) -> None:
        """End the jobs whose time is over: one timer for all costs less than one for each."""
        now = self.loop.time()
        for job in self._jobs.values():
            job.look(now)
            if now >= job.deadline:
                job.too_late()
        self._sweeping = self.loop.call_later(SWEEP_SECONDS, self._sweep) if self._jobs else None


class Job:
    """`done` is the answer, or None when the scanner ended or sent nonsense; TemporaryError if none ever took it.

    `taken_at` is the loop's time when a scanner was first seen to have it, to SWEEP_SECONDS; 0.0 when none was.
    """

    __slots__ = (
        "_connection",
        "_descriptor",
        "_jobs",
        "_received",
        "_request",
        "_rest",
        "_wanted",
        "deadline",
        "done",
        "taken_at",
    )

    def __init__(self, jobs: Jobs, connection: socket.socket, request: ScanRequest, deadline: float) -> None:
        """`deadline` in the loop's time; it is kept to SWEEP_SECONDS."""
        self.done: asyncio.Future[Examination | None] = jobs.loop.create_future()
        self.deadline = deadline
        self.taken_at = 0.0
        self._jobs = jobs
        self._connection = connection
        self._descriptor = connection.fileno()
        self._request = request
        self._rest: memoryview | None = None
        self._received = bytearray()
        self._wanted = 0

    def send(self, data: bytes, descriptor: int | None) -> None:
        """Send the request, with a descriptor if there is one; then wait for the answer."""
        self._jobs.add(self._descriptor, self)
        try:
            if descriptor is None:
                sent = self._connection.send(data)
            else:
                rights = array.array("i", (descriptor,))
                sent = self._connection.sendmsg((data,), ((socket.SOL_SOCKET, socket.SCM_RIGHTS, rights),))
        except OSError:
            self._finish(None)
            return
        if sent < len(data):
            self._rest = memoryview(data)[sent:]
            self._jobs.watch(self._descriptor, writing=True)

    def close(self) -> None:
        """End the job, whatever its state; safe to call at any time."""
        self._jobs.remove(self._descriptor)
        self._connection.close()

    def readable(self) -> None:
        """Bytes of the answer are there, or its end."""
        if self.done.done():
            return
        try:
            piece = self._connection.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._finish(None)
            return
        received = self._received
        received += piece
        if not self._wanted and len(received) >= ANSWER_HEAD.size:
            (length,) = ANSWER_HEAD.unpack_from(received)
            self._wanted = ANSWER_HEAD.size + length
        if self._wanted > ANSWER_HEAD.size + ANSWER_BYTES or len(received) > self._wanted > 0:
            self._finish(None)
        elif len(received) == self._wanted:
            try:
                self._finish(decode_answer(bytes(received[ANSWER_HEAD.size :]), self._request))
            except ValueError:
                self._finish(None)

    def writable(self) -> None:
        """More of the request can be sent."""
        if self._rest is None or self.done.done():
            return
        try:
            self._rest = self._rest[self._connection.send(self._rest) :]
        except BlockingIOError:
            return
        except OSError:
            self._finish(None)
            return
        if not len(self._rest):
            self._rest = None
            self._jobs.watch(self._descriptor, writing=False)

    def look(self, now: float) -> None:
        """Notice when a scanner has taken it."""
        if not self.taken_at and not self.done.done() and not self._unread():
            self.taken_at = now

    def too_late(self) -> None:
        """The deadline is over: a Gap if a scanner had the message, else our own failure."""
        if self.done.done():
            return
        if self._unread():
            self.done.set_exception(TemporaryError("no scanner was free in time"))
        else:
            seconds = self._jobs.loop.time() - self.taken_at if self.taken_at else SWEEP_SECONDS
            self.done.set_result(not_examined(Reason.TIMEOUT, "the scanner took too long", seconds))

    def _finish(self, examination: Examination | None) -> None:
        if examination is None and self._jobs.loop.time() >= self.deadline:
            self.too_late()
        elif not self.done.done():
            self.done.set_result(examination)

    def _unread(self) -> bool:
        """Is the request still in the queue, because no scanner took the connection? (SIOCOUTQ on a Unix socket.)"""
        count = array.array("i", (0,))
        try:
            fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, count)
        except OSError:
            return False
        return count[0] > 0


def not_examined(reason: Reason, detail: str, seconds: float = 0.0) -> Examination:
    """The answer when there is none: one Gap for the whole message. `seconds` of a scanner's time it has cost."""
    return Examination((gap(reason, "message", detail),), timings={"scan": seconds * 1000} if seconds else {})
