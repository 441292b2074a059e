"""The checks of one listener that look at a client and its envelope: lists, names, patterns, the DNS.

In: a visit, and the addresses of MAIL and RCPT. Out: what was found wrong, in the order of the checks; what is done
about it is the listener's ruling (model/check.py), carried out by bartizan.smtpd.judge. A check that is off is not
carried out; one that needs the DNS is not either where there is no resolver.
Trusted and logged-in clients are spared what is meant for strangers, allowed ones all; the null sender is never refused
by a check on senders, and postmaster never by one on recipients (RFC 5321 section 4.5.1).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from bartizan.dns.budget import LookupBudget
from bartizan.dns.resolver import Resolver
from bartizan.model.check import Check, Rulings
from bartizan.wall import client, lists, sender
from bartizan.wall.lists import Lists
from bartizan.wall.patterns import Patterns
from bartizan.wall.visit import Found, Visit, unsure

_NAMES = (Check.REVERSE_DNS, Check.FORWARD_DNS)
_SENDER_DNS = (Check.SENDER_DOMAIN, Check.NULL_MX, Check.SENDER_MX)
_NO_LOOKUPS = LookupBudget(0, 0.0)


@dataclass(slots=True)
class Wall:
    """One for each listener and generation. `own` are our names and recipient domains, in lower case."""

    lists: Lists = field(default_factory=Lists)
    patterns: Patterns = field(default_factory=Patterns)
    resolver: Resolver | None = None
    own: Container[str] = frozenset()

    def connect(self, visit: Visit, rulings: Rulings) -> list[Found]:
        """What is wrong with the address alone; never waits."""
        peers, address = self.lists.peers, visit.peer.address
        if lists.address(peers.allow, address) is not None:
            visit.allowed = True
            return []
        match = lists.address(peers.deny, address)
        return [] if match is None else [Found(Check.DENIED_PEER, lists.listed(match))]

    async def mail(self, visit: Visit, mailbox: str, rulings: Rulings) -> list[Found]:
        """What is wrong with the client, its HELO name and the sender. Waits only for what is not known yet."""
        if visit.allowed:
            return []
        budget = _NO_LOOKUPS if self.resolver is None else self.resolver.budget()
        found = [*visit.odd]
        if not visit.known:
            peer = visit.peer_found
            if peer is None:
                peer = tuple(await self._peer(visit, budget, rulings))
                visit.peer_found = _final(peer)
            if visit.allowed:
                return []
            helo = visit.helo_found
            if helo is None:
                helo = tuple(await self._helo(visit, budget, rulings))
                visit.helo_found = _final(helo)
            found += (*peer, *helo)
        found += await self._sender(visit, mailbox, budget, rulings)
        return found

    async def rcpt(self, visit: Visit, mailbox: str, recipient: str, rulings: Rulings) -> list[Found]:
        """What is wrong with one recipient."""
        table = self.lists.recipients
        if table.deny is None or visit.allowed or _postmaster(recipient, self.own):
            return []
        match = lists.mailbox(table.deny, recipient)
        if match is None or lists.mailbox(table.allow, recipient) is not None:
            return []
        return [Found(Check.DENIED_RECIPIENT, lists.listed(match))]

    async def _peer(self, visit: Visit, budget: LookupBudget, rulings: Rulings) -> list[Found]:
        """The names of its address: they may be listed, and should exist."""
        table = self.lists.names
        wanted = table.allow is not None or (table.deny is not None and rulings.on(Check.DENIED_NAME))
        if self.resolver is None or not (wanted or rulings.on(*_NAMES)):
            return []
        found = await client.names(self.resolver, visit, budget)
        if table.deny is not None and any(one.unsure for one in found):
            return [*unsure(found[0].detail, Check.DENIED_NAME), *found]
        names = visit.names or ()
        visit.allowed = any(lists.domain(table.allow, name) is not None for name in names)
        for name in names:
            match = lists.domain(table.deny, name)
            if match is not None:
                return [Found(Check.DENIED_NAME, lists.listed(match)), *found]
        return found

    async def _helo(self, visit: Visit, budget: LookupBudget, rulings: Rulings) -> list[Found]:
        table = self.lists.helo
        if lists.domain(table.allow, visit.helo) is not None:
            return []
        found = await client.helo_name(self.resolver, visit, budget, self.own, rulings)
        match = lists.domain(table.deny, visit.helo)
        return found if match is None else [Found(Check.DENIED_HELO, lists.listed(match)), *found]

    async def _sender(self, visit: Visit, mailbox: str, budget: LookupBudget, rulings: Rulings) -> list[Found]:
        """Lists and patterns hold for everybody, the DNS is asked for strangers."""
        table = self.lists.senders
        if not mailbox or lists.mailbox(table.allow, mailbox) is not None:
            return []
        found = []
        match = lists.mailbox(table.deny, mailbox)
        if match is not None:
            found.append(Found(Check.DENIED_SENDER, lists.listed(match)))
        pattern = self.patterns.find(mailbox)
        if pattern is not None:
            found.append(Found(Check.SENDER_PATTERN, f"matches {pattern[:80]}"))
        if self.resolver is not None and not visit.known and rulings.on(*_SENDER_DNS):
            found += await sender.domain(self.resolver, mailbox, budget, rulings, self.own)
        return found


def _final(found: tuple[Found, ...]) -> tuple[Found, ...] | None:
    """What may be remembered for the session: an answer that the DNS owes us is asked for again at the next MAIL."""
    return None if any(one.unsure for one in found) else found


def _postmaster(recipient: str, own: Container[str]) -> bool:
    """`<postmaster>`, and postmaster of a domain of ours."""
    local, _, domain = recipient.lower().rpartition("@")
    return (local or domain) == "postmaster" and (not local or domain in own)
