"""The process tree of a node: starts scanners and smtpds, keeps them running, reloads, lets them drain. Parses no mail.

Every smtpd has a slot, whose sockets are kept open here, so that connections which wait in its queue survive the
process that serves it; so are the pages it counts on. SIGHUP reloads; SIGTERM and SIGINT drain and end.
Must run in the main thread: the kernel ends children when the thread that started them ends.
Not here: what the processes do (node/), what a reload is (node/reload.py).
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time

from bartizan import app
from bartizan.config.load import Source
from bartizan.config.schema import Settings
from bartizan.node import lists
from bartizan.node.admin import Admin
from bartizan.node.orphans import Orphans
from bartizan.node.prepare import Prepared, prepare
from bartizan.node.reload import Generations
from bartizan.node.runtime import RuntimeDirectory
from bartizan.node.signals import Signals
from bartizan.node.smtpds import Smtpds
from bartizan.node.sockets import open_one, open_slots, passed_sockets
from bartizan.node.state import make_state
from bartizan.node.systemd import ServiceManager
from bartizan.node.watched import Watched
from bartizan.observe import page
from bartizan.observe.events import EventLog
from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.observe.supervision import Supervision
from bartizan.sandbox.places import Hosts
from bartizan.sandbox.users import account
from bartizan.scanner.processes import ScannerProcesses

DRAIN_GRACE = 5.0


def serve(source: Source) -> int:
    """The whole gateway until SIGTERM or SIGINT; the exit code. ConfigError, TemporaryError when it cannot start."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to reload
    manager = ServiceManager()
    manager.starting()
    prepared = prepare(source)
    with contextlib.ExitStack() as stack:
        signals = stack.enter_context(Signals())
        supervisor = Supervisor(source, prepared, manager, signals)
        stack.callback(supervisor.close)
        supervisor.run()
    return 0


class Supervisor:
    """Everything that runs on the node, and the loop around it."""

    def __init__(self, source: Source, prepared: Prepared, manager: ServiceManager, signals: Signals) -> None:
        """Open what is kept as long as the gateway runs. ConfigError, OSError."""
        settings, server = prepared.settings, prepared.settings.server
        self._prepared = prepared
        self._lists = Watched(lists.files(settings))
        self._manager = manager
        self._signals = signals
        self._orphans = Orphans()
        self._held = contextlib.ExitStack()
        with self._held:
            self._slots = open_slots(settings.listeners, server.workers, passed_sockets())
            for sock in (sock for slot in self._slots for sockets in slot for sock in sockets):
                self._held.callback(sock.close)
            self._pages = [page.create(SMTPD) for _ in self._slots]
            supervisor_page = page.create(SUPERVISOR)
            for descriptor in (*self._pages, supervisor_page):
                self._held.callback(os.close, descriptor)
            self._supervision = Supervision.attach(supervisor_page)
            self._events = EventLog.open(settings.log.events, on_lost=self._supervision.line_lost)
            self._held.callback(self._events.close)
            self._held.callback(self._events.process, "stop", "supervisor", "ended")
            mail_account = account(server.user)
            make_state(server.state, mail_account)
            runtime = RuntimeDirectory()
            self._held.callback(runtime.close)
            self._generations = Generations(
                source, runtime.path, self._scanners, self._events, self._supervision, mail_account
            )
            self._held.callback(self._generations.close)
            self._smtpds = Smtpds(
                self._slots,
                lambda: self._generations.current,
                self._events,
                self._pages,
                self._supervision,
                mail_account,
            )
            self._held.callback(self._smtpds.close)
            self._hosts = Hosts() if os.geteuid() == 0 and mail_account is None else None
            self._admin = Admin(
                open_one(settings.admin.address, "admin.address") if settings.admin.address else None,
                self._pages,
                supervisor_page,
                server.sandbox or "required",
                self._events,
                account(server.admin_user),
            )
            self._held.callback(self._admin.close)
            self._held = self._held.pop_all()

    def run(self) -> None:
        """Serve until told to stop, then drain. ConfigError, TemporaryError when it does not come up."""
        self._generations.start(self._prepared)
        self._smtpds.start()
        while not self._signals.stop and not self._smtpds.all_ready():
            self._signals.wait(0.01)
            self._generations.tick(0)
        addresses = ", ".join(sorted({_address(sock) for sockets in self._slots[0] for sock in sockets}))
        self._tick()
        self._events.process("ready", "supervisor", addresses, self._bundle)
        self._manager.ready(f"serving {addresses}")
        while not self._signals.stop:
            self._signals.wait(app.TICK)
            self._tick()
        self._drain()

    def close(self) -> None:
        """End what is left and free everything."""
        self._held.close()

    @property
    def _bundle(self) -> str:
        return self._generations.current.generation.bundle

    def _scanners(self, settings: Settings, bundle: str, directory: str) -> ScannerProcesses:
        server = settings.server
        accounts = account(server.scanner_user), account(server.user)
        return app.scanner_processes(settings, bundle, directory, self._scanner_line, *accounts, self._supervision)

    def _scanner_line(self, line: str) -> None:
        self._events.process("report", "scanner", line)

    def _tick(self) -> None:
        """Everything that is due now."""
        changing = self._generations.changing
        if not changing and self._signals.take_reload():
            changing = True
            self._manager.reloading()
            self._reopen_log()
            self._generations.reload()
        elif not changing and self._lists.changed():
            changing = True
            self._events.process("reload", "supervisor", "map files have changed")
            self._generations.reload()
        if self._generations.tick(self._smtpds.oldest_generation()):
            self._smtpds.tell()
            self._watch_lists()
        self._look_at_hosts()
        self._orphans.tick()
        self._smtpds.tick()
        self._admin.tick(self._bundle)
        if changing and not self._generations.changing:
            self._manager.ready("serving")
        self._beat()

    def _watch_lists(self) -> None:
        """Another configuration may name other map files."""
        files = lists.files(self._generations.prepared.settings)
        if files != self._lists.files:
            self._lists = Watched(files)

    def _beat(self) -> None:
        """Tell those who ask that we are alive, and how we are."""
        self._supervision.beat()
        self._supervision.set_ready(smtpds=self._smtpds.ready, scanners=self._generations.scanners.ready)
        self._manager.beat()

    def _look_at_hosts(self) -> None:
        """Smtpds that are root can read these files as they were at their start only."""
        if self._hosts is not None and self._hosts.replaced():
            self._hosts = Hosts()
            self._events.process("report", "supervisor", "files that tell of hosts were replaced: smtpds begin anew")
            self._smtpds.renew()

    def _reopen_log(self) -> None:
        try:
            self._events.reopen(self._generations.prepared.settings.log.events)
        except OSError as error:
            self._events.problem("reopening the event log", error)
        self._smtpds.tell()

    def _drain(self) -> None:
        """Let every smtpd finish its transactions; scanners go on until then."""
        self._events.process("stop", "supervisor", "draining")
        self._manager.stopping()
        self._supervision.set_draining()
        deadline = time.monotonic() + self._generations.prepared.settings.timeouts.drain + DRAIN_GRACE
        self._smtpds.terminate()
        while not self._smtpds.gone and time.monotonic() < deadline:
            self._signals.wait(0.05)
            self._generations.tick(0)
            self._beat()


def _address(sock: socket.socket) -> str:
    return "{0[0]} port {0[1]}".format(sock.getsockname())
