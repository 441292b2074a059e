"""An admin process as the supervisor starts it, and a client for it."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from admin.pages import Pages
from bartizan.admin.order import AdminOrder
from bartizan.observe import codec

MAIN = "from bartizan.admin.process import main; main()"
SECONDS = 30.0


@dataclass
class Answer:
    """What came back."""

    code: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Running:
    """A process, the address it answers at, and the pipe that ends it."""

    def __init__(self, pages: Pages, code: str, listening: socket.socket | None) -> None:
        """The socket listens already, so a client may come at once."""
        self.pages = pages
        self.socket = listening or socket.create_server(("127.0.0.1", 0))
        self.address: tuple[str, int] = self.socket.getsockname()
        lifeline, self.end = os.pipe()
        order = AdminOrder(
            self.socket.fileno(), pages.smtpds, pages.supervisor, pages.bundle, "best-effort", os.getpid(), lifeline
        )
        told = os.memfd_create("order")
        os.pwrite(told, codec.pack(order), 0)
        passed = (self.socket.fileno(), *pages.smtpds, pages.supervisor, pages.bundle, lifeline, told)
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, str(told)], pass_fds=passed, stderr=subprocess.PIPE
        )
        os.close(lifeline)
        os.close(told)

    def ask(self, path: str, method: str = "GET", headers: dict[str, str] | None = None) -> Answer:
        """One request on a connection of its own."""
        client = http.client.HTTPConnection(*self.address, timeout=SECONDS)
        try:
            client.request(method, path, headers=headers or {})
            answer = client.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            client.close()

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(self.address, SECONDS)

    def ended(self) -> tuple[int, bytes]:
        """Wait for its end; exit code and what it wrote."""
        _, errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, errors


@contextmanager
def running(pages: Pages, code: str = MAIN, listening: socket.socket | None = None) -> Iterator[Running]:
    """An admin process for the length of a block; it must end by itself, without a word, when its supervisor does."""
    one = Running(pages, code, listening)
    try:
        yield one
        os.close(one.end)
        assert one.ended() == (0, b"")
    finally:
        one.process.kill()
        one.process.communicate()
        one.socket.close()
