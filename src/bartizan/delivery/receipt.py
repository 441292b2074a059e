"""Say 250, and only to whom it is proven that somebody else now answers for the message.

This is the one place of the gateway where the reply 250 to a message is written (DESIGN section 1, promise 1).

Not here: getting the proof (nexthop, sqlite_store), refusals (outcome).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bartizan.model.envelope import Recipient
from bartizan.model.reply import ACCEPTED, INTERNAL, Reply


@dataclass(frozen=True, slots=True)
class Receipt:
    """Somebody answers for the copies of `recipients`: `proof` is the next hop's 2yz line, or a durable entry's id."""

    recipients: tuple[Recipient, ...]
    proof: str

    def __post_init__(self) -> None:
        if not self.proof:
            raise ValueError("a receipt needs a proof")


def acknowledge(recipients: Iterable[Recipient], receipts: Iterable[Receipt]) -> Reply:
    """250 when there is a receipt for every recipient (and at least one), else 451."""
    covered = {recipient for receipt in receipts for recipient in receipt.recipients}
    wanted = set(recipients)
    return ACCEPTED if wanted and wanted <= covered else INTERNAL
