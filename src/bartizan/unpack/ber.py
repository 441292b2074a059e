"""BER as hostile senders write it (X.690): just enough to find values in it.

In: bytes and an offset. Out: where a value's content begins and ends. Lengths may be indefinite, of any form, or lies:
a value ends where the bytes do at the latest. Nothing raises; None is where no value can be read.
Limits: DEPTH levels of values without a length, STEPS values. Not here: what the values mean (cms.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

DEPTH = 50
STEPS = 2_000_000
SEQUENCE, SET, OID, OCTETS = 0x30, 0x31, 0x06, 0x04
CONSTRUCTED = 0x20
CONTEXT = 0xA0


@dataclass(frozen=True, slots=True)
class Value:
    """A value by its first byte of tag. `end` is None where it has no length; `cut`: it should be longer."""

    tag: int
    start: int
    end: int | None
    cut: bool = False


def value_at(data: memoryview, at: int, stop: int) -> Value | None:
    """The value whose tag is at `at`, in bytes that end at `stop`."""
    if at + 2 > stop:
        return None
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        while at < stop and data[at] & 0x80:
            at += 1
        at += 1
        if at >= stop:
            return None
    length = data[at]
    at += 1
    if length == 0x80:
        return Value(tag, at, None) if tag & CONSTRUCTED else None
    if length > 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[at : at + size])
        at += size
    return Value(tag, at, min(at + length, stop), at + length > stop) if at <= stop else None


def children(data: memoryview, start: int, stop: int | None) -> Iterator[Value]:
    """The values in a constructed one, up to what cannot be read; without `stop`, up to the end of its contents."""
    last = len(data) if stop is None else stop
    at = start
    while (value := value_at(data, at, last)) is not None:
        if value.tag == 0 and value.start == value.end and stop is None:
            return
        yield value
        if value.end is None:
            after = behind(data, value.start, last)
            if after is None:
                return
            at = after
        else:
            at = value.end


class Octets:
    """A string, primitive or made of strings at any level: iterating gives its pieces.

    `complete` tells afterwards that it ended as it should.
    """

    __slots__ = ("_data", "_stop", "_value", "complete")

    def __init__(self, data: memoryview, value: Value, stop: int | None) -> None:
        """`stop` is where the value's surroundings end."""
        self._data = data
        self._value = value
        self._stop = len(data) if stop is None else stop
        self.complete = False

    def __iter__(self) -> Iterator[memoryview]:
        value = self._value
        if not value.tag & CONSTRUCTED:
            yield self._data[value.start : value.end]
            self.complete = not value.cut
            return
        cut = value.cut
        at = value.start
        ends = [value.end]  # of the levels that `at` is in; None: there is a mark
        for _ in range(STEPS):
            if ends[-1] is not None and at >= ends[-1]:
                ends.pop()
            else:
                piece = value_at(self._data, at, self._stop if ends[-1] is None else ends[-1])
                if piece is None or len(ends) > DEPTH:
                    return
                cut |= piece.cut
                at = piece.start
                if piece.tag & CONSTRUCTED:
                    ends.append(piece.end)
                elif piece.tag == 0 and piece.end == at and ends[-1] is None:
                    ends.pop()
                elif piece.end is not None:
                    yield self._data[at : piece.end]
                    at = piece.end
            if not ends:
                self.complete = not cut
                return


def behind(data: memoryview, at: int, stop: int) -> int | None:
    """Where a value without a length, whose contents begin at `at`, ends; None if it does not."""
    depth = 1
    for _ in range(STEPS):
        value = value_at(data, at, stop)
        if value is None or depth > DEPTH:
            return None
        at = value.start if value.end is None else value.end
        if value.end is None:
            depth += 1
        elif value.tag == 0 and value.start == value.end:
            depth -= 1
            if not depth:
                return at
    return None
