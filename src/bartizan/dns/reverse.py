"""The names of a client's address, and which of them lead back to it (forward-confirmed reverse DNS, RFC 8601 2.7.3).

In: an address. Out: a Reverse. Only names that lead back may be believed: anybody can write any name into a reverse
zone of their own. Limits: MOST_CONFIRMED names are followed, others count as not confirmed.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bartizan.dns.answer import Status
from bartizan.dns.budget import LookupBudget
from bartizan.dns.name import address as read_address
from bartizan.dns.resolver import Resolver

MOST_CONFIRMED = 10


class ReverseStatus(enum.Enum):
    """What the reverse DNS came to."""

    CONFIRMED = "confirmed"
    """At least one name leads back to the address."""
    UNCONFIRMED = "unconfirmed"
    """There are names (in `others`), and none leads back."""
    NONE = "none"
    """There is no name, or none that could be a host's."""
    FAILED = "failed"
    """It could not be found out: neither a yes nor a no."""


@dataclass(frozen=True, slots=True)
class Reverse:
    """`names` lead back to the address, `others` do not (or it could not be found out); `reason` is for people."""

    status: ReverseStatus
    names: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    reason: str = ""


async def reverse(resolver: Resolver, address: str, budget: LookupBudget) -> Reverse:
    """Look the names of `address` up, and the addresses of each."""
    found = read_address(address)
    if found is None:
        return Reverse(ReverseStatus.NONE)
    told = await resolver.names(address, budget)
    if told.status is Status.FAILED:
        return Reverse(ReverseStatus.FAILED, reason=told.reason)
    if not told.values:
        return Reverse(ReverseStatus.NONE)
    own, reason = str(found), ""
    names: list[str] = []
    others = list(told.values[MOST_CONFIRMED:])
    for name in told.values[:MOST_CONFIRMED]:
        leads_to = await resolver.addresses(name, budget, found.version)
        (names if own in leads_to.values else others).append(name)
        reason = reason or leads_to.reason
    if names:
        return Reverse(ReverseStatus.CONFIRMED, tuple(names), tuple(others))
    if reason:
        return Reverse(ReverseStatus.FAILED, (), tuple(others), reason)
    return Reverse(ReverseStatus.UNCONFIRMED, (), tuple(others))
