"""The next hop of a load test: Postfix's smtp-sink, or our own, behind one face.

smtp-sink is the default where it is installed, so that figures stay comparable; it keeps mails only as files, which
slows it down, and cannot say how many it took. Ours counts them, and their tokens, in memory.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from bench import verify
from bench.sink import Sink, free_port, program, stop, wait_for

SMTP_SINK, OWN = "smtp-sink", "own"
_REPORT_SECONDS = 30.0


class NextHop(Protocol):
    """A running sink."""

    name: str
    host: str
    port: int

    @property
    def pid(self) -> int:
        """Its process."""

    def taken(self) -> int | None:
        """Mails that came in so far; None when it does not count."""

    def tokens(self) -> Counter[str]:
        """How often each token came in; ValueError when it was not asked to keep them."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class SmtpSink(Sink):
    """smtp-sink."""

    name = SMTP_SINK

    @property
    def pid(self) -> int:
        """Its process."""
        assert self.process is not None
        return self.process.pid

    def taken(self) -> int | None:
        """smtp-sink does not say."""
        return None

    def tokens(self) -> Counter[str]:
        """From the files it wrote."""
        return verify.tokens_at_sink(self.mails())


class OwnSink:
    """`python -m bench.own_sink` in a process of its own; `keep` makes it count tokens."""

    name = OWN

    def __init__(self, keep: bool = False, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self.port = port
        self._keep = keep
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.port = self.port or free_port()
        command = [sys.executable, "-m", "bench.own_sink", self.host, str(self.port)]
        self._process = subprocess.Popen(
            [*command, *(["--tokens"] if self._keep else [])],
            stdin=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent,
        )
        try:
            wait_for(self.port, self._process, host=self.host)
        except RuntimeError:
            stop(self._process)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            stop(self._process)

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    def taken(self) -> int | None:
        """Mails that came in so far."""
        return int(self._report()["mails"])

    def tokens(self) -> Counter[str]:
        """How often each token came in."""
        if not self._keep:
            raise ValueError("this sink keeps nothing")
        return Counter(self._report()["tokens"])

    def _report(self) -> dict[str, Any]:
        """The answer to XREPORT."""
        with (
            socket.create_connection((self.host, self.port), _REPORT_SECONDS) as peer,
            peer.makefile("rb") as lines,
        ):
            lines.readline()
            peer.sendall(b"XREPORT\r\n")
            found: dict[str, Any] = json.loads(lines.readline()[4:])
            return found


def installed() -> str:
    """The sink to use when nobody says which."""
    try:
        program(SMTP_SINK)
    except FileNotFoundError:
        return OWN
    return SMTP_SINK


def make(name: str, keep: Path | None, host: str = "127.0.0.1", port: int = 0) -> NextHop:
    """The sink called `name`, not yet started; with `keep` it can tell tokens (smtp-sink: from files in there)."""
    if name == SMTP_SINK:
        return SmtpSink(keep, port=port, host=host)
    return OwnSink(keep is not None, host, port)
