"""The real `bartizan serve` as a child process, with a configuration and a state folder of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench import processes
from bench.processes import Process
from bench.sink import free_port, stop, wait_for

_BUILDING = 300.0
"""Seconds that compiling all rules may take at the first start."""


@dataclass(slots=True)
class Gateway:
    """A running gateway in front of the next hop at `relay_port`; everything it writes is below `folder`."""

    folder: Path
    relay_port: int
    signatures: Sequence[Path] = ()
    phrases: Sequence[Path] = ()
    workers: int = 0
    scanners: int = 0
    cache: Path | None = None
    sandbox: str = "required"
    listener: str = ""
    """Further TOML of the listener."""
    domains: Sequence[str] = ("*",)
    trusted: Sequence[str] = ("127.0.0.0/8",)
    more: str = ""
    """Further TOML, behind everything else."""
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "bartizan.toml"

    @property
    def events(self) -> Path:
        """The event log."""
        return self.folder / "events.jsonl"

    def configuration(self) -> str:
        """The configuration as TOML (JSON strings and arrays of strings are TOML too)."""
        quoted = json.dumps
        return f"""\
[server]
workers = {self.workers}
scanners = {self.scanners}
sandbox = {quoted(self.sandbox)}
state = {quoted(str(self.folder / "state"))}
cache = {quoted(str(self.cache or self.folder / "cache"))}

[[listener]]
address = "127.0.0.1:{self.port}"
recipient_domains = {quoted(self.domains)}
trusted = {quoted(self.trusted)}
{self.listener}

[next_hop]
host = "127.0.0.1"
port = {self.relay_port}

[signatures]
paths = {quoted([str(path) for path in self.signatures])}

[phrases]
files = {quoted([str(path) for path in self.phrases])}

[log]
events = {quoted(str(self.events))}

{self.more}
"""

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self.config.write_text(self.configuration(), encoding="utf-8")
        with (self.folder / "stderr").open("wb") as log:
            self.process = subprocess.Popen(
                [*command(), "serve", "--config", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(self.port, self.process, _BUILDING)
        except RuntimeError as error:
            stop(self.process)
            said = (self.folder / "stderr").read_text(errors="replace")[-4000:]
            raise RuntimeError(f"{error}\n{said}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> int:
        """End the gateway as an operator would; its exit code."""
        return stop(self.process, 120.0) if self.process else 0

    def run(self, *arguments: str) -> str:
        """The standard output of another bartizan command with this gateway's configuration. Raises when it fails."""
        done = subprocess.run(
            [*command(), arguments[0], "--config", str(self.config), *arguments[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"bartizan {' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode()

    def quarantine(self) -> list[dict[str, Any]]:
        """What is in quarantine, as `bartizan quarantine list --json` tells it."""
        return [
            json.loads(line) for line in self.run("quarantine", "list", "--json", "--limit", "1000000").splitlines()
        ]

    def seen(self) -> list[dict[str, Any]]:
        """The events logged so far, complete lines only."""
        if not self.events.exists():
            return []
        return [json.loads(line) for line in self.events.read_bytes().split(b"\n")[:-1] if line]

    def processes(self) -> dict[int, Process]:
        """The gateway's processes that exist now, by id."""
        return processes.tree(self.process.pid) if self.process is not None else {}

    def cpu(self) -> dict[str, float]:
        """CPU seconds used so far by each role, ended children included."""
        return processes.seconds(self.processes().values())


def command() -> list[str]:
    """How to start bartizan with this interpreter."""
    return [str(Path(sys.executable).with_name("bartizan"))]


def tree(root: int) -> list[int]:
    """`root` and all its descendants that exist now."""
    return list(processes.tree(root))
