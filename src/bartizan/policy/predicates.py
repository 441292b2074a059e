"""Single tests that rules are made of: globs, addresses, networks. Each takes time linear in its input.

A glob has one wild card, `*`: any characters, also none. Case never matters. There are no user-written regular
expressions, so no pattern can be made slow by a message. Not here: what the tests are applied to (engine).
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Glob:
    """A text with wild cards, split at them."""

    text: str
    _pieces: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_pieces", tuple(self.text.casefold().split("*")))

    def matches(self, folded: str) -> bool:
        """Is all of `folded` (case-folded by the caller) described?"""
        first, last = self._pieces[0], self._pieces[-1]
        if len(self._pieces) == 1:
            return folded == first
        end = len(folded) - len(last)
        if end < len(first) or not folded.startswith(first) or not folded.endswith(last):
            return False
        at = len(first)
        for piece in self._pieces[1:-1]:
            at = folded.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True


@dataclass(frozen=True, slots=True)
class AddressPattern:
    """Addresses: "<>" the null sender, a glob with @ of whole addresses, ".example.org" everything below a domain,
    else a glob of domains; "*" alone is every address, the null sender and a bare postmaster too."""

    text: str
    _glob: Glob = field(init=False)

    def __post_init__(self) -> None:
        text = canonical(self.text)
        object.__setattr__(self, "_glob", Glob(f"*{text}" if text.startswith(".") else text))

    def matches(self, address: str) -> bool:
        """`address` in the form that `canonical` gives."""
        if self.text == "*":
            return True
        if self.text == "<>":
            return address == ""
        if "@" in self.text:
            return self._glob.matches(address)
        return "@" in address and self._glob.matches(address.rpartition("@")[2])


def canonical(address: str) -> str:
    """`address` in the form patterns are compared in: case folded, an international domain as its A-labels."""
    local, at, domain = address.casefold().rpartition("@")
    if not domain.isascii():
        labels = []
        for label in domain.split("."):
            try:
                labels.append(label if label.isascii() or "*" in label else label.encode("idna").decode("ascii"))
            except UnicodeError:
                labels.append(label)
        domain = ".".join(labels)
    return f"{local}{at}{domain.removesuffix('.')}"


def network(text: str) -> Network:
    """The network written as "192.0.2.0/24" or a single address; ValueError when it is none."""
    return ipaddress.ip_network(text, strict=False)


def in_networks(address: str, networks: tuple[Network, ...]) -> bool:
    """Does the IP address lie in one of `networks`? IPv4 inside IPv6 counts as IPv4; no address is in none."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in net for net in networks)
