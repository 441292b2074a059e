"""The parent's side of the scanners: starts them, replaces the dead, kills the overdue, renews the old, stops them.

`start` returns when all are ready; after that `tick`, called several times a second from the same thread, does the
rest. It never blocks. The listening sockets are made here and inherited, so that queued jobs survive every restart. A
scanner is renewed after `recycle_jobs` jobs or above `recycle_bytes` of memory, and whenever a retried message waits
and no scanner is new; its successor is ready before it is asked to go, and one is renewed at a time. Must be used from
the main thread: the kernel ends scanners when the thread that started them ends. Reap no children with waitpid(-1)
beside it. Not here: what goes through the sockets (pool.py, worker.py).
"""

from __future__ import annotations

import errno
import os
import select
import shutil
import socket
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bartizan.model.errors import ConfigError, Problem, TemporaryError
from bartizan.model.limits import MIB, Limits
from bartizan.observe.supervision import Supervision
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.users import Account
from bartizan.scanner.pool import FRESH, SCAN
from bartizan.scanner.process import ScannerProcess
from bartizan.scanner.settings import EX_CONFIG

PROGRAM = (sys.executable, "-P", "-X", "utf8", "-m", "bartizan.scanner.worker")
BACKLOG = 1024
OVERDUE_GRACE = 0.5
"""The pool's own deadline comes first, so that it need not take the kill for a death."""
LAST_JOBS = 2
"""A scanner that is asked to end has a job in hand, and may just be taking another."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0


class ScannerProcesses:
    """All scanners of one gateway (or of one `bartizan scan`)."""

    def __init__(
        self,
        bundle: str,
        limits: Limits,
        *,
        count: int,
        sandbox: Mode,
        log: Callable[[str], None],
        directory: str | None = None,
        recycle_jobs: int = 20_000,
        recycle_bytes: int = 768 * MIB,
        start_seconds: float = 60.0,
        program: Sequence[str] = PROGRAM,
        account: Account | None = None,
        clients: Account | None = None,
        supervision: Supervision | None = None,
    ) -> None:
        """`bundle`: the bundle's directory. `log` gets one line for each thing that went wrong, and what scanners write
        to stderr. `directory` (private, its path short) is made when None; there a ScannerPool finds the scanners.
        Scanners run as `account`, which must be able to read in the bundle's directory; only `clients` may reach their
        sockets. What happens to them is counted in `supervision`. OSError if the sockets cannot be made."""
        self.directory = directory or tempfile.mkdtemp(prefix="bartizan-")
        self.restarts = 0
        self._own_directory = directory is None
        self._bundle = bundle
        self._limits = limits
        self._count = count
        self._sandbox = sandbox
        self._log = log
        self._recycle_jobs = recycle_jobs
        self._recycle_bytes = recycle_bytes
        self._start_seconds = start_seconds
        self._program = tuple(program)
        self._account = account
        self._clients = clients
        self._supervision = supervision or Supervision.unread()
        if clients is not None and self._own_directory:
            os.chown(self.directory, clients.uid, clients.gid)
        self._scan = self._listen(SCAN)
        self._fresh = self._listen(FRESH)
        self._processes: list[ScannerProcess] = []
        self._retiring: list[ScannerProcess] = []
        self._successor: ScannerProcess | None = None
        self._failures = 0
        self._next_start = 0.0

    def start(self) -> None:
        """Start all scanners and wait until each is ready. ConfigError if the sandbox cannot be had, TemporaryError if
        one does not come up in `start_seconds`; both say what it wrote, and nothing is left running."""
        self.launch()
        while not self.all_ready():
            _wait(self._processes, 0.01)

    def launch(self) -> None:
        """Start all scanners without waiting for any; `all_ready` tells when they serve. TemporaryError when one cannot
        be started at all; then nothing is left running."""
        try:
            while len(self._processes) < self._count:
                self._processes.append(self._spawn())
        except OSError as problem:
            self.stop(seconds=0.0)
            who = f" as {self._account.name}" if self._account else ""
            raise TemporaryError(f"a scanner cannot be started{who}: {problem}") from problem

    def all_ready(self) -> bool:
        """Every scanner that was launched serves. Raises like `start` when one did not come up."""
        for process in self._processes:
            if not process.ready and (process.ended or process.age() > self._start_seconds):
                code = process.exit_code
                text = process.output() or f"no message, exit code {code}"
                self.stop(seconds=0.0)
                if code == EX_CONFIG:
                    raise ConfigError((Problem("scanner", "", text),))
                raise TemporaryError(f"a scanner did not start: {text}")
        return all(process.ready for process in self._processes)

    def retire(self) -> None:
        """Ask every scanner to end after the job in hand; none is replaced any more. Go on calling `tick`."""
        self._count = 0
        everyone = self._everyone()
        self._retiring, self._processes, self._successor = everyone, [], None
        for process in everyone:
            process.retire()

    @property
    def ready(self) -> int:
        """How many scanners serve now."""
        return sum(1 for process in self._processes if process.ready and not process.ended)

    @property
    def gone(self) -> bool:
        """No scanner is left."""
        return not self._everyone()

    def tick(self) -> None:
        """Look after everything that is due now."""
        for process in self._everyone():
            self._pass_on(process)
        self._kill_overdue()
        self._bury()
        self._renew()

    def stop(self, seconds: float = 5.0) -> None:
        """Let each finish the job in hand, for `seconds` at most; then kill. Removes the sockets."""
        everyone = self._everyone()
        for process in everyone:
            process.retire()
        deadline = time.monotonic() + seconds
        while any(not process.ended for process in everyone) and time.monotonic() < deadline:
            _wait(everyone, 0.05)
        for process in everyone:
            process.kill()
            process.close()
        self._processes, self._retiring, self._successor = [], [], None
        for listener in (self._scan, self._fresh):
            listener.close()
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)
        else:
            for name in (SCAN, FRESH):
                Path(self.directory, name).unlink(missing_ok=True)

    def process_ids(self) -> tuple[int, ...]:
        """The process ids of all scanners that should be running now."""
        return tuple(process.pid for process in self._processes)

    def _everyone(self) -> list[ScannerProcess]:
        return [*self._processes, *self._retiring, *([self._successor] if self._successor else [])]

    def _listen(self, name: str) -> socket.socket:
        path = Path(self.directory, name)
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        listener.bind(str(path))
        _keep_for(path, self._clients)
        listener.listen(BACKLOG)
        return listener

    def _spawn(self) -> ScannerProcess:
        process = ScannerProcess(
            self._program, self._bundle, self._limits, self._sandbox, self._scan, self._fresh, self._account
        )
        self._supervision.scanner_started()
        return process

    def _kill_overdue(self) -> None:
        allowed = self._limits.hard_seconds + OVERDUE_GRACE
        for process in self._everyone():
            if process.killed:
                continue
            if process.working_seconds() > allowed:
                self._log(f"scanner {process.pid}: killed, one message took more than {allowed:g} s")
                self._supervision.scanner_killed()
                process.kill()
            elif process.leaving_seconds() > LAST_JOBS * allowed:
                self._log(f"scanner {process.pid}: killed, it did not end when it was asked to")
                process.kill()
            elif not process.ready and process.age() > self._start_seconds:
                self._log(f"scanner {process.pid}: killed, not ready after {self._start_seconds:g} s")
                process.kill()

    def _bury(self) -> None:
        """Take away the dead and start others in their place; wait longer each time one dies before it was ready."""
        if self._successor is not None and self._successor.ended:
            self._ended(self._successor)
            self._successor = None
        for which in (self._processes, self._retiring):
            for process in [p for p in which if p.ended]:
                self._ended(process)
                which.remove(process)
        while len(self._processes) < self._count and time.monotonic() >= self._next_start:
            successor = self._spawn_again()
            if successor is None:
                break
            self.restarts += 1
            self._processes.append(successor)
            if self._failures:
                self._pause()

    def _spawn_again(self) -> ScannerProcess | None:
        """Another scanner; None when the system has no room for one now: it is tried again later."""
        try:
            return self._spawn()
        except OSError as problem:
            self._log(f"a scanner cannot be started now: {problem}")
            self._failures += 1
            self._pause()
            return None

    def _pass_on(self, process: ScannerProcess) -> None:
        for line in process.output().splitlines():
            self._log(f"scanner {process.pid}: {line}")

    def _ended(self, process: ScannerProcess) -> None:
        self._pass_on(process)  # its last words
        if process.exit_code != 0:
            self._log(f"scanner {process.pid}: ended, {process.describe_end()}")
            if not process.killed:
                self._supervision.scanner_crashed()
        if process.ready:
            self._failures = 0
        else:
            self._failures += 1
            self._pause()
        process.close()

    def _pause(self) -> None:
        pause = min(FIRST_PAUSE * 2 ** min(self._failures - 1, 10), LONGEST_PAUSE)
        self._next_start = time.monotonic() + pause

    def _renew(self) -> None:
        """Replace the scanner that is due, its successor first."""
        if self._successor is None:
            if self._due() is not None and time.monotonic() >= self._next_start:
                self._successor = self._spawn_again()
        elif self._successor.ready:
            old = self._due() or next(iter(self._processes), None)
            self._processes.append(self._successor)
            self._successor = None
            if old is not None:
                self._processes.remove(old)
                self._retiring.append(old)
                self._supervision.scanner_restarted()
                old.retire()

    def _due(self) -> ScannerProcess | None:
        """The scanner to be renewed now, if any."""
        for process in self._processes:
            if process.jobs >= self._recycle_jobs or process.memory() > self._recycle_bytes:
                return process
        waiting = select.poll()
        waiting.register(self._fresh, select.POLLIN)
        if self._processes and waiting.poll(0) and not any(p.new for p in self._processes):
            return min(self._processes, key=ScannerProcess.working_seconds, default=None)
        return None


def _keep_for(path: Path, clients: Account | None) -> None:
    """Let only `clients` (None: this user) connect to the socket at `path`, in a folder that may be theirs already."""
    here = os.open(path, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISSOCK(os.fstat(here).st_mode):
            raise OSError(errno.ENOTSOCK, f"{path} was replaced")
        os.chmod(f"/proc/self/fd/{here}", 0o600)
        if clients is not None:
            os.chown(f"/proc/self/fd/{here}", clients.uid, clients.gid)
    finally:
        os.close(here)


def _wait(processes: Sequence[ScannerProcess], seconds: float) -> None:
    """Return when one of `processes` ends, after `seconds` at the latest."""
    waiting = select.poll()
    for process in processes:
        if not process.ended:
            waiting.register(process.pidfd, select.POLLIN)
    waiting.poll(seconds * 1000)
