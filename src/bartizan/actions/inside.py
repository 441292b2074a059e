"""Tell names and addresses of the inside from others, and say what each is called outside.

In: texts that were decoded from a header's bytes (UTF-8, surrogateescape), or addresses of an envelope. Out: the same
with other names in them. A name counts in any case, as A-labels or U-labels (RFC 5890), with a dot at its end or not.
Never raises on content; the time is linear in the text.
Not here: the syntax of addresses and fields (addresses, hide), names behind an encoding (RFC 2047, base64).
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bartizan.model.hide import Hide

_ASCII_RUN = re.compile(r"%[0-9A-Fa-f]{2}|[A-Za-z0-9_.-]++")
_RUN = re.compile(r"[\w.-]++")
_ADDRESS = re.compile(r"(?<![0-9A-Fa-f:.])[0-9A-Fa-f:.]{2,45}+")
_TAGGED = re.compile(r"IPv6:", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]{2,60})\]")
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_MAX_NAME = 1024


class Inside:
    """The names of one configuration."""

    def __init__(self, hide: Hide, hostname: str = "") -> None:
        """`hostname` is this host's public name."""
        self.public = hide.public
        self._pairs = {_ascii(one.inside[1:]): one.outside[1:] for one in hide.map if one.inside.startswith("@")}
        self._mapped = {key(one.inside): one.outside for one in hide.map if not one.inside.startswith("@")}
        outsides = (one.outside.rpartition("@")[2] for one in hide.map)
        self._shown = frozenset(_ascii(name) for name in (hide.public, hostname, *hide.shown, *outsides) if name)
        mapped = (one.inside.rpartition("@")[2] for one in hide.map)
        self._domains = tuple(dict.fromkeys(_ascii(name) for name in hide.domains))
        self._networks: list[IPv4Network | IPv6Network] = [ip_network(one, strict=False) for one in hide.networks]
        named = dict.fromkeys((*self._domains, *self._pairs, *(_ascii(name) for name in mapped)))
        self._needles = tuple(tuple(filter(None, name.split("."))) for name in named)
        self._international = any("xn--" in name for name in named)

    def suspect(self, text: str) -> bool:
        """May an inside name or address literal stand in `text`, in whatever way it is folded? Cheap."""
        if "[" in text or (self._international and not text.isascii()):
            return True
        low = text.lower()
        return any(all(label in low for label in needle) for needle in self._needles)

    def outside(self, name: str) -> str | None:
        """What the domain `name` is called outside; None when it is no inside name."""
        name = _ascii(name.strip("."))
        pair = self._pairs.get(name)
        if pair is not None:
            return pair
        if name in self._shown:
            return None
        return self.public if any(_below(name, domain) for domain in self._domains) else None

    def address(self, address: str) -> str | None:
        """The outside address that the map has for an inside one; None when it has none."""
        return self._mapped.get(key(address)) if self._mapped else None

    def literal(self, text: str) -> bool:
        """Is an address of the networks in `text`, a domain literal or more?"""
        for found in _ADDRESS.finditer(_TAGGED.sub(" ", text)):
            try:
                address = ip_address(found[0].rstrip("."))
            except ValueError:
                continue
            if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
                address = address.ipv4_mapped
            if any(address in network for network in self._networks):
                return True
        return False

    def named(self, text: str) -> bool:
        """Does `text` hold an inside name or address?"""
        return self.without(text) != text or self.literal(text)

    def without(self, text: str) -> str:
        """`text` with outside names in the place of inside ones, wherever they stand, and of bracketed addresses."""
        if not self.suspect(text):
            return text
        text = _ASCII_RUN.sub(self._replace, text)
        if self._international and not text.isascii():
            text = _RUN.sub(self._replace, text)
        return _BRACKETS.sub(lambda found: self.public if self.literal(found[1]) else found[0], text)

    def _replace(self, found: re.Match[str]) -> str:
        """A run of name characters, with the longest inside name in it replaced together with what is before it."""
        run = found[0]
        core = run.strip(".")
        if "." not in core and not any("." not in domain.strip(".") for domain in self._domains):
            return run
        if len(core) > _MAX_NAME:
            return self.public
        name = _ascii(core)
        if name in self._shown and name not in self._pairs:
            return run
        start = run.index(core) if core else 0
        after = run[start + len(core) :]
        whole = self.outside(core)
        if whole is not None:
            return run[:start] + whole + after
        if name.count(".") != core.count("."):
            return run
        for domain in self._domains:
            at = f".{name}.".rfind(f".{domain.strip('.')}.")
            if at > 0 or (at == 0 and not domain.startswith(".")):
                rest = name[at + len(domain.strip(".")) :]
                return run[:start] + self.public + rest + after
        return run


def _below(name: str, domain: str) -> bool:
    return name.endswith(domain) if domain.startswith(".") else name == domain or name.endswith(f".{domain}")


def _ascii(name: str) -> str:
    """A name in lower case with A-labels; a dot in front stays, what has no A-labels stays as it is."""
    low = name.lower()
    if low.isascii() or len(low) > _MAX_NAME:
        return low
    dot = "." if low.startswith(".") else ""
    try:
        return dot + low.strip(".").encode("idna").decode("ascii")
    except UnicodeError:
        return low


def key(address: str) -> str:
    """One text for all ways to write an address: quoting, case, A-labels or U-labels, a dot at the end."""
    local, _, domain = address.rpartition("@")
    if local.startswith('"') and local.endswith('"'):
        local = _QUOTED_PAIR.sub(r"\1", local[1:-1])
    return f"{local.lower()}@{_ascii(domain.strip('.'))}"
