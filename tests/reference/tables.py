"""Twin of bartizan.tables and the look-up beneath it: a dictionary and ipaddress, one length after the other."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from bartizan.tables.entry import canonical

Found = tuple[str, str] | None


class Model:
    """A list of (key, value) entries; the first entry of a name or network counts."""

    def __init__(self, entries: Iterable[tuple[str, str]]) -> None:
        self.names: dict[str, str] = {}
        for key, value in entries:
            self.names.setdefault(canonical(key), value)

    def address(self, text: str) -> Found:
        """The longest prefix around an address."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return None
        if isinstance(address, ipaddress.IPv6Address):
            address = address.ipv4_mapped or address
        for length in range(address.max_prefixlen, -1, -1):
            network = ipaddress.ip_network((address, length), strict=False)
            name = str(address) if length == address.max_prefixlen else str(network)
            if name in self.names:
                return name, self.names[name]
        return None

    def domain(self, name: str) -> Found:
        """The name, the name with all below it, each domain above it."""
        labels = name.lower().rstrip(".").split(".")
        tries = [".".join(labels), *("." + ".".join(labels[k:]) for k in range(len(labels)))]
        return next(((key, self.names[key]) for key in tries if key in self.names), None)

    def mailbox(self, address: str) -> Found:
        """The mailbox, its domain, its local part."""
        local, _, domain = address.lower().rpartition("@")
        whole = f"{local}@{domain}"
        if whole in self.names:
            return whole, self.names[whole]
        found = self.domain(domain)
        if found is None and f"{local}@" in self.names:
            return f"{local}@", self.names[f"{local}@"]
        return found
