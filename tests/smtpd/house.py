"""What the SMTP tests share: settings from a few words, services that take notes, a loop whose time is ours."""

from __future__ import annotations

import asyncio
import selectors
from dataclasses import dataclass, field
from typing import Any

from bartizan._core.stream import MessageStream
from bartizan.model.check import Checks, Rulings
from bartizan.model.envelope import Envelope
from bartizan.model.esmtp import Esmtp
from bartizan.model.limits import Limits
from bartizan.model.offer import Offer
from bartizan.model.rates import RateSettings
from bartizan.model.refusal import Refusal
from bartizan.model.reply import ACCEPTED, ETRN_STARTED, Reply
from bartizan.smtpd.office import Office
from bartizan.smtpd.session import Session
from bartizan.smtpd.settings import Caps, Services, SessionReport, SessionSettings, Timeouts
from bartizan.wall.wall import Wall

TO_DATA = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
GREETED = b"220 mx.example ESMTP\r\n"


def new_stream(settings: SessionSettings, normalize: bool) -> MessageStream:
    """A stream as the gateway makes it."""
    return MessageStream(
        max_bytes=settings.limits.message_bytes,
        max_line=settings.limits.data_line_bytes,
        normalize_bare=normalize,
    )


def settings_of(**words: Any) -> SessionSettings:
    """Settings for mx.example; a word is a field of one of these classes, whichever has it; those of Esmtp are written
    `esmtp_FIELD`."""
    kinds = (Limits, Timeouts, Caps, Checks, RateSettings, SessionSettings)
    parts: dict[type, dict[str, Any]] = {Esmtp: {}, **{kind: {} for kind in kinds}}
    for word, value in words.items():
        if word.startswith("esmtp_"):
            parts[Esmtp][word.removeprefix("esmtp_")] = value
            continue
        owner = next(part for part in kinds if word in part.__dataclass_fields__)  # type: ignore[attr-defined]
        parts[owner][word] = value
    return SessionSettings(
        hostname="mx.example",
        limits=Limits(**parts[Limits]),
        timeouts=Timeouts(**parts[Timeouts]),
        caps=Caps(**parts[Caps]),
        esmtp=Esmtp(**parts[Esmtp]),
        checks=Rulings(Checks(**parts[Checks])),
        rates=RateSettings(**parts[RateSettings]),
        **parts[SessionSettings],
    )


@dataclass
class Pipeline:
    """Stands for everything behind the session: keeps what it was given, and answers `reply`, or raises it."""

    settings: SessionSettings
    offer: Offer = field(default_factory=lambda: Offer(eight_bit=True))
    reply: Reply | BaseException = ACCEPTED
    gate: asyncio.Event | None = None
    refusals: dict[str, Reply] = field(default_factory=dict)
    unknown: dict[str, Reply] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    accepted: list[tuple[Envelope, bytes]] = field(default_factory=list)
    problems: list[tuple[str, BaseException]] = field(default_factory=list)
    reports: list[SessionReport] = field(default_factory=list)
    wall: Wall = field(default_factory=Wall)
    authenticator: Any = None
    refused: list[Refusal] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    named: int = 0

    async def submit(self, envelope: Envelope, stream: MessageStream) -> Reply:
        """Wait at the gate, if there is one, then answer."""
        self.arrived.set()
        if self.gate is not None:
            await self.gate.wait()
        self.accepted.append((envelope, bytes(stream.raw)))
        if isinstance(self.reply, BaseException):
            raise self.reply
        return self.reply

    async def known(self, recipient: str) -> Reply | None:
        """As the next hop would say, after a while."""
        self.asked.append(recipient)
        await asyncio.sleep(0)
        return self.unknown.get(recipient)

    async def etrn(self, node: str) -> Reply:
        """It has something for every node."""
        self.asked.append(node)
        await asyncio.sleep(0)
        return ETRN_STARTED

    def new_id(self) -> str:
        """id1, id2, ..."""
        self.named += 1
        return f"id{self.named}"

    def services(self) -> Services:
        """As the session wants it."""
        return Services(
            submit=self.submit,
            new_stream=lambda normalize: new_stream(self.settings, normalize),
            new_id=self.new_id,
            offer=lambda: self.offer,
            refused=lambda _, recipient: self.refusals.get(recipient),
            known=self.known,
            etrn=self.etrn,
            on_session=self.reports.append,
            on_check=self.refused.append,
            wall=self.wall,
            authenticator=self.authenticator,
            on_problem=lambda where, error: self.problems.append((where, error)),
        )


