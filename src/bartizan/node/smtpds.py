"""All smtpds of the node: one for each slot, replaced when it dies, killed when it is silent.

One more has everything loaded and waits, so that a dead one's slot is served again within moments.

Not here: the generations they follow (reload.py).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from bartizan.model.errors import TemporaryError
from bartizan.node.children import Followed, SmtpdProcess
from bartizan.node.sockets import Slot
from bartizan.observe.events import EventLog
from bartizan.observe.supervision import Supervision
from bartizan.sandbox.users import Account

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0


class Smtpds:
    """The smtpds, by slot. `followed` answers the generation that new ones begin with."""

    def __init__(
        self,
        slots: Sequence[Slot],
        followed: Callable[[], Followed],
        events: EventLog,
        meters: Sequence[int],
        supervision: Supervision,
        account: Account | None,
    ) -> None:
        """`meters` are the descriptors of the slots' pages of counters."""
        self._slots = slots
        self._meters = meters
        self._supervision = supervision
        self._followed = followed
        self._events = events
        self._account = account
        self._running: list[SmtpdProcess | None] = [None] * len(slots)
        self._next_start = [0.0] * len(slots)
        self._failures = [0] * len(slots)
        self._due: list[int] = []
        self._leaving: SmtpdProcess | None = None
        self._spare: SmtpdProcess | None = None
        self._next_spare = 0.0

    def start(self) -> None:
        """Start all; `ready` tells when they serve."""
        for index in range(len(self._slots)):
            self._running[index] = self._spawn(index, patient=True)

    def all_ready(self) -> bool:
        """Every smtpd serves. TemporaryError when one of the first does not come up."""
        if any(one is None or one.stuck or (one.ended and not one.slot.ready) for one in self._running):
            raise TemporaryError("an smtpd did not start; what it wrote stands above")
        return all(one is not None and one.slot.ready for one in self._running)

    @property
    def ready(self) -> int:
        """How many serve now."""
        return sum(1 for one in self._running if one is not None and one.slot.ready and not one.ended)

    def oldest_generation(self) -> int:
        """The lowest number of a generation that one of them still follows, or may come to follow."""
        numbers = [one.slot.generation for one in self._running if one is not None and not one.ended]
        return min(numbers, default=self._followed().generation.number)

    def tell(self) -> None:
        """Have all follow the generation of now, and write to the log of now."""
        for one in self._running:
            if one is not None and not one.ended:
                one.tell(self._followed(), self._events.descriptor)

    def tick(self) -> None:
        """Kill the silent, replace the dead; wait longer each time one dies before it was ready."""
        now = time.monotonic()
        if self._due and self._leaving not in self._running and self.ready == len(self._slots):
            self._leaving = self._running[self._due.pop()]
            if self._leaving is not None:
                self._leaving.terminate()
        for index, one in enumerate(self._running):
            if one is None:
                if now >= self._next_start[index]:
                    self._running[index] = self._spawn(index)
            elif one.ended:
                self._replace(index, one, now)
            elif one.stuck and not one.killed:
                self._events.process("killed", "smtpd", f"pid {one.process.pid} gave no sign of life")
                self._supervision.smtpd_killed()
                one.kill()
        self._keep_a_spare(now)

    def renew(self) -> None:
        """Have every smtpd drain and begin anew, one after the other: what they were started with has changed."""
        self._due = list(range(len(self._slots)))

    def terminate(self) -> None:
        """Ask all to drain and end."""
        for one in self._running:
            if one is not None:
                one.terminate()

    @property
    def gone(self) -> bool:
        """None is left."""
        return all(one is None or one.ended for one in self._running)

    def close(self) -> None:
        """End those that are left."""
        for one in (*self._running, self._spare):
            if one is not None:
                one.kill()
                one.close()
        self._running, self._spare = [None] * len(self._slots), None

    def _replace(self, index: int, one: SmtpdProcess, now: float) -> None:
        failures = self._failures[index] = 0 if one.slot.ready else self._failures[index] + 1
        self._events.process("restart", "smtpd", f"pid {one.process.pid}, exit code {one.process.returncode}")
        self._supervision.smtpd_restarted()
        one.close()
        self._running[index] = None if failures else self._spawn(index)
        self._next_start[index] = now + min(FIRST_PAUSE * 2 ** min(failures, 10), LONGEST_PAUSE)

    def _spawn(self, index: int, *, patient: bool = False) -> SmtpdProcess | None:
        """One that serves the slot; None when it cannot be started now: it is tried again later."""
        one, self._spare = self._spare, None
        if one is None or one.ended:
            if one is not None:
                one.close()
            one = self._new()
        if one is not None:
            one.begin(
                self._followed(),
                self._slots[index],
                events=self._events.descriptor,
                meter=self._meters[index],
                patient=patient,
            )
        return one

    def _keep_a_spare(self, now: float) -> None:
        """Once all serve; one that died waiting is not replaced at once."""
        if self._spare is not None and self._spare.ended:
            self._spare.close()
            self._spare, self._next_spare = None, now + LONGEST_PAUSE
        if self._spare is None and now >= self._next_spare and self.ready == len(self._slots):
            self._spare, self._next_spare = self._new(), now + FIRST_PAUSE

    def _new(self) -> SmtpdProcess | None:
        try:
            return SmtpdProcess(self._account)
        except (OSError, TemporaryError) as error:
            self._events.problem("starting an smtpd", error)
            return None
