"""What an entry of a list may look like, and which names and networks it stands for.

In: the key of one entry. Out: its canonical text, which is also what a match tells; or EntryError, which says what is
wrong in words for the operator. The forms:

    192.0.2.7  2001:db8::7           one address
    192.0.2.0/24  2001:db8::/32      a network; host bits that are set are an error
    192.0.2.                         the network of one to three whole octets
    example.com                      this name alone
    .example.com                     this name and every name below it
    ann@example.com                  one mailbox
    ann@                             this local part at any domain
    <>                               the empty sender

Not here: values and lines (source.py), the same done fast for plain entries (bartizan._core.mapentries), patterns.
"""

from __future__ import annotations

import ipaddress
import re

from bartizan.tables.names import DOMAIN_MOST, LOCAL_MOST, domain_key, local_key

EMPTY_SENDER = "<>"
SHOWN = 60
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMERIC = re.compile(r"[0-9./]+")
_OCTETS = re.compile(r"(?:[0-9]{1,3}\.){1,3}")
_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")
_PLAIN_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]+")


class EntryError(ValueError):
    """An entry that is none of the forms; the text says why."""


def canonical(key: str) -> str:
    """The canonical text of an entry. Raises EntryError."""
    if key == EMPTY_SENDER:
        return key
    if key.startswith("/"):
        raise EntryError("a pattern cannot stand in a list")
    if "@" in key:
        return _mailbox(key)
    if ":" in key or _NUMERIC.fullmatch(key):
        return _network(key)
    return "." + _domain(key[1:]) if key.startswith(".") else _domain(key)


def shown(key: str) -> str:
    """A key as a message to the operator shows it: quoted, without control characters, cut when it is long."""
    return ascii(key if len(key) <= SHOWN else key[:SHOWN] + "...")


def _domain(text: str) -> str:
    if text.endswith("."):
        text = text[:-1]
    if len(text) > DOMAIN_MOST:
        raise EntryError(f"a domain has at most {DOMAIN_MOST} characters")
    name = domain_key(text).decode("utf-8", "replace")
    labels = name.split(".")
    if text.endswith(".") or len(name) > DOMAIN_MOST or not all(map(_LABEL.fullmatch, labels)):
        raise EntryError(f"{shown(text)} is neither an address nor a domain")
    if labels[-1].isdigit():
        raise EntryError(f"{shown(text)} is no domain: its last label is a number")
    return name


def _mailbox(key: str) -> str:
    local, _, domain = key.rpartition("@")
    if not _PLAIN_LOCAL.fullmatch(local) or not local.isprintable() or ".." in f".{local}.":
        raise EntryError(f"{shown(key)} is no mailbox: its local part is not plain")
    part = local_key(local)
    if not part:
        raise EntryError(f"a local part has at most {LOCAL_MOST} octets")
    return f"{part.decode('utf-8', 'replace')}@{_domain(domain) if domain else ''}"


def _network(key: str) -> str:
    text, slash, length = key.partition("/")
    if not slash and _OCTETS.fullmatch(key) and ":" not in key:
        octets = key.count(".")
        text, length = key + ".".join("0" * (4 - octets)), str(8 * octets)
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise EntryError(f"{shown(text)} is no address") from None
    if "%" in text:
        raise EntryError("an address in a list has no zone")
    if (slash or length) and not _LENGTH.fullmatch(length):
        raise EntryError(f"{shown(length)} is no prefix length")
    prefix = int(length) if length else address.max_prefixlen
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address, prefix = address.ipv4_mapped, prefix - 96
    if not 0 <= prefix <= address.max_prefixlen:
        raise EntryError(f"{shown(length)} is no prefix length")
    network = ipaddress.ip_network((address, prefix), strict=False)
    if network.network_address != address:
        raise EntryError(f"host bits are set in {shown(key)}: is {network} meant?")
    return str(address) if prefix == address.max_prefixlen else str(network)
