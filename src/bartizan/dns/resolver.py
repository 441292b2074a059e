"""Look-ups for everybody in one process: a cache, one query for all who ask the same, budgets and limits.

In: a name or an address, however odd, and the asker's LookupBudget. Out: an Answer; nothing is raised for content.
What is kept is answered without suspending, so a caller may drive the coroutine with `send(None)`. Whoever waits waits
for a future of its own: when it is cancelled or runs out of time, the query goes on for the others and for the cache.
A name that cannot be in the DNS is answered NONE without a query.

An answer is kept for its TTL between `ttl_min` and `ttl_max`; "there is none" for `negative_ttl`, as the library keeps
the SOA record to itself (RFC 2308 section 5); a failure for `failure_ttl`.
Not here: what answers mean (reverse.py, mail_domain.py), the protocol (client.py).
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from bartizan.dns.answer import Answer, Mx, Status, failed
from bartizan.dns.budget import LookupBudget
from bartizan.dns.cache import Cache, Key
from bartizan.dns.client import Client, Told
from bartizan.dns.name import address as read_address
from bartizan.dns.name import askable
from bartizan.dns.records import Kind
from bartizan.dns.system import system_servers
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.dns import DnsSettings

OVER_BUDGET = "over budget"
BUSY = "too many look-ups under way"
TIMED_OUT = "timed out"
_LONGEST_FLIGHT = 120.0
_NO_SUCH_NAME: Answer[Any] = Answer(Status.NONE)


class Asking(Protocol):
    """What puts a question to the servers: a Client, or a fake in a test."""

    def ask(self, kind: Kind, name: str, told: Told) -> None:
        """Have `told` called once with the answer."""

    async def close(self) -> None:
        """No more questions."""


@dataclass(slots=True)
class Counts:
    """Since the start: answers from the cache, queries sent, queries that failed, look-ups refused by a limit."""

    kept: int = 0
    queries: int = 0
    failed: int = 0
    refused: int = 0


class _Flight:
    """One query under way, and who waits for it."""

    __slots__ = ("answer", "timer", "waiting")

    def __init__(self) -> None:
        self.waiting: list[asyncio.Future[Answer[Any]]] = []
        self.answer: Answer[Any] | None = None
        self.timer: asyncio.TimerHandle | None = None


_Started = Answer[Any] | asyncio.Future[Answer[Any]]


class Resolver:
    """One for each process. Made before the lock-down or with `servers` that were read then (system.py); everything
    else happens with the first query, inside the loop."""

    def __init__(
        self,
        settings: DnsSettings | None = None,
        servers: Sequence[str] = (),
        clock: Clock = SYSTEM,
        client: Asking | None = None,
    ) -> None:
        """`servers` are those of this host, asked if the settings name none; read from /etc/resolv.conf if empty."""
        self._settings = settings = settings or DnsSettings()
        chosen = settings.servers or tuple(servers) or system_servers()
        self._client: Asking = client or Client(chosen, settings.timeout, settings.tries)
        self._cache = Cache(settings.cache_entries, clock.monotonic)
        self._flights: dict[Key, _Flight] = {}
        # the library doubles the time-out each round; this is for the day that it forgets somebody
        self._longest = min(_LONGEST_FLIGHT, settings.timeout * 2**settings.tries * len(chosen) + 1.0)
        self.counts = Counts()

    def budget(self) -> LookupBudget:
        """What one message may spend, by the settings."""
        return LookupBudget(self._settings.lookups, self._settings.seconds)

    async def addresses(self, name: str, budget: LookupBudget, version: int | None = None) -> Answer[str]:
        """Addresses of `name`, in their shortest form; of IP `version` 4 or 6 alone if that is given.

        Both kinds are two queries at the same time. FOUND when one of them is; `reason` then says why the other failed.
        """
        asked = askable(name)
        if asked is None:
            return _NO_SUCH_NAME
        if version is not None:
            return await self._look_up(Kind.A if version == 4 else Kind.AAAA, asked, budget)
        started = [self._start(kind, asked, budget) for kind in (Kind.A, Kind.AAAA)]
        four, six = [await self._finish(one, budget) for one in started]
        return _both(four, six)

    async def names(self, address: str, budget: LookupBudget) -> Answer[str]:
        """Names that the reverse zone gives `address` (PTR), unconfirmed. NONE for what is no IP address."""
        found = read_address(address)
        if found is None:
            return _NO_SUCH_NAME
        return await self._look_up(Kind.PTR, found.reverse_pointer, budget)

    async def mx(self, domain: str, budget: LookupBudget) -> Answer[Mx]:
        """The mail exchangers of `domain`, the preferred first; a null MX has the host ""."""
        asked = askable(domain)
        return _NO_SUCH_NAME if asked is None else await self._look_up(Kind.MX, asked, budget)

    async def texts(self, name: str, budget: LookupBudget) -> Answer[bytes]:
        """TXT records, the strings of each joined without a space (RFC 7208 section 3.3, RFC 6376 section 3.6.2.2)."""
        asked = askable(name)
        return _NO_SUCH_NAME if asked is None else await self._look_up(Kind.TXT, asked, budget)

    async def close(self) -> None:
        """Let everybody know that no answer will come."""
        await self._client.close()
        for key, flight in list(self._flights.items()):
            self._land(key, flight, failed("closed"))

    async def _look_up(self, kind: Kind, name: str, budget: LookupBudget) -> Answer[Any]:
        started = self._start(kind, name, budget)
        return started if isinstance(started, Answer) else await self._finish(started, budget)

    def _start(self, kind: Kind, name: str, budget: LookupBudget) -> _Started:
        """The answer if it is known, or a future for it; the budget pays for the latter."""
        key = (kind.value, name)
        kept = self._cache.get(key)
        if kept is not None:
            self.counts.kept += 1
            return kept
        flight = self._flights.get(key)
        if flight is None and len(self._flights) >= self._settings.in_flight:
            self.counts.refused += 1
            return failed(BUSY)
        if not budget.spend():
            self.counts.refused += 1
            return failed(OVER_BUDGET)
        if flight is None:
            flight = self._send(kind, key)
            if flight.answer is not None:
                return flight.answer
        waiting: asyncio.Future[Answer[Any]] = asyncio.get_running_loop().create_future()
        flight.waiting.append(waiting)
        return waiting

    def _send(self, kind: Kind, key: Key) -> _Flight:
        flight = self._flights[key] = _Flight()
        self.counts.queries += 1
        loop = asyncio.get_running_loop()
        flight.timer = loop.call_later(self._longest, self._land, key, flight, failed(TIMED_OUT))
        self._client.ask(kind, key[1], partial(self._land, key, flight))
        return flight

    def _land(self, key: Key, flight: _Flight, answer: Answer[Any]) -> None:
        """The answer is here: keep it, and tell everybody who waits."""
        if flight.answer is not None:
            return
        if flight.timer is not None:
            flight.timer.cancel()
        del self._flights[key]
        flight.answer = answer = self._dated(answer)
        self._cache.put(key, answer)
        for one in flight.waiting:
            if not one.done():
                one.set_result(answer)
        flight.waiting.clear()

    def _dated(self, answer: Answer[Any]) -> Answer[Any]:
        settings = self._settings
        if answer.status is Status.FOUND:
            return replace(answer, ttl=min(max(answer.ttl, settings.ttl_min), settings.ttl_max))
        if answer.status is Status.NONE:
            return replace(answer, ttl=settings.negative_ttl)
        self.counts.failed += 1
        return replace(answer, ttl=settings.failure_ttl)

    async def _finish(self, started: _Started, budget: LookupBudget) -> Answer[Any]:
        """Wait for what was started, as long as the budget has time."""
        if isinstance(started, Answer):
            return started
        if started.done():
            return started.result()
        loop = started.get_loop()
        timer = loop.call_later(budget.begin_wait(loop.time()), _give_up, started)
        try:
            return await started
        finally:
            timer.cancel()
            budget.end_wait(loop.time())


def _give_up(waiting: asyncio.Future[Answer[Any]]) -> None:
    if not waiting.done():
        waiting.set_result(failed(TIMED_OUT))


def _both(four: Answer[str], six: Answer[str]) -> Answer[str]:
    """The answer about both kinds of addresses."""
    statuses = (four.status, six.status)
    status = next(one for one in (Status.FOUND, Status.FAILED, Status.NONE) if one in statuses)
    values = four.values + six.values
    return Answer(status, values, min(four.ttl, six.ttl), four.cut or six.cut, four.reason or six.reason)
