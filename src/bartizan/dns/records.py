"""Reads the records of an answer: which of them count, what is usable in them, how long they may be kept.

In: the answer section as the library parsed it. Out: an Answer with the record's own TTL. The peer may control what
comes back: names must be host names, numbers and lengths are limited, and what is left out is told (`Answer.cut`).
An answer that has only aliases (CNAME), or only records of other kinds, says that there is none.
Limits: MOST_ADDRESSES, MOST_NAMES, MOST_EXCHANGERS, MOST_TEXTS values, LONGEST_TEXT bytes each.
Not here: whether the server may be believed; that is for the name server (DNSSEC) and the way to it.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bartizan.dns.answer import Answer, Mx, Status
from bartizan.dns.name import address, host_name

MOST_ADDRESSES = 50
MOST_NAMES = 20
MOST_EXCHANGERS = 50
MOST_TEXTS = 100
LONGEST_TEXT = 16 * 1024
_LONGEST_TTL = 0x7FFFFFFF


class Kind(enum.IntEnum):
    """Kinds of records, by their numbers (RFC 1035 section 3.2.2, RFC 3596)."""

    A = 1
    CNAME = 5
    PTR = 12
    MX = 15
    TXT = 16
    AAAA = 28


class Record(Protocol):
    """One record as the library has it; which attributes `data` has depends on `type`."""

    @property
    def type(self) -> int:
        """The number of its kind."""

    @property
    def ttl(self) -> int:
        """Seconds."""

    @property
    def data(self) -> Any:
        """What it says."""


def read(kind: Kind, records: Sequence[Record]) -> Answer[Any]:
    """What `records` say about `kind`: FOUND or NONE, the lowest TTL of what led there. Never raises for content."""
    found = [one.data for one in records if one.type == kind]
    if not found:
        return Answer(Status.NONE)
    ttl = min(one.ttl for one in records if one.type in (kind, Kind.CNAME))
    value, most = _READERS[kind]
    values = dict.fromkeys(map(value, found))
    usable = [one for one in values if one is not None]
    if kind is Kind.MX:
        usable.sort()
    cut = len(usable) < len(values) or len(usable) > most
    return Answer(Status.FOUND, tuple(usable[:most]), ttl=float(ttl if 0 <= ttl <= _LONGEST_TTL else 0), cut=cut)


def _address(data: Any) -> str | None:
    found = address(data.addr) if isinstance(data.addr, str) else None
    return None if found is None else str(found)


def _exchanger(data: Any) -> Mx | None:
    host = "" if data.exchange in ("", ".") else host_name(data.exchange)
    return None if host is None else Mx(data.priority, host)


def _text(data: Any) -> bytes | None:
    text = bytes(data.data)
    return text if len(text) <= LONGEST_TEXT else None


_READERS: dict[Kind, tuple[Callable[[Any], Any], int]] = {
    Kind.A: (_address, MOST_ADDRESSES),
    Kind.AAAA: (_address, MOST_ADDRESSES),
    Kind.PTR: (lambda data: host_name(data.dname), MOST_NAMES),
    Kind.MX: (_exchanger, MOST_EXCHANGERS),
    Kind.TXT: (_text, MOST_TEXTS),
}
