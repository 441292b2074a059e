"""Tell the service manager how we are: the protocol of sd_notify(3), spoken where $NOTIFY_SOCKET is set.

READY=1 after a start or a reload, RELOADING=1 before one, STOPPING=1, WATCHDOG=1 in half of $WATCHDOG_USEC.
Nothing that goes wrong here disturbs the gateway. Not here: sockets that are passed (sockets.py).
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

STARTING_SECONDS = 600
"""Compiling many rules takes its time: the service manager is asked for this much."""


class ServiceManager:
    """The service manager of this process, if it has one; the environment is read, and emptied for our children."""

    def __init__(self) -> None:
        path = os.environ.pop("NOTIFY_SOCKET", "")
        self._address = "\0" + path[1:] if path.startswith("@") else path
        interval, pid = os.environ.pop("WATCHDOG_USEC", ""), os.environ.pop("WATCHDOG_PID", "")
        mine = pid in ("", str(os.getpid())) and interval.isdecimal()
        self._beat_seconds = int(interval) / 2_000_000 if mine else 0.0
        self._next_beat = 0.0

    def starting(self) -> None:
        """It may take a while until `ready`."""
        self._tell(f"STATUS=starting\nEXTEND_TIMEOUT_USEC={STARTING_SECONDS * 1_000_000}")

    def ready(self, status: str) -> None:
        """We serve; after a start, and after each reload."""
        self._tell(f"READY=1\nSTATUS={status}\nMAINPID={os.getpid()}")

    def reloading(self) -> None:
        """A reload has begun; `ready` ends it, whether it was taken or refused."""
        self._tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}\nSTATUS=reloading")

    def stopping(self) -> None:
        """The end has begun."""
        self._tell("STOPPING=1\nSTATUS=draining")

    def beat(self) -> None:
        """We are alive; call it often, it is told as often as asked for."""
        now = time.monotonic()
        if self._beat_seconds and now >= self._next_beat:
            self._next_beat = now + self._beat_seconds
            self._tell("WATCHDOG=1")

    def _tell(self, state: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
            sock.sendto(state.encode(), self._address)
