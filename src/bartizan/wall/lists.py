"""Allow and deny lists of one listener, by what they list.

An allow list spares its own subject what a deny list, and the checks on it, would find: a client known by its address
or by a confirmed reverse name is spared all checks; a HELO name or a sender, which anybody can write, only those on
itself.
Not here: what an entry looks like (bartizan.tables).
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.tables.access import AccessTable, Match


@dataclass(frozen=True, slots=True)
class Subject:
    """Both lists of one kind; None is an empty one."""

    allow: AccessTable | None = None
    deny: AccessTable | None = None


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of addresses and networks, reverse names, HELO names, senders, recipients."""

    peers: Subject = Subject()
    names: Subject = Subject()
    helo: Subject = Subject()
    senders: Subject = Subject()
    recipients: Subject = Subject()


def address(table: AccessTable | None, ip: str) -> Match | None:
    """What a list says of an address."""
    return None if table is None else table.find_address(ip)


def domain(table: AccessTable | None, name: str) -> Match | None:
    """What a list says of a domain or HELO name."""
    return None if table is None else table.find_domain(name)


def mailbox(table: AccessTable | None, text: str) -> Match | None:
    """What a list says of a mailbox."""
    return None if table is None else table.find_mailbox(text)


def listed(match: Match) -> str:
    """The entry for people, with what was noted beside it."""
    return f"listed as {match.entry}: {match.value}" if match.value else f"listed as {match.entry}"
