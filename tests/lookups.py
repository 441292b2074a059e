"""Look-ups without servers, for any test: a resolver whose answers the test makes, with a clock that it sets."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.budget import LookupBudget
from bartizan.dns.client import Told
from bartizan.dns.records import Kind
from bartizan.dns.resolver import Resolver
from bartizan.model.clock import Clock
from bartizan.model.dns import DnsSettings

T = TypeVar("T")


class Servers:
    """Plays the client: knows `answers` at once, and keeps what it does not know waiting until `tell`."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Answer[Any]] = {}
        self.waiting: dict[tuple[str, str], list[Told]] = {}
        self.asked: list[tuple[str, str]] = []
        self.closed = False

    def ask(self, kind: Kind, name: str, told: Told) -> None:
        """A question."""
        self.asked.append((kind.name, name))
        known = self.answers.get((kind.name, name))
        if known is None:
            self.waiting.setdefault((kind.name, name), []).append(told)
        else:
            told(known)

    def tell(self, kind: str, name: str, answer: Answer[Any]) -> None:
        """The answer to all who wait."""
        for told in self.waiting.pop((kind, name)):
            told(answer)

    async def close(self) -> None:
        """No more questions."""
        self.closed = True


class Time:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.clock = Clock(lambda: self.now, lambda: self.now)


class World:
    """A resolver with its fake servers, clock and a large budget."""

    def __init__(self, **settings: Any) -> None:
        self.servers = Servers()
        self.time = Time()
        chosen = DnsSettings(servers=("192.0.2.53",), **settings)
        self.resolver = Resolver(chosen, clock=self.time.clock, client=self.servers)
        self.budget = LookupBudget(100, 30.0)

    def knows(self, kind: str, name: str, *values: str | Mx | bytes, ttl: float = 300.0) -> None:
        """The servers have these records; none: they say that there is none."""
        status = Status.FOUND if values else Status.NONE
        self.servers.answers[(kind, name)] = Answer(status, values, ttl)

    def fails(self, kind: str, name: str) -> None:
        """The servers cannot tell."""
        self.servers.answers[(kind, name)] = Answer(Status.FAILED, reason="server failure")


def at_once(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that does not suspend."""
    try:
        coroutine.send(None)
    except StopIteration as result:
        return result.value  # type: ignore[no-any-return]
    coroutine.close()
    raise AssertionError("it waits")


async def turns(number: int = 5) -> None:
    """Let the loop go round."""
    for _ in range(number):
        await asyncio.sleep(0)
