"""One scanner process as its parent sees it: started, watched through a pidfd, asked to go, killed.

Not here: when any of this is done (processes.py), what happens inside (worker.py).
"""

from __future__ import annotations

import mmap
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress

from bartizan.model.limits import KIB, Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.users import Account, identity
from bartizan.scanner.settings import WorkerSettings, to_argument
from bartizan.scanner.slot import Slot

HERE = "."
OUTPUT = 16 * KIB
"""Bytes of a scanner's stderr that are read at a time; it never waits for us to read, what does not fit is lost."""


class ScannerProcess:
    """A running scanner. `pidfd` is readable once it has ended."""

    def __init__(
        self,
        program: Sequence[str],
        bundle: str,
        limits: Limits,
        mode: Mode,
        scan: socket.socket,
        fresh: socket.socket,
        account: Account | None = None,
    ) -> None:
        """Start it, as `account` where there is one; OSError if that is impossible. The two listening sockets are
        inherited. The bundle is its working directory, which need not be reachable by name for that account."""
        with ExitStack() as ours, ExitStack() as passed:
            slot = Slot.create()
            passed.callback(os.close, slot)
            lifeline, self._lifeline = os.pipe2(os.O_CLOEXEC)
            passed.callback(os.close, lifeline)
            ours.callback(os.close, self._lifeline)
            self._errors, errors = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            passed.callback(os.close, errors)
            ours.callback(os.close, self._errors)
            settings = WorkerSettings(HERE, scan.fileno(), fresh.fileno(), slot, lifeline, os.getpid(), limits, mode)
            self._process = subprocess.Popen(
                [*program, to_argument(settings)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                pass_fds=(scan.fileno(), fresh.fileno(), slot, lifeline),
                env=_environment(),
                cwd=bundle,
                **identity(account),
            )
            ours.callback(self._process.wait)
            ours.callback(self._process.kill)
            self._slot = Slot(slot)
            self.pid = self._process.pid
            self.pidfd = os.pidfd_open(self.pid)
            ours.pop_all()  # it runs: all this is its own from now on
        self._started = time.monotonic()
        self._retired: float | None = None
        self.killed = False

    @property
    def ended(self) -> bool:
        """It is gone (and reaped)."""
        return self._process.poll() is not None

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    @property
    def ready(self) -> bool:
        """It is, or was, taking jobs."""
        return self._slot.ready

    @property
    def new(self) -> bool:
        """It has taken no job yet, so that it looks for retried messages."""
        return self._slot.jobs == 0 and self._slot.working_seconds() == 0.0

    @property
    def jobs(self) -> int:
        """Jobs done so far."""
        return self._slot.jobs

    def working_seconds(self) -> float:
        """Seconds that the job in hand takes so far; 0.0 when there is none."""
        return self._slot.working_seconds()

    def leaving_seconds(self) -> float:
        """Seconds since it was asked to end; 0.0 when it was not."""
        return 0.0 if self._retired is None else time.monotonic() - self._retired

    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._started

    def memory(self) -> int:
        """Bytes of memory that it holds now."""
        try:
            with open(f"/proc/{self.pid}/statm", "rb") as statm:
                return int(statm.read().split()[1]) * mmap.PAGESIZE
        except (OSError, IndexError, ValueError):
            return 0

    def output(self) -> str:
        """What it wrote to stderr since the last call, printable."""
        with suppress(OSError):
            text = os.read(self._errors, OUTPUT).decode("utf-8", "replace")
            return "".join(c if c.isprintable() or c == "\n" else "?" for c in text).strip()
        return ""

    def describe_end(self) -> str:
        """How it ended, for the log."""
        code = self.exit_code
        if code is not None and code < 0:
            with suppress(ValueError):
                return f"killed by {signal.Signals(-code).name}"
            return f"killed by signal {-code}"
        return f"exit code {code}"

    def retire(self) -> None:
        """Ask it to end after the job in hand."""
        if self._retired is None:
            self._retired = time.monotonic()
            os.close(self._lifeline)

    def kill(self) -> None:
        """Kill it, unless it is gone; `killed` says so from then on."""
        self.killed = True
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

    def close(self) -> None:
        """Reap it (it must have ended or been killed) and free what belongs to it here."""
        self.retire()
        self._process.wait()
        os.close(self.pidfd)
        os.close(self._errors)
        self._slot.close()


def _environment() -> dict[str, str]:
    """What scanners inherit: where Python finds its modules, and a locale in which libarchive can read names.

    The rules are 20 MB that every scan walks through: on huge pages it takes a twentieth less time.
    """
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if name in os.environ}
    tunables = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=67108864:glibc.malloc.trim_threshold=268435456"
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1", "GLIBC_TUNABLES": tunables}
