"""The life of one smtpd, a process of its own: told by its supervisor, confined, serving, told anew, draining.

A change of configuration is taken between two messages: sessions stay, and what is under way keeps what it began with.
An smtpd that cannot take one drains and ends, so that its successor starts with it. It ends by SIGTERM after draining,
and at once when its supervisor is gone. Everything that meets a client happens after the lock-down.
Run as `python -c "from bartizan.node.smtpd import main; main()" CONTROL PARENT`: an inherited socket, a process id.
Not here: what is decided (pipeline.py), what a session does (bartizan.smtpd).
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import sys
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from bartizan.delivery.sqlite_store import SqliteStore
from bartizan.dns.system import system_servers
from bartizan.model.envelope import Envelope
from bartizan.model.reply import Reply
from bartizan.node.force import InForce
from bartizan.node.generation import Generation
from bartizan.node.loop import run
from bartizan.node.order import Change, SmtpdOrder, receive_change, receive_order
from bartizan.node.outlets import quarantine
from bartizan.node.pressure import Pressure
from bartizan.node.sessions import session_settings
from bartizan.observe.events import EventLog, Fate
from bartizan.observe.meter import Meter
from bartizan.sandbox import places, profiles
from bartizan.sandbox.lockdown import Lockdown, Mode, die_with_parent
from bartizan.scanner.slot import Slot
from bartizan.smtpd.identifiers import Identifiers
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.settings import Services, SessionReport, SessionSettings
from bartizan.smtpd.tls import quietly

HEARTBEAT = 1.0
"""Seconds between two signs of life."""
PROBE_SECONDS = 1.0
"""How long the first start waits to learn what the next hop offers; one that does not answer must not keep mail out."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened and read before the lock-down: how much memory is in use, the name servers of this host."""

    pressure: Pressure
    servers: tuple[str, ...]


