"""HTTP for a small application, on a socket that somebody else opened. The only importer of uvicorn.

Limits: 64 connections, a request's head 8 KiB, 10 s from connecting, or from the last answer, to the end of the next
one; idle connections are closed after 5 s. No access log, no Server header, no WebSockets, no proxy headers believed.
uvicorn itself has no limit for a head that does not end or for an answer that is not read: that is `_Patient`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

CONNECTIONS = 64
HEAD_BYTES = 8192
PATIENCE = 10.0
IDLE = 5
END = 1
"""Seconds that connections get at the end."""
BACKLOG = 128


class _Patient(H11Protocol):
    """One connection, with an end to our patience."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client; one too many is not listened to."""
        super().connection_made(transport)
        self._wait()
        if len(self.connections) > CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._stop()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Answered; the clock starts anew."""
        self._wait()
        super().on_response_complete()

    def _wait(self) -> None:
        self._stop()
        self._deadline = self.loop.call_later(PATIENCE, self.transport.abort)

    def _stop(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


class _Server(uvicorn.Server):
    """uvicorn's server without its own signal handlers, which would end the process by the signal it caught."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not here."""
        yield


def serve(app: Callable[..., Any], listening: socket.socket, *, lifeline: int, confine: Callable[[], None]) -> None:
    """Answer until SIGTERM, or until `lifeline` ends. `confine` is called once everything is loaded and
    opened, and before the loop is made, which must find that it cannot have an io_uring."""
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http=_Patient,
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=END,
        h11_max_incomplete_event_size=HEAD_BYTES,
    )
    config.load()
    server = _Server(config)

    def stop() -> None:
        server.should_exit = True

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop)
        loop.add_signal_handler(signal.SIGINT, lambda: None)  # the terminal's; the supervisor says when
        loop.add_reader(lifeline, stop)
        await server.serve(sockets=[listening])
        loop.remove_reader(lifeline)

    make_loop = config.get_loop_factory()
    confine()
    with asyncio.Runner(loop_factory=make_loop) as runner:
        runner.run(run())
