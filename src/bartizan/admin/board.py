"""The pages of all processes of the node, as the admin process sees them: read-only, and numbers only."""

from __future__ import annotations

from collections.abc import Sequence

from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.observe.page import Reader, Reading, added_up


class Board:
    """Where everything that is told comes from. `bundle` is the hash of the rules in force."""

    def __init__(self, pages: Sequence[int], supervisor_page: int, bundle: str) -> None:
        """Maps the pages; the descriptors may be closed afterwards. OSError or ValueError when one is none."""
        self._smtpds = [Reader(page, SMTPD) for page in pages]
        self._supervisor = [Reader(supervisor_page, SUPERVISOR)]
        self.bundle = bundle

    def smtpds(self) -> Reading:
        """What all smtpds counted, added up."""
        return added_up(SMTPD, self._smtpds)

    def supervisor(self) -> Reading:
        """What the supervisor says."""
        return added_up(SUPERVISOR, self._supervisor)
