"""Real sessions, pipeline, policy and dispatcher between a fake client and fakes for scanner, next hop and store."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
from smtpd.house import FakeTransport, VirtualLoop, new_stream, settings_of

from actions.fakes import FakeRelay, FakeStore
from bartizan._core.stream import MessageStream
from bartizan.actions.dispatch import Dispatcher
from bartizan.delivery.outcome import Outcome
from bartizan.message.parse import from_stream
from bartizan.model.envelope import Envelope
from bartizan.model.finding import Finding
from bartizan.model.message import Examination
from bartizan.model.reply import Reply
from bartizan.model.rule import Rule, Tag, Who
from bartizan.model.verdict import Action
from bartizan.observe import page
from bartizan.observe.events import EventLog
from bartizan.observe.meter import Meter
from bartizan.observe.metrics import SMTPD
from bartizan.pipeline import Pipeline
from bartizan.policy.load import build
from bartizan.smtpd.office import Office
from bartizan.smtpd.session import Session
from bartizan.smtpd.settings import Services

POLICY = build(
    [
        Rule(
            action, Action(action), Who(recipient=(f"{action}*@*",)), tag=Tag("X-Tag", "t") if action == "tag" else None
        )
        for action in Action
    ],
    Action.ACCEPT,
)
"""A recipient's local part says what becomes of its copy: accept1@, quarantine@, ..."""


class FakePool:
    """A scanner: waits at the gate if it is closed, then answers `findings`, or raises."""

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] | Exception = ()
        self.open = asyncio.Event()
        self.open.set()

    async def examine(self, id: str, raw: bytes | memoryview, *, stored: bool) -> Examination:
        """As ScannerPool does."""
        await self.open.wait()
        if isinstance(self.findings, Exception):
            raise self.findings
        return Examination(self.findings)


class Gate:
    """One smtpd on a virtual clock; `die` replaces it by another that goes on with the same page."""

    def __init__(self, loop: VirtualLoop, **words: object) -> None:
        self.loop = loop
        self.settings = settings_of(**words)
        self.page = page.create(SMTPD)
        self.ids = map("T{}".format, itertools.count())
        self.start()

    def start(self) -> None:
        """A process."""
        self.meter = Meter.attach(self.page)
        self.events = io.BytesIO()
        self.problems: list[str] = []
        self.pool = FakePool()
        self.relay = FakeRelay([])
        self.store = FakeStore([])
        log = EventLog(self.events)
        dispatcher = Dispatcher(
            self.relay, self.store, hostname="mx.example", on_problem=lambda where, _: self.problems.append(where)
        )
        pipeline = Pipeline(self.pool, POLICY, dispatcher, log, "b", meter=self.meter)  # type: ignore[arg-type]

        async def submit(envelope: Envelope, stream: MessageStream) -> Reply:
            return await pipeline.process(envelope, from_stream(stream, None))

        services = Services(
            submit=submit,
            new_stream=lambda normalize: new_stream(self.settings, normalize),
            new_id=lambda: next(self.ids),
            on_problem=lambda where, _: self.problems.append(where),
            meter=self.meter,
        )
        self.office = Office(self.settings, services, self.loop)

    def die(self) -> None:
        """SIGKILL: nothing of the old process runs any more, a new one comes."""
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.meter._cells = page.private(SMTPD)
        self.loop.turn()
        self.start()

    def client(self) -> Client:
        """A connection."""
        return Client(self)

    def deliver(self, *recipients: str, body: bytes = b"Subject: x\r\n\r\nx\r\n") -> bytes:
        """One whole message; the reply to it."""
        client = self.client()
        client.begin(*recipients)
        answer = client.send(body + b".\r\n")
        client.lose()
        return answer

    def fail(self, *outcomes: Outcome | BaseException) -> None:
        """What the next hop does next."""
        self.relay.outcomes[:] = outcomes

    def close(self) -> None:
        """Give the page back."""
        os.close(self.page)


class Client:
    """One session of a Gate."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.session = Session(gate.office)
        self.transport = FakeTransport(gate.loop, self.session)
        self._read = 0
        self.session.connection_made(self.transport)
        gate.loop.turn()
        self.send(b"HELO c\r\n")

    def begin(self, *recipients: str) -> bytes:
        """Up to 354."""
        rcpt = b"".join(b"RCPT TO:<%s@here.example>\r\n" % one.encode() for one in recipients)
        return self.send(b"MAIL FROM:<a@b.example>\r\n" + rcpt + b"DATA\r\n")

    def send(self, data: bytes) -> bytes:
        """One packet; what was answered meanwhile."""
        if not self.transport.closed:
            self.session.data_received(data)
        self.gate.loop.turn(20)
        return self.read()

    def read(self) -> bytes:
        """What was answered since the last look."""
        data = bytes(self.transport.written[self._read :])
        self._read += len(data)
        return data

    def lose(self) -> None:
        """The connection breaks."""
        self.transport.close()
        self.gate.loop.turn()
