"""The load: kept SMTP connections in a closed loop, envelope commands pipelined (RFC 2920), messages made beforehand.

In: mails and an address on loopback. Out: the reply code of each mail and the time taken. Costs little enough that
what it talks to is what is measured; the ceiling is the same generator against smtp-sink.
Limits: every mail is sent once; everything stops at the deadline; a lost connection is made again a bounded number
of times and its mail counts as lost (code 0), since nobody knows what became of it.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

from bench.mix import Mail

_REPLIES_BEFORE_DATA = 3
_RECONNECTS = 100


@dataclass(slots=True)
class Outcome:
    """What a run did: seconds from the first byte to the last reply, and for each mail its final code (0: none)."""

    seconds: float = 0.0
    codes: list[int] = field(default_factory=list)
    unsent: int = 0
    """Mails that the deadline left over."""

    @property
    def rate(self) -> float:
        """Answered mails a second."""
        return sum(1 for code in self.codes if code) / self.seconds if self.seconds else 0.0

    @property
    def classes(self) -> dict[str, int]:
        """How many mails got a reply of each class: "2xx", "4xx", "5xx", "lost"."""
        return dict(sorted(Counter(f"{code // 100}xx" if code else "lost" for code in self.codes).items()))


class _Run:
    """What the connections of one run share."""

    def __init__(self, mails: Sequence[Mail]) -> None:
        self.codes: list[int | None] = [None] * len(mails)
        self.waiting: Iterator[tuple[int, Mail]] = iter(enumerate(mails))
        self.reconnects = _RECONNECTS


class _Client(asyncio.Protocol):
    """One connection: greeting, EHLO, then mail after mail until none is left or the server goes away."""

    def __init__(self, run: _Run) -> None:
        self.run = run
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None
        self.rest = b""
        self.index = -1
        self.mail: Mail | None = None
        self.step = self._greeted
        self.replies: list[int] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        *lines, self.rest = data.split(b"\r\n")
        for line in lines:
            if line[3:4] != b"-":
                self.step(int(line[:3]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self.mail is not None:
            self.run.codes[self.index] = 0
            self.mail = None
        if not self.closed.done():
            self.closed.set_result(None)

    def _write(self, data: bytes) -> None:
        assert self.transport is not None
        self.transport.write(data)

    def _greeted(self, code: int) -> None:
        self.step = self._ready
        self._write(b"EHLO generator.load.example\r\n")

    def _ready(self, code: int) -> None:
        self.index, self.mail = next(self.run.waiting, (-1, None))
        if self.mail is None:
            self.step = self._done
            self._write(b"QUIT\r\n")
            return
        self.replies = []
        self.step = self._envelope
        self._write(self.mail.commands)

    def _envelope(self, code: int) -> None:
        self.replies.append(code)
        if len(self.replies) < _REPLIES_BEFORE_DATA:
            return
        if code == 354:
            assert self.mail is not None
            self.step = self._answered
            self._write(self.mail.data)
        else:
            # The first refusal is the mail's answer; RSET leaves nothing behind.
            self.run.codes[self.index] = next(c for c in self.replies if c >= 400)
            self.mail = None
            self.step = self._ready
            self._write(b"RSET\r\n")

    def _answered(self, code: int) -> None:
        self.run.codes[self.index] = code
        self.mail = None
        self._ready(code)

    def _done(self, code: int) -> None:
        assert self.transport is not None
        self.transport.close()


async def _connection(run: _Run, host: str, port: int) -> None:
    """One connection, made again while mails and attempts are left."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            transport, client = await loop.create_connection(lambda: _Client(run), host, port)
        except OSError:
            await asyncio.sleep(0.1)
        else:
            try:
                await client.closed
            finally:
                transport.abort()
            if client.step == client._done:
                return
        run.reconnects -= 1
        if run.reconnects < 0:
            return


async def _send(mails: Sequence[Mail], host: str, port: int, connections: int, deadline: float) -> Outcome:
    """All connections until they are done or `deadline` seconds have passed."""
    run = _Run(mails)
    began = time.perf_counter()
    tasks = [asyncio.create_task(_connection(run, host, port)) for _ in range(min(connections, max(1, len(mails))))]
    _, late = await asyncio.wait(tasks, timeout=deadline)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    seconds = time.perf_counter() - began
    return Outcome(seconds, [code for code in run.codes if code is not None], sum(1 for c in run.codes if c is None))


def send(mails: Sequence[Mail], port: int, *, connections: int = 64, deadline: float = 300.0) -> Outcome:
    """Send every mail once to 127.0.0.1:`port`, at most for `deadline` seconds."""
    return uvloop.run(_send(mails, "127.0.0.1", port, connections, deadline))
