"""The objects of a PDF: which stands where, and their values (ISO 32000-2 section 7.3, 7.5.7).

In: the text of a document, and of its object streams. Out: places of objects by number, all revisions of each, as no
cross-reference table is asked; names, numbers, strings, arrays and dictionaries. Never raises.
Limits: OBJECTS objects in all, REVISIONS of one number (later ones take the place of the last), WORK tokens of all
values, which `limited` tells; DEPTH values in each other, VALUES and LONGEST bytes of one: what is beyond is not there.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.unpack.pdfsyntax import GAP, LONGEST, hexadecimal, literal_end, plain, unescaped

OBJECTS = 300_000
REVISIONS = 200
DEPTH = 20
VALUES = 20_000
WORK = 2_000_000
DOUBLED = b"//"
"""No name: the entry of a dictionary with those that it has once more, with another value, further on: an array."""
BYTES = 8
"""Of a string, that cost what a token costs."""

OBJECT = re.compile(rb"(?<!\d)(\d{1,10})[\0\t\n\f\r ]++(\d{1,5})[\0\t\n\f\r ]++obj(?![A-Za-z])")
_LISTED = re.compile(rb"\s*+(\d{1,10})\s++(\d{1,10})(?=\s)")
_TOKEN = re.compile(
    GAP + rb"(?:(<<|\[)|(>>|\])|\(()|<([^<>]*+)>?|/([^\0\t\n\f\r ()<>\[\]{}/%]*+)|"
    rb"(\d{1,10})[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++R(?![A-Za-z])|([^\0\t\n\f\r ()<>\[\]{}/%]++)|.|$)",
    re.DOTALL,
)
_NUMBER = re.compile(rb"[-+]?\d{1,15}(?:\.\d*+)?")


@dataclass(frozen=True, slots=True)
class Name:
    """A name, without its slash."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to an object."""

    number: int


Value = Name | Reference | bytes | int | bool | None | list["Value"] | dict[bytes, "Value"]
_WORDS: dict[bytes, bool | None] = {b"true": True, b"false": False, b"null": None}


def value_at(text: bytes, at: int) -> Value:
    """The value that begins at `at`; of a damaged one what is there."""
    return _read(text, at)[0]


def _read(text: bytes, at: int) -> tuple[Value, int]:
    """The value that begins at `at`, and what it cost to read it, in tokens."""
    open: list[list[Value]] = [[]]
    kinds: list[bytes] = [b""]
    position = at
    limit = min(len(text), at + LONGEST)
    cost = 2
    for _ in range(VALUES):
        cost += 1
        found = _TOKEN.match(text, position, limit)
        if found is None or found.end() == position:
            break
        position = found.end()
        begin, end, literal, digits, name, reference, word = found.groups()
        if begin is not None:
            if len(open) > DEPTH:
                break
            open.append([])
            kinds.append(begin)
        elif end is not None:
            if len(open) == 1:
                break
            _close(open, kinds)
        elif literal is not None:
            stop = literal_end(text, position)
            stop = limit if stop < 0 else stop
            cost += (stop - position) // BYTES
            open[-1].append(unescaped(text[position:stop]))
            position = stop + 1
        elif digits is not None:
            open[-1].append(hexadecimal(digits, LONGEST))
        elif name is not None:
            open[-1].append(Name(plain(name)))
        elif reference is not None:
            open[-1].append(Reference(int(reference)))
        elif word is not None:
            if word in (b"endobj", b"stream", b"obj"):
                break
            open[-1].append(_word(word))
        if len(open) == 1 and open[0]:
            break
    while len(open) > 1:
        _close(open, kinds)
    return open[0][0] if open[0] else None, cost


