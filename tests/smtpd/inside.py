"""What stands behind the door in a dialogue that has a next hop: real pipeline, restraint, dispatcher and SMTP client.

In: `hop:`, `restraint:` and `scanner:` steps. Out: services for the listener. Only both ends are fakes: a scanner that
finds nothing or dies, and a next hop that does as it is told. What could not be examined is kept, as shipped.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

from actions.fakes import FakeStore
from bartizan._core.stream import MessageStream
from bartizan.actions.dispatch import Dispatcher
from bartizan.delivery.nexthop import NextHop
from bartizan.message.parse import from_stream
from bartizan.model.envelope import Envelope
from bartizan.model.finding import Kind, Reason, gap
from bartizan.model.message import Examination
from bartizan.model.reply import Reply
from bartizan.model.restraint import RestraintSettings
from bartizan.model.rule import Rule, What
from bartizan.model.verdict import Action
from bartizan.observe.events import EventLog
from bartizan.pipeline import Pipeline
from bartizan.policy.load import build
from bartizan.restraint import Restraint
from bartizan.smtpd.settings import Services
from delivery.fake_nexthop import USUAL, Failure, FakeHop, Step

POLICY = build([Rule("not examined", Action.QUARANTINE, what=What(kind=(Kind.GAP,)))], Action.ACCEPT)
STEPS = ("hop:", "restraint:", "scanner:")
"""A dialogue that has one of these has a next hop."""
_CLEAN = Examination(())
_DEAD = Examination((gap(Reason.CRASH, "message"),), timings={"scan": 1.0})


class Scanner:
    """Stands for the scanners: finds nothing, or two of them die of the message."""

    def __init__(self) -> None:
        self.dies = False

    async def examine(self, id: str, raw: bytes | memoryview, *, stored: bool) -> Examination:
        """As ScannerPool does."""
        return _DEAD if self.dies else _CLEAN


class Inside:
    """For one dialogue; must be made while the loop runs, `open` before the listener starts, `close` at the end."""

    def __init__(self, restraint: str) -> None:
        """`restraint` is what the `restraint:` step says."""
        words = dict(word.split("=", 1) for word in restraint.split())
        kinds = {name: type(getattr(RestraintSettings(), name)) for name in words}
        self._restraint = Restraint(RestraintSettings(**{name: kinds[name](text) for name, text in words.items()}))
        self._fake = FakeHop()
        self._scanner = Scanner()
        self._told = 0

    async def open(self, hostname: str, on_problem: Callable[[str, BaseException], None]) -> None:
        """Start the next hop, and learn what it offers as the gateway does at its start."""
        await self._fake.__aenter__()
        self._hop = NextHop("127.0.0.1", self._fake.port, hostname=hostname)
        dispatcher = Dispatcher(self._hop, FakeStore([]), hostname=hostname, on_problem=on_problem)
        events = EventLog(io.BytesIO())
        self._pipeline = Pipeline(
            self._scanner,  # type: ignore[arg-type]
            POLICY,
            dispatcher,
            events,
            "b",
            restraint=self._restraint,
        )
        await self._hop.probe()
        self._told = len(self._fake.commands)

    async def close(self) -> None:
        """End everything."""
        await self._hop.close()
        self._restraint.close()
        await self._fake.__aexit__()

    def services(self, services: Services) -> Services:
        """`services`, with what the next hop says; a message that they take goes on through the pipeline."""

        async def submit(envelope: Envelope, stream: MessageStream) -> Reply:
            await services.submit(envelope, stream)
            return await self._pipeline.process(envelope, from_stream(stream, None))

        hop = self._hop
        return replace(services, submit=submit, offer=hop.offer, refused=hop.refused, known=hop.known, etrn=hop.etrn)

    def tell(self, key: str, rest: str) -> None:
        """A step that changes what stands behind the door."""
        if key == "hop:":
            point, _, steps = rest.partition(" ")
            assert point in USUAL, f"the next hop has no {point}"
            self._fake.script[point] = script(steps)
        elif key == "scanner:":
            assert rest in ("dies", "lives"), f"a scanner cannot {rest}"
            self._scanner.dies = rest == "dies"

    def was_told(self, wanted: str) -> None:
        """The next command that the next hop got."""
        commands = self._fake.commands
        assert self._told < len(commands), "got nothing"
        got = commands[self._told].decode()
        self._told += 1
        assert got == wanted, f"got {got}"


def script(text: str) -> Step | list[Step]:
    """What `hop:` says: one step for each time, or, between bars, one after the other."""
    steps = [_step(one) for one in text.split(" | ")]
    return steps if len(steps) > 1 else steps[0]


def _step(text: str) -> Step:
    """Bytes without their last CRLF, or the name of a failure."""
    failures = {failure.value: failure for failure in Failure}
    return failures.get(text) or text.encode("ascii").replace(rb"\r\n", b"\r\n") + b"\r\n"
