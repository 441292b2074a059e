"""The processes behind the demo: its next hop and its gateway, started, watched, and read from their event log."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bartizan.cli import words
from bartizan.cli.samples import PHRASE, Sample
from bartizan.model.finding import Finding, Kind

_START_SECONDS = 60.0
_EVENT_SECONDS = 10.0
_STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.05

_CONFIGURATION = """\
# Written anew by each `bartizan demo`.
[server]
state = "."
sandbox = "best-effort"

[[listener]]
address = "{address}"
recipient_domains = ["*"]
trusted = ["127.0.0.0/8", "::1"]

[next_hop]
host = "127.0.0.1"
port = {hop}

[phrases]
files = ["phrases.txt"]

[policy]
default = "accept"

[log]
events = "events.jsonl"
"""

Event = dict[str, Any]


class DemoError(Exception):
    """The demo cannot run; the text is for people."""


class Backstage:
    """The demo's folder `home` and the processes that work in it."""

    def __init__(self, home: Path, host: str, port: int) -> None:
        self.maildir = home / "Maildir"
        self.configuration = home / "bartizan.toml"
        self._home = home
        self._host, self._port = host, port
        self._events = home / "events.jsonl"
        self._read_from = 0
        self._gateway: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """The next hop and the gateway are up inside the block. DemoError when one does not come up."""
        self._home.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            self._read_from = self._events.stat().st_size
        with contextlib.ExitStack() as stack:
            hop = stack.enter_context(self._next_hop())
            self._configure(hop)
            self._gateway = stack.enter_context(self._serve())
            self._await_greeting(self._gateway)
            yield

    def wait(self) -> None:
        """Until the gateway ends. DemoError when it does so by itself."""
        if self._gateway is not None and self._gateway.wait() != 0:
            raise DemoError(f"the gateway ended with exit code {self._gateway.returncode}")

    def event_for(self, recipient: str) -> Event:
        """The last event about a message to `recipient`; empty when there is none in time."""
        until = time.monotonic() + _EVENT_SECONDS
        while time.monotonic() < until:
            found = [event for event in self._messages() if recipient in event.get("recipients", ())]
            if found:
                return found[-1]
            time.sleep(_LOOK_SECONDS)
        return {}

    def why(self, event: Event) -> str:
        """The event's findings in words."""
        found = [
            Finding(Kind(one["kind"]), one["name"], one["part"], one["score"])
            for one in (*event.get("gaps", ()), *event.get("findings", ()))
        ]
        return words.why(found, 1)

    def whereabouts(self, event: Event, sample: Sample) -> str:
        """Where the message is that the event is about."""
        ids = event.get("quarantine_ids", ())
        if ids:
            return f"quarantine {', '.join(ids)}"
        token = f"Message-ID: <{sample.recipient.partition('@')[0]}@".encode()
        filed = sorted((self.maildir / "new").glob("*"), reverse=True)
        return next((f"Maildir {path.name}" for path in filed if token in path.read_bytes()), "nowhere")

    def _messages(self) -> Iterator[Event]:
        try:
            with self._events.open("rb") as file:
                file.seek(self._read_from)
                lines = file.read().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            with contextlib.suppress(ValueError):
                event = json.loads(line)
                if event.get("event") == "message":
                    yield event

    def _configure(self, hop: int) -> None:
        (self._home / "phrases.txt").write_text(f"{PHRASE}\n", "utf-8")
        host = f"[{self._host}]" if ":" in self._host else self._host
        text = _CONFIGURATION.format(address=f"{host}:{self._port}", hop=hop)
        self.configuration.write_text(text, "utf-8")

    @contextlib.contextmanager
    def _next_hop(self) -> Iterator[int]:
        """The Maildir server; its port."""
        command = [sys.executable, "-m", "bartizan.cli.maildir_sink", str(self.maildir)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            if process.stdin is None or process.stdout is None:
                raise RuntimeError("pipes were asked for")
            try:
                line = process.stdout.readline().split()
                if line[:2] != [b"listening", b"on"]:
                    raise DemoError("the embedded next hop did not start")
                yield int(line[2])
            finally:
                process.stdin.close()
                _end(process)

    @contextlib.contextmanager
    def _serve(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-m", "bartizan.cli.main", "serve", "--config", str(self.configuration)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL) as process:
            try:
                yield process
            finally:
                process.send_signal(signal.SIGTERM)
                _end(process)

    def _await_greeting(self, gateway: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if gateway.poll() is not None:
                raise DemoError(f"the gateway did not start (exit code {gateway.returncode})")
            with (
                contextlib.suppress(OSError),
                socket.create_connection((self._host, self._port), timeout=5.0) as client,
            ):
                if client.recv(512).startswith(b"220"):
                    client.sendall(b"QUIT\r\n")
                    return
            time.sleep(_LOOK_SECONDS)
        raise DemoError(f"the gateway did not answer on {self._host}:{self._port} in time")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was told to stop; kill it when it does not."""
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