class Smtpd:
    """The process. Must be made inside the loop."""

    def __init__(self, order: SmtpdOrder, generation: Generation, control: socket.socket, opened: Opened) -> None:
        self._loop = asyncio.get_running_loop()
        self._slot = Slot(order.slot)
        self._log = order.events
        self._meter = Meter.attach(order.meter)
        self._events = EventLog(os.fdopen(order.events, "ab", buffering=0), on_lost=self._meter.line_lost)
        self._control = control
        self._control.setblocking(False)
        settings = self._session_settings(generation)
        self._store: SqliteStore = quarantine(generation.settings)
        self._force = InForce(
            generation, order.phrases, self._store.awaited(), self._events, self._meter, opened.servers
        )
        self._new_id = Identifiers().new
        self._told = asyncio.Event()
        self._background: set[asyncio.Task[None]] = set()
        self._listeners: list[Listener] = []
        for index, one in enumerate(settings):
            sockets = [socket.socket(fileno=number) for number in order.sockets[index]]
            first = self._listeners[0] if self._listeners else None
            self._listeners.append(Listener(one, self._services(index), sockets, beside=first))
        self._patient = order.patient
        self._opened = opened
        self._stressed = False
        self._in_use = [generation.number]

    async def run(self) -> None:
        """Serve until told to stop, then drain."""
        loop = self._loop
        loop.add_signal_handler(signal.SIGTERM, self._told.set)
        loop.add_reader(self._control.fileno(), self._changed)
        probing = self._start(self._force.hop.probe(), "probe")
        if self._patient:
            await asyncio.wait((probing,), timeout=PROBE_SECONDS)
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 50, 100)
        self._beat()
        for listener in self._listeners:
            await listener.start()
        self._slot.generation = min(self._in_use)
        self._slot.set_ready()
        await self._told.wait()
        loop.remove_reader(self._control.fileno())
        seconds = self._force.generation.settings.timeouts.drain
        await asyncio.gather(*(listener.drain(seconds) for listener in self._listeners))
        for task in self._background:
            task.cancel()
        await self._force.retire()
        self._store.close()
        self._events.close()

    def _beat(self) -> None:
        self._slot.beat()
        self._feel()
        self._meter.set_store_failed(bool(self._store.failed))
        self._loop.call_later(HEARTBEAT, self._beat)

    def _feel(self) -> None:
        """Let the sessions know how much memory is in use, and say when that, or their number, makes us strict."""
        admission = self._listeners[0].office.admission
        was = self._stressed
        admission.notice(self._opened.pressure.share())
        self._stressed = admission.stressed
        self._meter.set_stressed(self._stressed)
        if self._stressed != was:
            self._events.process("stress", "smtpd", "begins" if self._stressed else "ends")

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = self._loop.create_task(work, name=name)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task

    def _changed(self) -> None:
        """The supervisor has a new configuration, or is gone."""
        try:
            change = receive_change(self._control)
        except BlockingIOError:
            return
        except OSError as error:
            self._events.problem("control socket", error)
            change = None
        if change is None:
            self._told.set()
            return
        try:
            self._take(change)
        except Exception as error:
            self._events.problem(f"taking {change.generation}", error)
            self._told.set()

    def _take(self, change: Change) -> None:
        """Follow `change` from the next message on."""
        os.dup2(change.events, self._log, inheritable=False)
        os.close(change.events)
        generation = Generation.read(change.generation)
        if generation.number == self._force.generation.number:
            os.close(change.phrases)
            return
        settings = self._session_settings(generation)
        old = self._force
        store, servers = self._store.awaited(), self._opened.servers
        self._force = InForce(generation, change.phrases, store, self._events, self._meter, servers, old)
        for index, listener in enumerate(self._listeners):
            listener.renew(settings[index], self._services(index))
        if self._force.authenticator is not None and self._force.authenticator is old.authenticator:
            auth = generation.settings.auth
            self._start(self._force.authenticator.renew(auth, self._force.passwords), "logins")
        if self._force.hop is not old.hop:
            self._start(self._force.hop.probe(), "probe")
        self._in_use.append(generation.number)
        self._start(self._leave(old, self._force), "leave")

    async def _leave(self, old: InForce, successor: InForce) -> None:
        """Nothing follows `old` any more once this is over; the supervisor is told by the slot's page."""
        await old.retire(successor)
        self._in_use.remove(old.generation.number)
        self._slot.generation = min(self._in_use)

    def _session_settings(self, generation: Generation) -> list[SessionSettings]:
        return [session_settings(generation, index) for index in range(len(generation.settings.listeners))]

    def _services(self, index: int) -> Services:
        """What sessions of one listener may call, under the generation in force now."""
        force, events = self._force, self._events

        def refused(envelope: Envelope, size: int, reply: Reply) -> None:
            events.message(envelope, Fate(reply, size=size, bundle=force.generation.bundle))

        def session_over(report: SessionReport) -> None:
            r = report
            events.session(r.peer.address, r.helo, r.tls, r.seconds, r.messages, r.errors, r.ended)

        return Services(
            submit=force.submit,
            new_stream=force.new_stream,
            new_id=self._new_id,
            offer=force.hop.offer,
            refused=force.refused,
            known=force.hop.known,
            etrn=force.hop.etrn,
            on_session=session_over,
            on_refused=refused,
            on_check=events.refusal,
            on_problem=events.problem,
            meter=self._meter,
            wall=force.walls[index],
            authenticator=force.authenticator,
        )


def _confine(generation: Generation) -> None:
    """Lock this process down, with what it will need left open or loaded. ConfigError, OSError.

    Who is not root may read all of /etc that anybody may, so that a name server's file that is replaced is found.
    """
    server = generation.settings.server
    places.prepare()
    read = (os.path.dirname(generation.directory), *places.network(), *(() if os.geteuid() == 0 else ("/etc",)))
    Lockdown(profiles.smtpd(read, (server.state,)), Mode(server.sandbox or "required")).apply()


def _call_me(name: str) -> None:
    """The name that an operator sees in a list of processes."""
    with contextlib.suppress(OSError), open("/proc/self/comm", "w", encoding="ascii") as comm:
        comm.write(name)


def _hold_many() -> None:
    """As many descriptors as this process may have: each session is one, and the usual soft limit is 1,024."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main() -> None:
    """What the process runs."""
    control, parent = map(int, sys.argv[1:])
    die_with_parent(parent)
    for meant_for_all in (signal.SIGINT, signal.SIGHUP):
        signal.signal(meant_for_all, signal.SIG_IGN)  # from a terminal; the supervisor says when
    os.umask(0o077)
    sys.unraisablehook = quietly(sys.unraisablehook)
    _call_me("smtpd-spare")
    _hold_many()
    told = socket.socket(fileno=control)
    order = receive_order(told)
    if order is None:
        return
    _call_me("smtpd")
    generation = Generation.read(order.generation)
    opened = Opened(Pressure(), system_servers())
    _confine(generation)  # before the loop is made: libuv must find that it cannot have an io_uring
    run(_serve(order, generation, told, opened))


async def _serve(order: SmtpdOrder, generation: Generation, control: socket.socket, opened: Opened) -> None:
    await Smtpd(order, generation, control, opened).run()
