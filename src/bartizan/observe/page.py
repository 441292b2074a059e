"""A page of 64-bit cells that one process writes and others only read: where metrics live while processes come and go.

The supervisor makes one page for each writer and keeps it, so counters survive the writer's death. What a page holds is
declared once, as families (metrics.py); `Layout` gives each its cells. The size is sealed, so that a writer that was
taken over cannot truncate the page under its readers; what it may do is lie about numbers, and every number outside
0..2**53 is read as 0. A page with another layout (a process of an older version) is not read at all.

Limits: one writer for each page; a cell is written whole, a page is not read at one instant.
Not here: which metrics there are, their names in the text that is served (admin/exposition.py).
"""

from __future__ import annotations

import enum
import fcntl
import hashlib
import mmap
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SIZE = 16384
"""Bytes of a page; every layout fits with room for later versions."""
MOST = 1 << 53
"""The largest number that is believed; exact as a float."""
_MARK = 0
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL

Cells = memoryview
"""The cells of a page, or of memory that nobody else sees; signed, so that nothing a writer does can fail."""


class Shape(enum.Enum):
    """What the cells of a family mean."""

    COUNTER = "grows"
    GAUGE = "as it is now"
    HISTOGRAM = "one cell for each bucket, one for what is above, one for the sum in microseconds"
    AGE = "CLOCK_MONOTONIC in microseconds, told as the seconds since then; 0 is never"
    DIFFERENCE = "no cells of its own: all cells of one family less all cells of another"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: `values` are those of its `label`, all of them; `bounds` the buckets in seconds; `of` the two
    families of a difference, the larger first."""

    name: str
    shape: Shape
    help: str
    label: str = ""
    values: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()
    of: tuple[str, str] | None = None

    @property
    def width(self) -> int:
        """Cells for each value of the label."""
        if self.shape is Shape.DIFFERENCE:
            return 0
        return len(self.bounds) + 2 if self.shape is Shape.HISTOGRAM else 1

    @property
    def cells(self) -> int:
        """Cells in all."""
        return self.width * max(1, len(self.values))


class Layout:
    """Where on a page each family is: in the order given, behind one cell with the mark of the layout."""

    def __init__(self, families: Sequence[Family]) -> None:
        """ValueError when they do not fit, or two have the same name."""
        self.families = tuple(families)
        self._first: dict[str, int] = {}
        self.length = 1
        for family in self.families:
            if family.name in self._first:
                raise ValueError(f"two families are called {family.name}")
            self._first[family.name] = self.length
            self.length += family.cells
        if self.length * 8 > SIZE:
            raise ValueError(f"{self.length} cells do not fit on a page")
        self._families = {family.name: family for family in self.families}
        described = repr([(f.name, f.shape.name, f.values, f.bounds) for f in self.families])
        self.mark = int.from_bytes(hashlib.sha256(described.encode()).digest()[:6], "big")

    def cell(self, name: str, value: str = "") -> int:
        """The first cell of a family, or of one value of its label; KeyError or ValueError when there is none."""
        family = self._families[name]
        return self._first[name] + (family.values.index(value) * family.width if value else 0)

    def span(self, name: str) -> slice:
        """All cells of a family."""
        return slice(self._first[name], self._first[name] + self._families[name].cells)

    def positions(self, shape: Shape) -> Iterator[int]:
        """Every cell of every family of that shape."""
        for family in self.families:
            if family.shape is shape:
                span = self.span(family.name)
                yield from range(span.start, span.stop)


def create(layout: Layout) -> int:
    """A new page of zeros for `layout`: its memfd, of which no one can change the size."""
    descriptor = os.memfd_create("metrics", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, SIZE)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _SEALS)
    os.pwrite(descriptor, layout.mark.to_bytes(8, "little"), 0)
    return descriptor


def private(layout: Layout) -> Cells:
    """Cells that no one else sees."""
    cells = memoryview(bytearray(SIZE)).cast("q")
    cells[_MARK] = layout.mark
    return cells


def attach(descriptor: int, layout: Layout) -> Cells:
    """The page `descriptor` for its one writer; the descriptor may be closed afterwards.

    What the last writer left is believed only as far as it can be a count. A page of another layout is begun anew.
    """
    cells = memoryview(mmap.mmap(descriptor, SIZE)).cast("q")
    known = cells[_MARK] == layout.mark
    for at, value in enumerate(cells):
        if not known or not 0 <= value <= MOST:
            cells[at] = 0
    cells[_MARK] = layout.mark
    return cells


class Reading:
    """The numbers of one or several pages of one layout at one time, added up."""

    def __init__(self, layout: Layout, values: Sequence[int]) -> None:
        self.layout = layout
        self._values = values

    def value(self, name: str, value: str = "") -> int:
        """One number; of a difference what is left, never below 0."""
        family = next(family for family in self.layout.families if family.name == name)
        if family.of is None:
            return self._values[self.layout.cell(name, value)]
        larger, smaller = (sum(self._values[self.layout.span(one)]) for one in family.of)
        return max(0, larger - smaller)

    def age(self, name: str, now: float) -> float | None:
        """Seconds from then to `now`, of CLOCK_MONOTONIC; None for never."""
        then = self.value(name) / 1e6
        return max(0.0, now - then) if then else None

    def buckets(self, name: str, value: str = "") -> tuple[Sequence[int], float]:
        """Of a histogram: how many in each bucket and above the last, and the sum in seconds."""
        family = next(family for family in self.layout.families if family.name == name)
        first = self.layout.cell(name, value)
        end = first + family.width - 1
        return self._values[first:end], self._values[end] / 1e6


class Reader:
    """One page for somebody who only reads it."""

    def __init__(self, descriptor: int, layout: Layout) -> None:
        """Maps the page; the descriptor may be closed afterwards. ValueError or OSError when it is no page."""
        self._layout = layout
        # through a descriptor that can only read: the mapping of another could be made writable later on
        readable = os.open(f"/proc/self/fd/{descriptor}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._map = mmap.mmap(readable, SIZE, prot=mmap.PROT_READ)
        finally:
            os.close(readable)
        self._cells = memoryview(self._map).cast("q")

    def read(self) -> list[int] | None:
        """What the cells say now, from the first to the last; None for a page of another layout."""
        cells = [value if 0 <= value <= MOST else 0 for value in self._cells[: self._layout.length]]
        return cells if cells[_MARK] == self._layout.mark else None


def added_up(layout: Layout, readers: Iterable[Reader]) -> Reading:
    """All pages together; one that cannot be read adds nothing."""
    pages = [page for page in (reader.read() for reader in readers) if page is not None]
    return Reading(layout, [sum(column) for column in zip(*pages, strict=True)] or [0] * layout.length)
