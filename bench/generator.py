"""The load: kept SMTP connections, envelope commands pipelined (RFC 2920), messages made beforehand.

In: mails, an address, and for an open loop the times at which they are due. Out: an Outcome. Costs little enough that
what it talks to is what is measured; the ceiling is the same generator straight to the sink. Times go into arrays that
exist before the first byte is sent.
A closed loop sends a connection's next mail as soon as the last is answered. In an open loop mails are due by the
schedule; those that find no connection free wait, and their latency goes on from when they were due. Timers have whole
milliseconds: up to one of each latency is the generator's.
Limits: every mail is sent once; everything stops at the deadline; a lost connection is made again a bounded number of
times and its mail counts as lost (code 0), since nobody knows what became of it.
Not here: the protocol of one connection (client).
"""

from __future__ import annotations

import asyncio
import time
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import partial

import uvloop

from bench.client import Client, Load
from bench.mix import Mail
from bench.outcome import Outcome

_RECONNECTS = 100
_PAUSE = 0.1
"""Seconds before a connection is made again."""
_TICK = 0.001
"""Seconds: what a timer can tell apart."""


def send(
    mails: Sequence[Mail],
    port: int,
    *,
    host: str = "127.0.0.1",
    connections: int = 64,
    deadline: float = 300.0,
    schedule: Sequence[float] | None = None,
    fresh: bool = False,
) -> Outcome:
    """Send every mail once to `host`:`port`, at most for `deadline` seconds over at most `connections` at a time.

    With `schedule` (seconds after the start, ascending, one for each mail) it is an open loop; with `fresh` each mail
    gets a connection of its own.
    """
    return uvloop.run(_send(mails, host, port, connections, deadline, schedule, fresh))


async def _send(
    mails: Sequence[Mail],
    host: str,
    port: int,
    connections: int,
    deadline: float,
    schedule: Sequence[float] | None,
    fresh: bool,
) -> Outcome:
    """All connections until they are done or `deadline` seconds have passed."""
    load = Load(mails, _RECONNECTS, fresh)
    began, used = time.perf_counter(), time.thread_time()
    if schedule is not None:
        load.begin_open(array("d", [began + due for due in schedule]))
        _Clock(load).tick()
    tasks = [asyncio.create_task(_connection(load, host, port)) for _ in range(min(connections, max(1, len(mails))))]
    _, late = await asyncio.wait(tasks, timeout=deadline)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return _outcome(load, began, time.perf_counter() - began, time.thread_time() - used)


async def _connection(load: Load, host: str, port: int) -> None:
    """One connection after another, while there are mails and attempts left. The first mail is taken before connecting,
    so that the time it takes to connect is part of a latency only where every mail has a connection of its own."""
    loop = asyncio.get_running_loop()
    while True:
        number = await load.next() if load.fresh else -1
        if load.fresh and number < 0:
            return
        try:
            transport, client = await loop.create_connection(partial(Client, load, number), host, port)
        except OSError:
            if number >= 0:
                load.codes[number] = 0
            await asyncio.sleep(_PAUSE)
        else:
            try:
                await client.closed
            finally:
                transport.abort()
            if client.finished:
                if load.fresh:
                    continue
                return
        load.reconnects -= 1
        if load.reconnects < 0:
            return


class _Clock:
    """Makes mails due as their times come, and wakes connections that wait for one."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._loop = asyncio.get_running_loop()

    def tick(self) -> None:
        """Everything that is due now; then again at the next mail's time."""
        load = self._load
        now = time.perf_counter()
        load.due = bisect_right(load.began, now, load.due)
        load.wake()
        if load.due < load.count:
            self._loop.call_later(max(_TICK, load.began[load.due] - now), self.tick)


def _outcome(load: Load, began: float, seconds: float, cpu: float) -> Outcome:
    """What is in the arrays, for the mails that were begun or answered."""
    result = Outcome(seconds, cpu=cpu)
    for number, code in enumerate(load.codes):
        if code < 0:
            result.unsent += 1
            continue
        result.codes.append(code)
        if code:
            result.size += load.mails[number].size
            result.began.append(load.began[number] - began)
            result.sent.append(load.sent[number] - began)
            result.ended.append(load.ended[number] - began)
    return result
