"""One SMTP connection of the generator, and what all connections of a run share.

A Load hands out mails by number: in a closed loop at once, in an open loop when they are due. A Client carries them
over: greeting, EHLO, then mail after mail until none is left or the server goes away.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from typing import cast

from bench.mix import Mail

_REPLIES_BEFORE_DATA = 3
_WAIT = -1
_NONE = -2
_UNSENT = -1


class Load:
    """The mails of one run, and for each its code (-1: not begun, 0: lost) and times (perf_counter)."""

    def __init__(self, mails: Sequence[Mail], reconnects: int, fresh: bool) -> None:
        self.mails = mails
        self.count = len(mails)
        self.reconnects = reconnects
        self.fresh = fresh
        """Each mail has a connection of its own."""
        self.scheduled = False
        self.due = self.count
        """Mails that may be sent by now."""
        self.codes = array("h", [_UNSENT]) * self.count
        self.began, self.sent, self.ended = (array("d", bytes(8 * self.count)) for _ in range(3))
        self._next = 0
        self._idle: list[Callable[[], None]] = []

    def begin_open(self, times: array[float]) -> None:
        """From now on a mail is due at its time in `times`, and that is when its latency begins."""
        self.scheduled = True
        self.began = times
        self.due = 0

    def take(self) -> int:
        """The number of the next mail, whose time begins now; negative when there is none (yet)."""
        number = self._next
        if number >= self.due:
            return _WAIT if number < self.count else _NONE
        self._next = number + 1
        now = perf_counter()
        self.sent[number] = now
        if not self.scheduled:
            self.began[number] = now
        return number

    async def next(self) -> int:
        """The number of the next mail as soon as it is due; negative when there is none any more."""
        while (number := self.take()) == _WAIT:
            due: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._idle.append(partial(_resolve, due))
            await due
        return number

    def wait(self, wake: Callable[[], None]) -> None:
        """Call `wake` when there is a mail, or when there never will be one."""
        self._idle.append(wake)

    def wake(self) -> None:
        """Wake as many as there are mails due; all of them after the last."""
        many = len(self._idle) if self.due == self.count else min(len(self._idle), self.due - self._next)
        woken, self._idle = self._idle[:many], self._idle[many:]
        for one in woken:
            one()


def _resolve(future: asyncio.Future[None]) -> None:
    """Let go on who waits for `future`, unless it has gone away."""
    if not future.done():
        future.set_result(None)


class Client(asyncio.Protocol):
    """One connection; `first` is the mail it was made for, negative when it takes mails as it goes."""

    def __init__(self, load: Load, first: int = -1) -> None:
        self.load = load
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.finished = False
        self._rest = b""
        self._number = first
        self._step = self._greeted
        self._replies: list[int] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        *lines, self._rest = data.split(b"\r\n")
        for line in lines:
            if line[3:4] != b"-":
                self._step(int(line[:3]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._number >= 0:
            self.load.codes[self._number] = 0
            self._number = -1
        _resolve(self.closed)

    def _write(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)

    def _greeted(self, code: int) -> None:
        if code >= 400:
            if self._number >= 0:
                self._end(code)
            self._done(code)
            return
        self._step = self._ready
        self._write(b"EHLO generator.load.example\r\n")

    def _ready(self, code: int) -> None:
        number = self._number
        if number < 0 and not self.finished:
            number = self._number = self.load.take()
        if number >= 0:
            self._replies = []
            self._step = self._envelope
            self._write(self.load.mails[number].commands)
        elif number == _WAIT and not self.finished:
            self.load.wait(self._woken)
        else:
            self.finished = True
            self._step = self._done
            self._write(b"QUIT\r\n")

    def _woken(self) -> None:
        if not self.closed.done():
            self._ready(0)

    def _envelope(self, code: int) -> None:
        self._replies.append(code)
        if len(self._replies) < _REPLIES_BEFORE_DATA:
            return
        if code == 354:
            mail = self.load.mails[self._number]
            self._step = self._answered
            self._write(mail.data)
            if mail.rest:
                assert self.transport is not None
                self.transport.writelines(mail.rest)
        else:
            # The first refusal is the mail's answer; RSET leaves nothing behind.
            self._end(next(c for c in self._replies if c >= 400))
            self._step = self._ready
            self._write(b"RSET\r\n")

    def _answered(self, code: int) -> None:
        self._end(code)
        self._ready(code)

    def _end(self, code: int) -> None:
        """The mail in hand has its final reply."""
        load, number = self.load, self._number
        load.ended[number] = perf_counter()
        load.codes[number] = code
        self._number = -1
        self.finished = load.fresh

    def _done(self, code: int) -> None:
        assert self.transport is not None
        self.transport.close()
