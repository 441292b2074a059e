"""The signals of the supervisor: noted where they arrive, acted on in its loop.

SIGTERM and SIGINT stop, SIGHUP reloads, SIGCHLD only wakes.
"""

from __future__ import annotations

import os
import select
import signal
from contextlib import suppress
from types import FrameType
from typing import Self


class Signals:
    """A context in which signals are noted. `stop` stays True; `reload` is True until it is taken."""

    def __init__(self) -> None:
        self.stop = False
        self._reload = False

    def __enter__(self) -> Self:
        self._reader, self._writer = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        handlers = {signal.SIGTERM: self._stop, signal.SIGINT: self._stop, signal.SIGHUP: self._hang_up}
        self._old = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        self._old[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        return self

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._wakeup)
        for number, handler in self._old.items():
            signal.signal(number, handler)
        os.close(self._reader)
        os.close(self._writer)

    def take_reload(self) -> bool:
        """Was a reload asked for since the last call?"""
        wanted, self._reload = self._reload, False
        return wanted

    def wait(self, seconds: float) -> None:
        """Return after a signal, after `seconds` at the latest."""
        waiting = select.poll()
        waiting.register(self._reader, select.POLLIN)
        waiting.poll(seconds * 1000)
        with suppress(BlockingIOError):
            os.read(self._reader, 4096)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop = True

    def _hang_up(self, _number: int, _frame: FrameType | None) -> None:
        self._reload = True
