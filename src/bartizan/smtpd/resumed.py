"""A coroutine that was begun without a task and turned out to have to wait: `await Resumed(work, waiting)` ends it.

Most commands never wait, and a task for each would cost more than all the rest of them. `work` was sent None and
yielded `waiting`, a future; whoever awaits this stands in for it from there on.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any


class Resumed:
    """Awaited once."""

    __slots__ = ("_waiting", "_work")

    def __init__(self, work: Coroutine[Any, Any, Any], waiting: object) -> None:
        self._work = work
        self._waiting = waiting

    def __await__(self) -> Generator[Any, Any, Any]:
        """Hand every future on to the task, and what the task answers back; a cancellation too."""
        work, waiting = self._work, self._waiting
        while True:
            failure: BaseException | None = None
            answer = None
            try:
                answer = yield waiting
            except BaseException as error:
                failure = error
            try:
                waiting = work.send(answer) if failure is None else work.throw(failure)
            except StopIteration as end:
                return end.value
