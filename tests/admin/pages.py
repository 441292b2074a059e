"""Pages as a supervisor makes them, and their writers."""

from __future__ import annotations

import os

from bartizan.admin.board import HASH, Board
from bartizan.node.memory import file_of
from bartizan.observe import page
from bartizan.observe.meter import Meter
from bartizan.observe.metrics import SMTPD, SUPERVISOR
from bartizan.observe.supervision import Supervision


class Pages:
    """Those of a node with two slots that is in good health."""

    def __init__(self) -> None:
        self.smtpds = (page.create(SMTPD), page.create(SMTPD))
        self.supervisor = page.create(SUPERVISOR)
        self.meters = [Meter.attach(descriptor) for descriptor in self.smtpds]
        self.bundle = file_of(b"c0ffee".ljust(HASH, b"\0"))
        self.supervision = Supervision.attach(self.supervisor)
        self.supervision.beat()
        self.supervision.set_ready(smtpds=2, scanners=2)

    def board(self) -> Board:
        """What the admin process makes of them."""
        return Board(self.smtpds, self.supervisor, self.bundle)

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (*self.smtpds, self.supervisor, self.bundle):
            os.close(descriptor)
