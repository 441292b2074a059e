"""Composition root: settings become objects, for each role that a process can have.

`examiner` is the part of the gateway that `scan` and `explain` need. Run as `python -m bartizan.app DESCRIPTOR` a
process is one smtpd, told everything by its supervisor through an inherited file.
The only importer of uvloop. Not here: what any of the objects does, the process tree (supervisor.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ipaddress
import os
import signal
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import uvloop

from bartizan._core.automaton import Automaton
from bartizan._core.stream import MessageStream
from bartizan.actions.dispatch import Dispatcher
from bartizan.bundle import PHRASES, Bundle, build
from bartizan.config.schema import ANY_DOMAIN, Listener, Settings
from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.opening import HopTimeouts, Tls
from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.message.parse import from_bytes, from_stream
from bartizan.model.envelope import Envelope
from bartizan.model.limits import Limits
from bartizan.model.message import Examination
from bartizan.model.reply import Reply
from bartizan.observe import codec
from bartizan.observe.events import EventLog, Fate
from bartizan.pipeline import Pipeline, examine
from bartizan.policy import load as policy
from bartizan.sandbox.lockdown import Mode
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import ScannerProcesses
from bartizan.scanner.slot import Slot
from bartizan.smtpd import listener as smtpd
from bartizan.smtpd import settings as session
from bartizan.smtpd.identifiers import Identifiers

HEARTBEAT = 1.0
"""Seconds between two signs of life of an smtpd."""
TICK = 0.2
"""Seconds between two looks at the scanner processes."""

PROBE_SECONDS = 1.0
"""How long the start waits to learn what the next hop offers; one that does not answer must not keep mail out."""

Examine = Callable[[bytes, str], Awaitable[Examination]]


@dataclass(frozen=True, slots=True)
class SmtpdOrder:
    """What an smtpd is told at its start.

    `sockets` are inherited descriptors, one for each of the settings' listeners; `slot` and `lifeline` too: the page it
    shares with its supervisor, and a pipe that ends when the supervisor does. `scanners` is the directory of the pool.
    """

    settings: Settings
    bundle: Bundle
    scanners: str
    sockets: tuple[int, ...]
    slot: int
    lifeline: int


def scanner_processes(settings: Settings, bundle: Bundle, log: Callable[[str], None]) -> ScannerProcesses:
    """The scanners that `settings` ask for, not yet started."""
    return ScannerProcesses(
        bundle.directory,
        settings.limits,
        count=settings.server.scanners,
        sandbox=Mode(settings.server.sandbox or "required"),
        log=log,
    )


@contextlib.asynccontextmanager
async def examiner(settings: Settings) -> AsyncIterator[Examine]:
    """Whole examinations of stored mails: first pass here, the rest in scanners that live as long as the context.

    ConfigError when the bundle cannot be built or a required sandbox cannot be had, TemporaryError when a scanner
    does not start.
    """
    bundle = build(settings)
    automaton = Automaton.open(str(Path(bundle.directory, PHRASES)))
    scanners = scanner_processes(settings, bundle, lambda line: print(line, file=sys.stderr))
    scanners.start()
    pool = ScannerPool(scanners.directory, settings.limits)
    watch = asyncio.create_task(_look_after(scanners), name="scanners")

    async def one(raw: bytes, id: str) -> Examination:
        message = from_bytes(raw, automaton, settings.limits, stored=True).message
        return await examine(pool, id, message)

    try:
        yield one
    finally:
        watch.cancel()
        pool.close()
        scanners.stop()


async def _look_after(scanners: ScannerProcesses) -> None:
    while True:
        scanners.tick()
        await asyncio.sleep(TICK)


def quarantine(settings: Settings) -> SqliteStore:
    """The store of held mail. TemporaryError when it cannot be opened."""
    return SqliteStore(settings.server.state)


def next_hop(settings: Settings) -> NextHop:
    """The client for the configured next hop; ValueError when there is none."""
    hop = settings.next_hop
    if hop is None:
        raise ValueError("no next hop is configured")
    timeouts = HopTimeouts(
        connect=hop.connect_timeout, command=hop.command_timeout, dot=hop.data_timeout, idle=hop.idle_timeout
    )
    return NextHop(
        hop.host,
        hop.port,
        hostname=settings.server.hostname,
        connections=hop.connections,
        timeouts=timeouts,
        tls=Tls(hop.tls),
    )


async def run_smtpd(order: SmtpdOrder) -> None:
    """One smtpd until SIGTERM, or until its supervisor is gone."""
    loop = asyncio.get_running_loop()
    settings, bundle = order.settings, order.bundle
    automaton = Automaton.open(str(Path(bundle.directory, PHRASES)))
    events = EventLog.open(settings.log.events)
    hop = next_hop(settings)
    store = quarantine(settings)
    dispatcher = Dispatcher(hop, store.awaited(), hostname=settings.server.hostname, on_problem=events.problem)
    pool = ScannerPool(order.scanners, settings.limits)
    pipeline = Pipeline(pool, policy.build(settings.rules, settings.policy.default), dispatcher, events, bundle.hash)

    async def submit(envelope: Envelope, stream: MessageStream) -> Reply:
        return await pipeline.process(envelope, from_stream(stream, automaton))

    def refused(envelope: Envelope, size: int, reply: Reply) -> None:
        events.message(envelope, Fate(reply, size=size, bundle=bundle.hash))

    def session_over(report: session.SessionReport) -> None:
        events.session(
            report.peer.address, report.helo, report.tls, report.seconds, report.messages, report.errors, report.ended
        )

    new_id = Identifiers().new
    listeners = []
    for listener, descriptor in zip(settings.listeners, order.sockets, strict=True):
        services = session.Services(
            submit=submit,
            new_stream=stream_maker(automaton, settings.limits, listener),
            new_id=new_id,
            offer=hop.offer,
            refused=hop.refused,
            on_session=session_over,
            on_refused=refused,
            on_problem=events.problem,
        )
        sockets = [socket.socket(fileno=descriptor)]
        listeners.append(smtpd.Listener(_session_settings(settings, listener), services, sockets))
    told = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    loop.add_signal_handler(signal.SIGINT, lambda: None)
    loop.add_reader(order.lifeline, told.set)
    slot = Slot(order.slot)

    def beat() -> None:
        slot.beat()
        loop.call_later(HEARTBEAT, beat)

    probing = asyncio.create_task(hop.probe(), name="probe")
    await asyncio.wait((probing,), timeout=PROBE_SECONDS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    beat()
    for one in listeners:
        await one.start()
    slot.set_ready()
    await told.wait()
    loop.remove_reader(order.lifeline)
    await asyncio.gather(*(one.drain(settings.timeouts.drain) for one in listeners))
    probing.cancel()
    await hop.close()
    pool.close()
    store.close()
    events.close()


def stream_maker(automaton: Automaton, limits: Limits, listener: Listener) -> Callable[[], MessageStream]:
    """Makes the receiver of each message that comes in at `listener`."""
    normalize = listener.bare_line_ends == "normalize"

    def new_stream() -> MessageStream:
        return MessageStream(
            automaton,
            max_bytes=limits.message_bytes,
            max_line=limits.data_line_bytes,
            normalize_bare=normalize,
            max_depth=limits.mime_depth,
            max_parts=limits.mime_parts,
            max_header=limits.header_bytes,
            max_headers=limits.headers_bytes,
            max_fields=limits.header_fields,
        )

    return new_stream


def _session_settings(settings: Settings, listener: Listener) -> session.SessionSettings:
    """What the sessions of `listener` in one process are told: caps of the node are shared out evenly."""
    workers = settings.server.workers
    times, caps = settings.timeouts, settings.caps
    largest = settings.limits.message_bytes
    domains = listener.recipient_domains
    return session.SessionSettings(
        hostname=settings.server.hostname,
        limits=settings.limits,
        timeouts=session.Timeouts(
            command=times.command,
            data_idle=times.data_idle,
            grace=times.rate_grace,
            bytes_per_second=float(times.minimum_rate),
            handshake=times.handshake,
            commit=times.commit,
        ),
        caps=session.Caps(
            sessions=max(1, caps.sessions // workers),
            sessions_per_peer=max(1, caps.sessions_per_peer // workers),
            in_flight_bytes=max(largest, caps.bytes_in_flight // workers),
            in_flight_bytes_per_peer=max(largest, caps.bytes_in_flight_per_peer // workers),
        ),
        recipient_domains=None if domains == ANY_DOMAIN else domains,
        trusted=tuple(ipaddress.ip_network(text, strict=False) for text in listener.trusted),
        bare_line_ends=session.BareLineEnds.NORMALIZE
        if listener.bare_line_ends == "normalize"
        else session.BareLineEnds.REFUSE,
        tls=_tls(listener),
    )


def _tls(listener: Listener) -> ssl.SSLContext | None:
    """The certificate that `listener` offers STARTTLS with."""
    if listener.tls is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(listener.tls.certificate, listener.tls.key)
    return context


if __name__ == "__main__":
    os.umask(0o077)
    with open(int(sys.argv[1]), "rb") as order:
        uvloop.run(run_smtpd(codec.unpack(order.read(), SmtpdOrder)))
