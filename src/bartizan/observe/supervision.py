"""What the supervisor counts: the one writer of its page (metrics.SUPERVISOR). Nothing here raises or waits."""

from __future__ import annotations

import time

from bartizan.observe.metrics import SUPERVISOR
from bartizan.observe.page import Cells, attach, private

_CELL = SUPERVISOR.cell


class Supervision:
    """Counts into `cells`, which are laid out as metrics.SUPERVISOR."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    @staticmethod
    def unread() -> Supervision:
        """One whose numbers nobody sees."""
        return Supervision(private(SUPERVISOR))

    @staticmethod
    def attach(descriptor: int) -> Supervision:
        """The writer of the page `descriptor`."""
        return Supervision(attach(descriptor, SUPERVISOR))

    def beat(self) -> None:
        """A sign of life; without one for 10 s the gateway is not live."""
        self._cells[_CELL("supervisor_heartbeat_age_seconds")] = time.monotonic_ns() // 1000

    def set_draining(self) -> None:
        """The gateway ends."""
        self._cells[_CELL("draining")] = 1

    def set_ready(self, *, smtpds: int, scanners: int) -> None:
        """How many serve now."""
        self._cells[_CELL("smtpds_ready")] = smtpds
        self._cells[_CELL("scanners_ready")] = scanners

    def set_generation(self, number: int) -> None:
        """The configuration in use."""
        self._cells[_CELL("generation")] = number

    def reloaded(self, ok: bool) -> None:
        """A reload took effect, or was refused and changed nothing."""
        self._count("reloads", "ok" if ok else "refused")

    def smtpd_restarted(self) -> None:
        """An smtpd ended and its slot gets another."""
        self._count("smtpd_restarts")

    def smtpd_killed(self) -> None:
        """An smtpd gave no sign of life."""
        self._count("smtpd_kills")

    def scanner_started(self) -> None:
        """A scanner, whatever for."""
        self._count("scanner_starts")

    def scanner_restarted(self) -> None:
        """A scanner ended as planned (jobs, memory, reload) and gets a successor."""
        self._count("scanner_restarts")

    def scanner_killed(self) -> None:
        """A scanner was over its time."""
        self._count("scanner_kills")

    def scanner_crashed(self) -> None:
        """A scanner ended and nobody had asked it to."""
        self._count("scanner_crashes")

    def line_lost(self) -> None:
        """The event log could not take a line."""
        self._count("supervisor_event_lines_lost")

    def _count(self, name: str, value: str = "") -> None:
        self._cells[_CELL(name, value)] += 1
