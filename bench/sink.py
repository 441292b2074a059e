"""Postfix's smtp-sink as everyone's next hop: counting runs, and runs that keep each mail for verification."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parent.parent


def program(name: str) -> str:
    """The path of a mail program: unpacked by .ci/mail-tools, or installed. Raises FileNotFoundError."""
    path = shutil.which(name, path=f"{ROOT / 'build' / 'mail-tools' / 'bin'}:{os.environ.get('PATH', '')}:/usr/sbin")
    if path is None:
        raise FileNotFoundError(f"{name} is not here: run make build/mail-tools/.done")
    return path


def free_port() -> int:
    """A TCP port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30.0, host: str = "127.0.0.1") -> None:
    """Wait until something listens on `host`:`port`. Raises RuntimeError when the process ends or time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection((host, port), 1.0):
            return
        time.sleep(0.02)
    raise RuntimeError(f"nothing listens on port {port} after {seconds} s")


def stop(process: subprocess.Popen[bytes], seconds: float = 20.0) -> int:
    """End a process this test started: SIGTERM, after `seconds` SIGKILL. Its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class Sink:
    """A running smtp-sink on a port of its own; with `folder` it keeps each mail there in a file."""

    def __init__(
        self, folder: Path | None = None, options: tuple[str, ...] = (), port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        """`options` are further smtp-sink flags, e.g. ("-r", "RCPT"); `port` 0 takes a free one."""
        self.folder = folder
        self.host = host
        self.options = options
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.port = self.port or free_port()
        command = [program("smtp-sink"), *self.options, "-m", "2000"]
        if os.geteuid() == 0:
            # Stays root where it writes, since only root may enter the folders that tests are given.
            command += ["-u", "root" if self.folder else "nobody"]
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            command += ["-d", f"{self.folder}/mail."]
        self.process = subprocess.Popen([*command, f"{self.host}:{self.port}", "1000"], stdin=subprocess.DEVNULL)
        wait_for(self.port, self.process, host=self.host)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None:
            stop(self.process)

    def mails(self) -> list[bytes]:
        """What arrived, each with smtp-sink's own lines in front (X-Client-Addr to its Received); line ends are LF."""
        if self.folder is None:
            raise ValueError("this sink keeps nothing")
        return [path.read_bytes() for path in sorted(self.folder.iterdir())]
