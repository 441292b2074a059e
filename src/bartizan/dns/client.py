"""Puts one question at a time to the name servers. The only importer of aiodns and pycares.

In: a kind of record and a name that may be asked for. Out: an Answer, by a call from the loop; never an exception.
The library (c-ares) waits on a thread of its own, asks again over TCP when an answer was cut off, tries the other
servers, and drops answers with a wrong id or question. It also keeps answers, without a limit to their number, so its
channel is replaced by a new one after RENEW_AFTER questions.
Everything that is loaded is loaded by the import; threads begin with the first question.
Not here: our own cache, limits and the sharing of questions (resolver.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import aiodns
import pycares

from bartizan.dns.answer import Answer, Status, failed
from bartizan.dns.records import Kind, read

RENEW_AFTER = 4096
"""Questions; an answer has 64 KiB at most."""

_FLAGS = pycares.ARES_FLAG_NOSEARCH | pycares.ARES_FLAG_EDNS
"""Names are complete; answers may be longer than 512 bytes without TCP."""

Told = Callable[[Answer[Any]], None]

_THERE_IS_NONE = (aiodns.error.ARES_ENODATA, aiodns.error.ARES_ENOTFOUND, aiodns.error.ARES_EBADNAME)
_REASONS = {
    aiodns.error.ARES_ESERVFAIL: "server failure",
    aiodns.error.ARES_EREFUSED: "refused",
    aiodns.error.ARES_ENOTIMP: "refused",
    aiodns.error.ARES_ETIMEOUT: "timed out",
    aiodns.error.ARES_ECONNREFUSED: "no server",
    aiodns.error.ARES_EBADRESP: "malformed answer",
    aiodns.error.ARES_EFORMERR: "malformed answer",
    aiodns.error.ARES_ECANCELLED: "cancelled",
}


class Client:
    """Asks `servers` (address, or address:port), each for `timeout` seconds at first, in `tries` rounds."""

    __slots__ = ("_asked", "_channel", "_closed", "_servers", "_timeout", "_tries")

    def __init__(self, servers: Sequence[str], timeout: float, tries: int) -> None:
        self._servers = tuple(servers)
        self._timeout = timeout
        self._tries = tries
        self._channel: aiodns.DNSResolver | None = None
        self._asked = 0
        self._closed = False

    def ask(self, kind: Kind, name: str, told: Told) -> None:
        """Ask; `told` is called once, by the running loop, perhaps at once."""
        if self._closed:
            told(failed("closed"))
            return
        try:
            channel = self._open()
            future = channel.query_dns(name + ".", kind.name)
        except Exception as problem:  # its own checks; the name was checked before
            told(failed(type(problem).__name__))
            return
        # the channel stays as long as somebody waits for it, even when it is replaced
        future.add_done_callback(partial(_answered, channel, kind, told))

    async def close(self) -> None:
        """Whoever still waits is told that it failed."""
        self._closed = True
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    def _open(self) -> aiodns.DNSResolver:
        self._asked += 1
        if self._channel is None or self._asked > RENEW_AFTER:
            self._asked = 1
            self._channel = aiodns.DNSResolver(
                self._servers,
                asyncio.get_running_loop(),
                timeout=self._timeout,
                tries=self._tries,
                flags=_FLAGS,
            )
        return self._channel


def _answered(channel: aiodns.DNSResolver, kind: Kind, told: Told, future: asyncio.Future[Any]) -> None:
    if future.cancelled():
        told(failed("cancelled"))
        return
    problem = future.exception()
    if problem is None:
        records = future.result().answer
        # no record, and not told that there is none: a response code that the library has no error for
        told(read(kind, records) if records else failed("unusual answer"))
    elif isinstance(problem, aiodns.error.DNSError):
        told(_error(problem.args[0]))
    else:
        told(failed(type(problem).__name__))


def _error(number: int) -> Answer[Any]:
    if number in _THERE_IS_NONE:
        return Answer(Status.NONE)
    return failed(_REASONS.get(number, f"error {number}"))
