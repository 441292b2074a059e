"""Starts an Image as an engine would: name spaces of its own, read-only root, its volume, no privileges.

The network name space has loopback only; `network()` takes the calling thread into it, so that what a test opens there
meets the container on 127.0.0.1. Needs root. Not here: what happens before the program starts (launch.py).
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.gateway import tree
from bench.sink import ROOT
from integration.image import Image
from integration.launch import Order

_CLONE_NEWNET = 0x40000000


class Container:
    """A running container, from enter to exit; everything it writes outside the image is below `folder`."""

    def __init__(
        self,
        image: Image,
        folder: Path,
        *,
        command: Sequence[str] = (),
        files: Mapping[str, Path] | None = None,
        user: str = "",
        capabilities: Sequence[str] = (),
        tmpfs: Sequence[str] = ("/tmp",),
    ) -> None:
        """`command` replaces the image's CMD, `user` its USER. `files` are mounted read-only."""
        self.image = image
        self.output = folder / "output"
        self._folder = folder
        uid, gid = image.ids(user or image.user)
        self._ids = (uid, gid)
        self._volumes = {inside: folder / "volumes" / inside.strip("/").replace("/", "-") for inside in image.volumes}
        self._order = Order(
            root=str(image.root),
            command=[*image.entrypoint, *(command or image.command)],
            environment={"HOME": "/", **image.environment},
            directory=image.directory,
            user=uid,
            group=gid,
            volumes={inside: str(outside) for inside, outside in self._volumes.items()},
            files={inside: str(outside) for inside, outside in (files or {}).items()},
            tmpfs=list(tmpfs),
            capabilities=list(capabilities),
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.pid = 0
        """Process 1 of the container, as the host sees it."""

    def __enter__(self) -> Self:
        for inside, outside in self._volumes.items():
            # a new volume begins as what the image has there
            outside.parent.mkdir(parents=True, exist_ok=True)
            if not outside.exists():
                subprocess.run(["cp", "--archive", self.image.root / inside.lstrip("/"), outside], check=True)
        order = self._folder / "order.json"
        order.write_text(json.dumps(asdict(self._order)))
        spaces = ["--mount", "--propagation", "private", "--pid", "--ipc", "--uts", "--net", "--fork", "--kill-child"]
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                ["unshare", *spaces, sys.executable, "-m", "integration.launch", order],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT / 'tests'}:{ROOT}"},
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def started(self, seconds: float = 30.0) -> None:
        """Wait until the program of the image runs. AssertionError when it ends before."""

        def replaced() -> bool:
            children = tree(self._running().pid)[1:]
            self.pid = children[0] if children else 0
            return _command_line(self.pid)[-len(self._order.command) :] == self._order.command

        self.until(replaced, seconds)

    def healthy(self) -> None:
        """Wait as an engine does until the health check succeeds: within its start period."""
        health = self.image.health
        assert health is not None
        self.until(lambda: self.run(*health.command).returncode == 0, health.start_period)

    def until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until `holds`. AssertionError, with what the container said, when it ends or time is up before."""
        end = time.monotonic() + seconds
        while not holds():
            code = self._running().poll()
            if code is not None or time.monotonic() > end:
                what = "still waiting" if code is None else f"it ended with {code}"
                raise AssertionError(f"{what} within {seconds} s:\n{self.said()}")
            time.sleep(0.05)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program inside, as the container's user: `exec` of an engine."""
        uid, gid = self._ids
        spaces = ["--mount", "--pid", "--ipc", "--uts", "--net", "--root", f"--wd=/proc/{self.pid}/cwd"]
        enter = ["nsenter", f"--target={self.pid}", *spaces, f"--setuid={uid}", f"--setgid={gid}"]
        environment = [f"{name}={value}" for name, value in self._order.environment.items()]
        return subprocess.run(
            [*enter, "/usr/bin/env", "-i", *environment, *command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def stop(self, seconds: float) -> int:
        """Send the image's stop signal to process 1; its exit code, 128 + N when signal N ended it."""
        os.kill(self.pid, signal.Signals[self.image.stop_signal])
        return self.wait(seconds)

    def wait(self, seconds: float) -> int:
        """The exit code, once it has ended. TimeoutExpired."""
        return self._running().wait(seconds)

    def said(self) -> str:
        """What it wrote to standard output and error so far."""
        return self.output.read_text(errors="replace")

    def events(self) -> list[dict[str, Any]]:
        """The events among that, complete lines only."""
        return [json.loads(line) for line in self.output.read_bytes().split(b"\n")[:-1] if line.startswith(b"{")]

    @contextmanager
    def network(self) -> Iterator[None]:
        """Sockets that the calling thread makes inside the block are in the container's network."""
        with (
            open(f"/proc/{os.getpid()}/task/{threading.get_native_id()}/ns/net") as ours,
            open(f"/proc/{self.pid}/ns/net") as theirs,
        ):
            _enter(theirs.fileno())
            try:
                yield
            finally:
                _enter(ours.fileno())

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise AssertionError("not entered")
        return self._process


def _command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def _enter(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