def _close(open: list[list[Value]], kinds: list[bytes]) -> None:
    """An array or a dictionary is over."""
    values = open.pop()
    if kinds.pop() == b"[":
        open[-1].append(values)
        return
    entries: dict[bytes, Value] = {}
    doubled: list[Value] = []
    key: bytes | None = None
    for value in values:
        if key is not None:
            if key in entries and entries[key] != value:
                doubled += (Name(key), entries[key])
            entries[key] = value
            key = None
        elif isinstance(value, Name):
            key = value.text
    if doubled:
        entries[DOUBLED] = doubled
    open[-1].append(entries)


def items(entries: dict[bytes, Value]) -> Iterator[tuple[bytes, Value]]:
    """All entries of a dictionary, also those that others with the same name take the place of."""
    doubled = entries.get(DOUBLED)
    if isinstance(doubled, list):
        for name, value in zip(doubled[::2], doubled[1::2], strict=False):
            if isinstance(name, Name):
                yield name.text, value
    yield from entries.items()


def _word(word: bytes) -> Value:
    number = _NUMBER.match(word)
    return int(float(number[0])) if number is not None else _WORDS.get(word)


class Objects:
    """The places of a document's objects. `limited`: a limit was reached."""

    __slots__ = ("_count", "_places", "_texts", "_work", "limited")

    def __init__(self) -> None:
        self._texts: list[tuple[bytes, list[int]]] = []
        self._places: dict[int, list[tuple[bytes, int]]] = {}
        self._count = 0
        self._work = WORK
        self.limited = False

    def add_document(self, text: bytes) -> None:
        """Objects of a document, by what stands in front of each."""
        self._texts.append((text, []))
        for found in OBJECT.finditer(text):
            if not self._add(int(found[1]), text, found.end()):
                return

    def add_stream(self, text: bytes, first: int | None) -> None:
        """Objects of an object stream, by the pairs of numbers that it begins with; `first`: where the first object
        begins, if its dictionary says so; else it follows the pairs."""
        pairs: list[tuple[int, int]] = []
        at = 0
        while (found := _LISTED.match(text, at)) is not None and len(pairs) < OBJECTS:
            at = found.end()
            pairs.append((int(found[1]), int(found[2])))
        base = at - pairs[0][1] if first is None and pairs else first or 0
        self._texts.append((text, sorted(max(0, base + offset) for _, offset in pairs)))
        for number, offset in pairs:
            if not self._add(number, text, max(0, base + offset)):
                return

    def _add(self, number: int, text: bytes, at: int) -> bool:
        self._count += 1
        if self._count > OBJECTS:
            self.limited = True
            return False
        places = self._places.setdefault(number, [])
        if len(places) == REVISIONS:
            self.limited = True
            places.pop()
        places.append((text, at))
        return True

    def places(self, number: int) -> tuple[tuple[bytes, int], ...]:
        """The text and the offset of each revision of an object."""
        return tuple(self._places.get(number, ()))

    def holding(self, word: re.Pattern[bytes]) -> Iterator[Value]:
        """The value of each object that has such a word in it."""
        for text, starts in self._texts:
            last, stop = -1, 0
            for found in word.finditer(text):
                at = found.start()
                if starts:
                    start = starts[max(0, bisect_right(starts, at) - 1)]
                else:
                    # Where the last word was looked for, none stands that this one could belong to.
                    keyword = text.rfind(b"obj", max(stop, at - LONGEST), at)
                    start, stop = keyword + 3 if keyword >= 0 else last, at
                if start != last:
                    last = start
                    yield self.value_at(text, start)

    def value_at(self, text: bytes, at: int) -> Value:
        """The value that begins at `at`, until too much was read."""
        if self._work < 0:
            self.limited = True
            return None
        value, cost = _read(text, at)
        self._work -= cost
        return value

    def values(self, value: Value) -> Iterator[Value]:
        """What a value is, or, if it is a reference, what each revision of the object is."""
        if isinstance(value, Reference):
            for text, at in self.places(value.number):
                yield self.value_at(text, at)
                if self._work < 0:
                    return
        else:
            yield value
