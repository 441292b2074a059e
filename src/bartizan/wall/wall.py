"""The checks of one listener that look at a client and its envelope: lists, names, patterns, the DNS.

In: a visit, and the addresses of MAIL and RCPT. Out: what was found wrong, in the order of the checks; what is done
about it is the listener's ruling (model/check.py), carried out in bartizan.smtpd.judge.
Trusted and logged-in clients, and those on an allow list, are spared what is meant for strangers.
"""

from __future__ import annotations

from bartizan.model.check import Rulings
from bartizan.wall.visit import Found, Visit


class Wall:
    """One for each listener and generation."""

    def connect(self, visit: Visit, rulings: Rulings) -> list[Found]:
        """What is wrong with the address alone; never waits."""
        return []

    async def mail(self, visit: Visit, sender: str, rulings: Rulings) -> list[Found]:
        """What is wrong with the client, its HELO name and `sender`. Waits only for what is not known yet."""
        return [*visit.odd]

    async def rcpt(self, visit: Visit, sender: str, recipient: str, rulings: Rulings) -> list[Found]:
        """What is wrong with one recipient."""
        return []
