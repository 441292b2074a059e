"""A scanner that is played by the test: a thread that accepts, receives a request, and does what it is told."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bartizan.observe import codec
from bartizan.scanner.protocol import REQUEST_HEAD, ScanRequest


@dataclass
class Visit:
    """One connection: the request, its inline bytes, and the descriptor that came along (-1: none)."""

    connection: socket.socket
    request: ScanRequest
    inline: bytes
    descriptor: int


Play = Callable[[Visit], None]


@dataclass
class Stage:
    """Listens as `name` in a directory and plays one act for each connection; the last one again and again."""

    directory: Path
    name: str
    plays: Sequence[Play]
    visits: list[ScanRequest] = field(default_factory=list)

    def __enter__(self) -> Stage:
        """Begin to listen."""
        path = self.directory / self.name
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen(8)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening; the act in hand must have ended."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._listener.close()

    def _run(self) -> None:
        plays = list(self.plays)
        while plays:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            visit = receive(connection)
            self.visits.append(visit.request)
            try:
                (plays.pop(0) if len(plays) > 1 else plays[0])(visit)
            except OSError:
                continue  # the pool went away first
            finally:
                connection.close()
                if visit.descriptor >= 0:
                    os.close(visit.descriptor)


def receive(connection: socket.socket) -> Visit:
    """A whole request."""
    data, descriptors, _, _ = socket.recv_fds(connection, 1 << 20, 1)
    length, inline = REQUEST_HEAD.unpack_from(data)
    start = REQUEST_HEAD.size + length
    while len(data) < start + inline:
        data += connection.recv(1 << 20)
    request = codec.unpack(data[REQUEST_HEAD.size : start], ScanRequest)
    return Visit(connection, request, data[start:], descriptors[0] if descriptors else -1)
