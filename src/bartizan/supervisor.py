"""The process tree: opens sockets, starts scanners and smtpds, keeps them running, lets them drain. Parses no mail.

Every smtpd has a slot: one SO_REUSEPORT socket for each listener, kept open here, so that connections which wait in a
slot's queue survive the process that serves it. A slot listens from its first ready smtpd on. An smtpd that gives no
sign of life for SILENT seconds is killed, since the kernel goes on sending connections to its slot.
Must run in the main thread: the kernel ends children when the thread that started them ends.
Not here: what the processes do (app.py), reloading.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from bartizan import app
from bartizan.bundle import Bundle, build
from bartizan.config.address import split
from bartizan.config.schema import Settings
from bartizan.model.errors import ConfigError, Problem, TemporaryError
from bartizan.observe import codec
from bartizan.observe.events import EventLog
from bartizan.scanner.slot import Slot

START_SECONDS = 60.0
SILENT = 5.0
"""Seconds without a heartbeat after which an smtpd is killed."""
DRAIN_GRACE = 5.0
LONGEST_PAUSE = 10.0


def serve(settings: Settings) -> int:
    """The whole gateway until SIGTERM or SIGINT; the exit code. ConfigError, TemporaryError when it cannot start."""
    return Supervisor(settings, build(settings)).run()


class SmtpdProcess:
    """A running smtpd as its supervisor sees it."""

    def __init__(self, settings: Settings, bundle: Bundle, scanners: str, sockets: Sequence[socket.socket]) -> None:
        """Start it on the sockets of its slot; OSError if that is impossible."""
        page = Slot.create()
        lifeline, self._lifeline = os.pipe2(os.O_CLOEXEC)
        descriptors = tuple(one.fileno() for one in sockets)
        order = _file_of(codec.pack(app.SmtpdOrder(settings, bundle, scanners, descriptors, page, lifeline)))
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-X", "utf8", "-m", "bartizan.app", str(order)],
                stdin=subprocess.DEVNULL,
                pass_fds=(*descriptors, page, lifeline, order),
            )
            self.slot = Slot(page)
        except BaseException:
            os.close(self._lifeline)
            raise
        finally:
            for descriptor in (page, lifeline, order):
                os.close(descriptor)
        self.started = time.monotonic()

    @property
    def ended(self) -> bool:
        """It is gone (and reaped)."""
        return self.process.poll() is not None

    @property
    def stuck(self) -> bool:
        """It should have given a sign of life, or have become ready, but has not."""
        if self.slot.ready:
            return self.slot.working_seconds() > SILENT
        return time.monotonic() - self.started > START_SECONDS

    def close(self) -> None:
        """Free what belongs to it here; it must have ended."""
        os.close(self._lifeline)
        self.slot.close()


class Supervisor:
    """The gateway of one node."""

    def __init__(self, settings: Settings, bundle: Bundle) -> None:
        self._settings = settings
        self._bundle = bundle
        self._events = EventLog.open(settings.log.events)
        self._scanners = app.scanner_processes(settings, bundle, self._scanner_line)
        self._slots: list[list[socket.socket]] = []
        self._smtpds: list[SmtpdProcess | None] = []
        self._next_start = [0.0] * settings.server.workers
        self._failures = [0] * settings.server.workers
        self._stopping = False

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT, then drain; the exit code. ConfigError when it cannot start."""
        with _signals(self._stop) as wakeup:
            try:
                self._slots = open_slots(self._settings)
                self._scanners.start()
                self._smtpds = [self._spawn(index) for index in range(len(self._slots))]
                self._await_ready(wakeup)
                addresses = ", ".join("{0[0]} port {0[1]}".format(sock.getsockname()) for sock in self._slots[0])
                self._events.process("ready", "supervisor", f"{addresses}; bundle {self._bundle.hash}")
                while not self._stopping:
                    _wait(wakeup, app.TICK)
                    self._scanners.tick()
                    self._look_after_smtpds()
                self._drain(wakeup)
            finally:
                self._end()
        return 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _scanner_line(self, line: str) -> None:
        self._events.process("report", "scanner", line)

    def _spawn(self, index: int) -> SmtpdProcess:
        return SmtpdProcess(self._settings, self._bundle, self._scanners.directory, self._slots[index])

    def _await_ready(self, wakeup: int) -> None:
        """Until every smtpd serves; TemporaryError when one does not come up."""
        while not self._stopping and not all(one and one.slot.ready for one in self._smtpds):
            if any(one is None or (one.ended and not one.slot.ready) or one.stuck for one in self._smtpds):
                raise TemporaryError("an smtpd did not start; what it wrote stands above")
            _wait(wakeup, 0.01)
            self._scanners.tick()

    def _look_after_smtpds(self) -> None:
        """Kill the silent, replace the dead; wait longer each time one dies before it was ready."""
        now = time.monotonic()
        for index, one in enumerate(self._smtpds):
            if one is None:
                if now >= self._next_start[index]:
                    self._smtpds[index] = self._spawn(index)
            elif one.ended:
                self._failures[index] = 0 if one.slot.ready else self._failures[index] + 1
                failures = self._failures[index]
                self._next_start[index] = now + (min(0.1 * 2**failures, LONGEST_PAUSE) if failures else 0.0)
                self._events.process("restart", "smtpd", f"pid {one.process.pid}, exit code {one.process.returncode}")
                one.close()
                self._smtpds[index] = None if failures else self._spawn(index)
            elif one.stuck:
                self._events.process("killed", "smtpd", f"pid {one.process.pid} gave no sign of life")
                one.process.kill()

    def _drain(self, wakeup: int) -> None:
        """Let every smtpd finish its transactions; scanners go on until then."""
        self._events.process("stop", "supervisor", "draining")
        deadline = time.monotonic() + self._settings.timeouts.drain + DRAIN_GRACE
        running = [one for one in self._smtpds if one is not None]
        for one in running:
            if not one.ended:
                one.process.terminate()
        while any(not one.ended for one in running) and time.monotonic() < deadline:
            _wait(wakeup, 0.05)
            self._scanners.tick()

    def _end(self) -> None:
        for one in self._smtpds:
            if one is not None:
                with suppress(ProcessLookupError):
                    one.process.kill()
                one.process.wait()
                one.close()
        self._scanners.stop()
        for slot in self._slots:
            for sock in slot:
                sock.close()
        self._events.process("stop", "supervisor", "ended")
        self._events.close()


