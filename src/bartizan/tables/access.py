"""Looks up addresses, domains and mailboxes in a compiled list.

In: a compiled file (compile.py) by path, descriptor or octets; what a peer says. Out: the most specific entry that
matches, with its value, or None. Text of any kind and length is looked up; what is no address, domain or mailbox
matches nothing, and nothing raises.
Order: an address by the longest prefix; a domain by its own name, then `.NAME`, then `.` and each domain above it; a
mailbox by the whole of it, then by its domain as above, then by `local@`.
Not here: what an entry looks like (entry.py), what a match leads to.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from bartizan._core.lookup import NameTable, NetworkTable, TableFile
from bartizan.tables.entry import EMPTY_SENDER
from bartizan.tables.names import domain_key, local_key, split_mailbox

_EMPTY = EMPTY_SENDER.encode()


@dataclass(frozen=True, slots=True)
class Match:
    """The entry that matched, in its canonical text, and its value, which may be empty."""

    entry: str
    value: str


class AccessTable:
    """One compiled list, immutable."""

    __slots__ = ("_names", "_networks")

    def __init__(self, file: TableFile) -> None:
        self._networks = NetworkTable(file)
        self._names = NameTable(file)

    @classmethod
    def open(cls, source: str | os.PathLike[str] | int | bytes) -> AccessTable:
        """The list at a path, of a descriptor (which stays the caller's), or of these octets.

        Raises ValueError for a damaged or foreign file, OSError when it cannot be read.
        """
        return cls(TableFile.open(source))

    def find_address(self, address: str) -> Match | None:
        """What the list says of an IP address; a zone (`fe80::1%eth0`) does not count."""
        found = self._networks.find(address)
        if found is None and "%" in address:
            found = self._networks.find(address[:64].partition("%")[0])
        return None if found is None else Match(*found)

    def find_domain(self, name: str) -> Match | None:
        """What the list says of a domain: a HELO name, a reverse name, or the domain of a mailbox.

        An address, in brackets as RFC 5321 section 4.1.3 writes it or bare, is looked up as an address.
        """
        last = name[-1:]
        if last in ("]", ".") or last.isdigit() or ":" in name:
            match = self._find_literal(name)
            if match is not None:
                return match
        found = self._names.find_domain(domain_key(name))
        return None if found is None else Match(*found)

    def find_mailbox(self, address: str) -> Match | None:
        """What the list says of a sender or recipient, without angle brackets; empty is the empty sender."""
        if not address or address == EMPTY_SENDER:
            found = self._names.find(_EMPTY)
            return None if found is None else Match(*found)
        local, domain = split_mailbox(address)
        part = local_key(local)
        name = domain_key(domain)
        found = self._names.find(part + b"@" + name) if part and name else None
        if found is not None:
            return Match(*found)
        match = self.find_domain(domain)
        if match is not None or not part:
            return match
        found = self._names.find(part + b"@")
        return None if found is None else Match(*found)

    def _find_literal(self, name: str) -> Match | None:
        if len(name) > 80:
            return None
        name = name.rstrip(".")
        if name.startswith("[") and name.endswith("]"):
            name = name[1:-1]
            if name[:5].lower() == "ipv6:":
                name = name[5:]
        return self.find_address(name)
