"""The properties of MAPI as TNEF files list them (MS-OXTNEF 2.1.3.4): type, identifier or name, values.

In: the bytes of one attribute. Out: properties with each of their values, as they lie there. Content never raises; what
is damaged ends the list, which is then not `complete`.

Limits: PROPERTIES values of one list. Not here: what the properties mean (tnef.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

PROPERTIES = 100_000
MULTIPLE = 0x1000
NAMED = 0x8000
STRING8, UNICODE, BINARY, OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_VARIABLE = frozenset((STRING8, UNICODE, BINARY, OBJECT))
_FIXED = {0x00: 4, 0x01: 4, 0x02: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x0B: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8,
          0x48: 16}  # fmt: skip
"""Bytes that a value of each type of one size takes, filled up to four."""


@dataclass(frozen=True, slots=True)
class Property:
    """One value of a property; `type` without the bit of multiple values."""

    id: int
    type: int
    value: memoryview

    def text(self, codec: str) -> str:
        """A string up to its NUL; binary values as Latin-1."""
        raw = bytes(self.value)
        if self.type == UNICODE:
            return raw.decode("utf-16-le", "replace").partition("\0")[0]
        return raw.partition(b"\0")[0].decode(codec, "replace")


class Properties:
    """A list on its way: iterating gives its values; `complete` tells afterwards that nothing of it was left out."""

    __slots__ = ("_at", "_data", "complete")

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0
        self.complete = False

    def __iter__(self) -> Iterator[Property]:
        count = self._number()
        given = 0
        for _ in range(count):
            kind = self._number()
            id = kind >> 16
            if id >= NAMED and not self._skip_name():
                return
            type = kind & 0xFFFF & ~MULTIPLE
            variable = type in _VARIABLE
            if not variable and type not in _FIXED:
                return
            values = self._number() if variable or kind & MULTIPLE else 1
            for _ in range(values):
                size = self._number() if variable else _FIXED[type]
                value = self._data[self._at : self._at + size]
                self._at += size + -size % 4
                given += 1
                if given > PROPERTIES:
                    return
                yield Property(id, type, value)
                if len(value) < size:
                    return
        self.complete = self._at - 3 <= len(self._data)

    def _number(self) -> int:
        self._at += 4
        return int.from_bytes(self._data[self._at - 4 : self._at], "little")

    def _skip_name(self) -> bool:
        """A property with a name: its set, and a number or a string."""
        self._at += 16
        named = self._number()
        size = self._number()
        if named:
            self._at += size + -size % 4
        return named in (0, 1) and self._at <= len(self._data)
