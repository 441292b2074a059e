"""Tasks that outlive their session, kept so that they are neither collected nor cancelled, and can be waited for."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Everything under way in this process."""

    __slots__ = ("_loop", "_running")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run to the end, whatever becomes of the caller."""
        task = self._loop.create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def wait(self, seconds: float) -> bool:
        """Wait until all have ended, at most so long; True when they have."""
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=seconds)
        return not self._running