class _Selector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Instead of waiting, moves the loop's clock."""

    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        if timeout is not None and timeout > 0:
            self.loop.now += timeout
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop that never waits: its time goes on when nothing else is to be done."""

    def __init__(self) -> None:
        self.now = 1000.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        """Seconds."""
        return self.now

    def turn(self, times: int = 8) -> None:
        """Run what is ready."""
        for _ in range(times):
            self.call_soon(self.stop)
            self.run_forever()

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""
        self.run_until_complete(asyncio.sleep(seconds))
        self.turn()


class FakeTransport(asyncio.Transport):
    """A connection without sockets: what was written, and what was done to it."""

    def __init__(self, loop: VirtualLoop, protocol: asyncio.Protocol, peer: str = "192.0.2.1") -> None:
        super().__init__({"peername": (peer, 40000)})
        self.loop = loop
        self.protocol = protocol
        self.written = bytearray()
        self.writes = 0
        self.reading = True
        self.ended = False
        self.closed = False

    def write(self, data: Any) -> None:
        """Note it; writing after the end is an error of the session."""
        assert not self.closed
        assert not self.ended
        self.written += data
        self.writes += 1

    def can_write_eof(self) -> bool:
        """As TCP."""
        return True

    def write_eof(self) -> None:
        """FIN."""
        self.ended = True

    def is_closing(self) -> bool:
        """Was it closed?"""
        return self.closed

    def pause_reading(self) -> None:
        """Nothing more, please."""
        self.reading = False

    def resume_reading(self) -> None:
        """Go on."""
        self.reading = True

    def close(self) -> None:
        """Tell the protocol later, as a real one does."""
        if not self.closed:
            self.closed = True
            self.loop.call_soon(self.protocol.connection_lost, None)

    def abort(self) -> None:
        """The same here."""
        self.close()


class Rig:
    """One session on a fake connection and a virtual clock."""

    def __init__(self, loop: VirtualLoop, pipeline: Pipeline, office: Office | None = None, peer: str = "192.0.2.1"):
        self.loop = loop
        self.pipeline = pipeline
        self.office = office or Office(pipeline.settings, pipeline.services(), loop)
        self.session = Session(self.office)
        self.transport = FakeTransport(loop, self.session, peer)
        self._read = 0
        self.session.connection_made(self.transport)
        loop.turn()

    def send(self, data: bytes) -> bytes:
        """Deliver one packet, let everything run, answer what was written meanwhile."""
        if not self.transport.closed:
            self.session.data_received(data)
        self.loop.turn()
        return self.read()

    def read(self) -> bytes:
        """What was written since the last look."""
        data = bytes(self.transport.written[self._read :])
        self._read += len(data)
        return data

    def end(self) -> None:
        """The client sends FIN."""
        if not self.transport.closed and not self.session.eof_received():
            self.transport.close()
        self.loop.turn()

    def lose(self) -> None:
        """The connection breaks."""
        self.transport.close()
        self.loop.turn()


def rig_of(loop: VirtualLoop, **words: object) -> Rig:
    """A session that has said HELO."""
    rig = Rig(loop, Pipeline(settings_of(**words)))
    assert rig.read() == GREETED
    rig.send(b"HELO c\r\n")
    return rig
