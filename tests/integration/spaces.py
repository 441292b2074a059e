"""Name spaces of their own for a tree of processes: start it, look and go into it, wait for it, end it.

The network name space has loopback only; `network()` takes the calling thread into it, so that what a test opens there
meets what runs inside on 127.0.0.1. Needs root, and unshare and nsenter of util-linux.
Not here: what is mounted and started (container.py, machine.py).
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import get_native_id

from bench.gateway import tree

_NEW = ["--mount", "--propagation", "private", "--pid", "--ipc", "--uts", "--net", "--cgroup", "--fork", "--kill-child"]
_ENTER = ["--mount", "--pid", "--ipc", "--uts", "--net", "--cgroup", "--root", "--wd"]
_CLONE_NEWNET = 0x40000000


class Spaces:
    """The name spaces and process 1 in them; `output` is what it writes."""

    def __init__(self, output: Path, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start `command` as process 1."""
        self.output = output
        self.pid = 0
        """Process 1, as the host sees it; 0 until `started`."""
        with output.open("wb") as log:
            self._process = subprocess.Popen(
                ["unshare", *_NEW, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], **environment},
            )

    def started(self, program: Sequence[str], seconds: float = 30.0) -> None:
        """Wait until process 1 has become a program whose command line ends with `program`."""

        def become() -> bool:
            children = tree(self._process.pid)[1:]
            self.pid = children[0] if children else 0
            return _command_line(self.pid)[-len(program) :] == list(program)

        self.until(become, seconds)

    def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until `holds`. AssertionError, with what was written, when process 1 ends or time is up before."""
        end = time.monotonic() + seconds
        while not holds():
            code = self._process.poll()
            if code is not None or time.monotonic() > end:
                what = "still waiting" if code is None else f"ended with {code}"
                raise AssertionError(f"{what} within {seconds} s:\n{self.output.read_text(errors='replace')}")
            time.sleep(0.05)

    def run(
        self, command: Sequence[str], environment: Mapping[str, str], user: tuple[int, int] = (0, 0)
    ) -> subprocess.CompletedProcess[str]:
        """Run a program inside as this user and group: what `exec` of an engine does."""
        who = (f"--setuid={user[0]}", f"--setgid={user[1]}")
        settings = [f"{name}={value}" for name, value in environment.items()]
        return subprocess.run(
            ["nsenter", f"--target={self.pid}", *_ENTER, *who, "/usr/bin/env", "-i", *settings, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    @contextmanager
    def network(self) -> Iterator[None]:
        """Sockets that the calling thread makes inside the block are in this network."""
        with open(f"/proc/self/task/{get_native_id()}/ns/net") as ours, open(f"/proc/{self.pid}/ns/net") as theirs:
            _enter(theirs.fileno())
            try:
                yield
            finally:
                _enter(ours.fileno())

    def wait(self, seconds: float) -> int:
        """The exit code of process 1, once it has ended. TimeoutExpired."""
        return self._process.wait(seconds)

    def close(self) -> None:
        """End everything inside."""
        self._process.kill()
        self._process.wait()


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