def open_slots(settings: Settings) -> list[list[socket.socket]]:
    """For each smtpd one bound socket for each listener; none listens yet. ConfigError when an address is not free."""
    slots: list[list[socket.socket]] = [[] for _ in range(settings.server.workers)]
    try:
        for listener in settings.listeners:
            host, port = split(listener.address)
            family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with _bound(family, kind, where, shared=False) as first:
                # nobody else has the address: a shared one would take part of the other's connections
                where = first.getsockname()
            for slot in slots:
                slot.append(_bound(family, kind, where, shared=True))
    except OSError as error:
        for sock in (sock for slot in slots for sock in slot):
            sock.close()
        reason = error.strerror or str(error)
        raise ConfigError((Problem(listener.address, "", f"cannot listen here: {reason}"),)) from None
    return slots


def _bound(family: int, kind: int, where: Any, *, shared: bool) -> socket.socket:
    sock = socket.socket(family, kind)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(where)
    except OSError:
        sock.close()
        raise
    return sock


def _file_of(data: bytes) -> int:
    """A descriptor from which a child reads `data`; in memory, so that settings of any size can travel."""
    descriptor = os.memfd_create("order", os.MFD_CLOEXEC)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(data)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


@contextmanager
def _signals(stop: signal._HANDLER) -> Iterator[int]:
    """`stop` is called at SIGTERM and SIGINT inside the block; the descriptor is readable after each signal."""
    reader, writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    old = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    old[signal.SIGHUP] = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield reader
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in old.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


def _wait(wakeup: int, seconds: float) -> None:
    """Return after a signal, after `seconds` at the latest."""
    waiting = select.poll()
    waiting.register(wakeup, select.POLLIN)
    waiting.poll(seconds * 1000)
    with suppress(BlockingIOError):
        os.read(wakeup, 4096)
