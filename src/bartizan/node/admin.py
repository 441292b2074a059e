"""The admin process as its supervisor sees it: started, told which bundle is in force, replaced when it dies, ended.

It shows counters and health and takes no part in mail: nothing waits for it.
Not here: what it answers (bartizan.admin).
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Sequence

from bartizan.admin.board import HASH
from bartizan.admin.order import AdminOrder
from bartizan.model.errors import TemporaryError
from bartizan.node.children import start
from bartizan.node.memory import file_of
from bartizan.observe import codec
from bartizan.observe.events import EventLog
from bartizan.sandbox.users import Account

BACKLOG = 128
PAUSE = 1.0
"""Seconds between two starts."""


class Admin:
    """The admin process of the node, if one is configured: `listening` is its bound socket, or None."""

    def __init__(
        self,
        listening: socket.socket | None,
        pages: Sequence[int],
        supervisor_page: int,
        sandbox: str,
        events: EventLog,
        account: Account | None,
    ) -> None:
        if listening is not None:
            listening.listen(BACKLOG)  # from now on whoever asks waits for an answer, also between two processes
        self._listening = listening
        self._pages = tuple(pages)
        self._supervisor_page = supervisor_page
        self._sandbox = sandbox
        self._events = events
        self._account = account
        self._lifeline, self._end = os.pipe2(os.O_CLOEXEC)
        self._process: subprocess.Popen[bytes] | None = None
        self._bundle = file_of(bytes(HASH))
        self._shown = ""
        self._next_start = 0.0

    def tick(self, bundle: str) -> None:
        """See to it that one runs, and that it shows `bundle`, the hash of the rules in force."""
        if self._listening is None:
            return
        process = self._process
        if process is not None and process.poll() is not None:
            self._events.process("restart", "admin", f"pid {process.pid}, exit code {process.returncode}")
            self._process = process = None
        if self._shown != bundle:
            os.pwrite(self._bundle, bundle.encode(), 0)
            self._shown = bundle
        if process is None and time.monotonic() >= self._next_start:
            self._next_start = time.monotonic() + PAUSE
            self._start(self._listening)

    def close(self) -> None:
        """End it."""
        os.close(self._end)
        os.close(self._bundle)
        os.close(self._lifeline)
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        if self._listening is not None:
            self._listening.close()

    def _start(self, listening: socket.socket) -> None:
        order = AdminOrder(
            socket=listening.fileno(),
            pages=self._pages,
            supervisor_page=self._supervisor_page,
            bundle=self._bundle,
            sandbox=self._sandbox,
            parent=os.getpid(),
            lifeline=self._lifeline,
        )
        passed = (listening.fileno(), *self._pages, self._supervisor_page, self._bundle, self._lifeline)
        code = "from bartizan.admin.process import main; main()"
        try:
            told = file_of(codec.pack(order))
            try:
                self._process = start(code, (told,), (*passed, told), self._account)
            finally:
                os.close(told)
        except (OSError, TemporaryError) as error:
            self._events.problem("starting the admin process", error)
