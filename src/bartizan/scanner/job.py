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


class Jobs:
    """The jobs that one event loop waits for."""

    def __init__(self) -> None:
        """Must be made inside the running loop."""
        self._loop = asyncio.get_running_loop()
        self._epoll = select.epoll()
        self._jobs: dict[int, Job] = {}
        self._loop.add_reader(self._epoll.fileno(), self._ready)

    def add(self, descriptor: int, job: Job) -> None:
        """Wake `job` when its connection can be read."""
        self._jobs[descriptor] = job
        self._epoll.register(descriptor, select.EPOLLIN)

    def watch(self, descriptor: int, *, writing: bool) -> None:
        """Begin, or stop, to wake the job also when its connection takes more."""
        self._epoll.modify(descriptor, select.EPOLLIN | (select.EPOLLOUT if writing else 0))

    def remove(self, descriptor: int) -> None:
        """Forget a job; its connection is about to be closed, which takes it out of the epoll."""
        self._jobs.pop(descriptor, None)

    def close(self) -> None:
        """No job may be left."""
        self._loop.remove_reader(self._epoll.fileno())
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


class Job:
    """`done` is the answer, or None when the scanner ended or sent nonsense; TemporaryError if none ever took it."""

    def __init__(self, jobs: Jobs, connection: socket.socket, request: ScanRequest, deadline: float) -> None:
        """`deadline` in the loop's time."""
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[Examination | None] = self._loop.create_future()
        self._jobs = jobs
        self._connection = connection
        self._descriptor = connection.fileno()
        self._request = request
        self._deadline = deadline
        self._timer = self._loop.call_at(deadline, self._too_late)
        self._rest = memoryview(b"")
        self._received = b""
        self._wanted = ANSWER_HEAD.size

    def send(self, data: bytes, descriptor: int | None) -> None:
        """Send the request, with a descriptor if there is one; then wait for the answer."""
        rights = []
        if descriptor is not None:
            rights.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", (descriptor,))))
        self._jobs.add(self._descriptor, self)
        try:
            sent = self._connection.sendmsg((data,), rights)
        except OSError:
            self._finish(None)
            return
        if sent < len(data):
            self._rest = memoryview(data)[sent:]
            self._jobs.watch(self._descriptor, writing=True)

    def close(self) -> None:
        """End the job, whatever its state; safe to call at any time."""
        self._timer.cancel()
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
        self._received = self._received + piece if self._received else piece
        if self._wanted == ANSWER_HEAD.size and len(self._received) >= ANSWER_HEAD.size:
            (length,) = ANSWER_HEAD.unpack_from(self._received)
            if length > ANSWER_BYTES:
                self._finish(None)
                return
            self._wanted += length
        if len(self._received) > self._wanted:
            self._finish(None)
        elif len(self._received) == self._wanted and self._wanted > ANSWER_HEAD.size:
            try:
                self._finish(decode_answer(memoryview(self._received)[ANSWER_HEAD.size :], self._request))
            except ValueError:
                self._finish(None)

    def writable(self) -> None:
        """More of the request can be sent."""
        if self.done.done():
            return
        try:
            self._rest = self._rest[self._connection.send(self._rest) :]
        except BlockingIOError:
            return
        except OSError:
            self._finish(None)
            return
        if not len(self._rest):
            self._jobs.watch(self._descriptor, writing=False)

    def _finish(self, examination: Examination | None) -> None:
        if self.done.done():
            return
        if examination is None and self._loop.time() >= self._deadline:
            self._too_late()
        else:
            self.done.set_result(examination)

    def _too_late(self) -> None:
        if self.done.done():
            return
        if self._unread():
            self.done.set_exception(TemporaryError("no scanner was free in time"))
        else:
            self.done.set_result(not_examined(Reason.TIMEOUT, "the scanner took too long"))

    def _unread(self) -> bool:
        """Is the request still in the queue, because no scanner took the connection? (SIOCOUTQ on a Unix socket.)"""
        count = array.array("i", (0,))
        try:
            fcntl.ioctl(self._descriptor, termios.TIOCOUTQ, count)
        except OSError:
            return False
        return count[0] > 0


def not_examined(reason: Reason, detail: str) -> Examination:
    """The answer when there is none: one Gap for the whole message."""
    return Examination((gap(reason, "message", detail),))
