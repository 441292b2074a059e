"""Compound files (OLE2, MS-CFB): the directory, and the content of its streams sector by sector.

In: the bytes. Out: streams with their paths, what can be read of each, and what is damaged. Never raises but for bytes
that have no usable header. The directory is read as the table that it is: its tree gives paths, and a stream that no
storage leads to is listed all the same, so that loops and cuts in the tree hide nothing. No recursion. A name has a
length and ends at a NUL; where both disagree programs differ, so streams and storages are known by both.

Limits: ENTRIES directory entries, DEPTH storages in each other; a chain of sectors ends where it returns to itself or
leaves the file. Reading is paid for out of `left`, since any number of streams may share their sectors.
Not here: what is in the streams (ole.py).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
ENTRY = 128
ENTRIES = 100_000
DEPTH = 32
STORAGE, STREAM, ROOT = 1, 2, 5
LAST_SECTOR = 0xFFFFFFFA
END_OF_CHAIN, FREE = 0xFFFFFFFE, 0xFFFFFFFF
MINI_SHIFT, CUTOFF = 6, 4096
USUAL = ((3, 9), (4, 12))
"""Versions, and the logarithm of their sectors' size."""

_ENTRY = struct.Struct("<64sHBBIII16s4s8s8sIII")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the directory. `path` holds the storages it lies in; `linked`: the tree leads to it.

    `names` and `storage`: all names of the stream, and of the storage it lies in, in lower case.
    """

    path: tuple[str, ...]
    names: frozenset[str]
    storage: frozenset[str]
    size: int
    start: int
    mini: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    other: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int

    @property
    def names(self) -> frozenset[str]:
        return frozenset((self.name.lower(), self.other.lower()))


class Compound:
    """One compound file. `streams` in the directory's order; `damage`: lines about what the whole file lacks.

    `long` and `deep`: more entries, or storages in storages, than are read. `left`: bytes that may still be read.
    """

    def __init__(self, data: memoryview, left: int) -> None:
        """Read the tables. Raises ValueError without a usable header."""
        header = bytes(data[:HEADER])
        if len(header) < HEADER or not header.startswith(MAGIC):
            raise ValueError("no header of a compound file")
        version, order, shift, mini_shift = struct.unpack_from("<HHHH", header, 26)
        if shift not in (9, 12):
            raise ValueError("a compound file with sectors of no known size")
        directory, _, cutoff, mini_table, _, more, more_count = struct.unpack_from("<7I", header, 48)
        self.damage: dict[str, None] = {}
        self.long = self.deep = False
        self.left = left
        if (order, mini_shift, cutoff) != (0xFFFE, MINI_SHIFT, CUTOFF) or (version, shift) not in USUAL:
            self.damage["a header that no other file has"] = None
        self._data = data
        self._shift = shift
        self._sectors = max(0, -(-len(data) // (1 << shift)) - 1)
        self._table = self._allocation(header, more if more_count else END_OF_CHAIN)
        entries = self._directory(directory, long_sizes=version == 4)
        self._mini_table = self._words(self._follow(self._table, mini_table, None)[0])
        self._mini = b""
        if entries and entries[0].kind == ROOT:
            sectors, whole = self._follow(self._table, entries[0].start, -(-entries[0].size >> shift))
            self._mini = b"".join(self._bytes(sectors))[: entries[0].size]
            if not whole:
                self.damage["the mini stream is damaged"] = None
        else:
            self.damage["the directory is damaged"] = None
        self.streams = self._streams(entries)

    def read(self, stream: Stream, most: int) -> tuple[bytes, bool]:
        """At most `most` bytes of a stream, and `left` at most, and whether all of them were there."""
        wanted = min(stream.size, most, max(0, self.left))
        if not wanted:
            return b"", True
        if stream.mini:
            sectors, whole = self._follow(self._mini_table, stream.start, -(-wanted >> MINI_SHIFT))
            content = b"".join(self._mini[at << MINI_SHIFT : (at + 1) << MINI_SHIFT] for at in sectors)
        else:
            sectors, whole = self._follow(self._table, stream.start, -(-wanted >> self._shift))
            content = b"".join(self._bytes(sectors))
        content = content[:wanted]
        self.left -= len(content)
        return content, whole and len(content) == wanted

    def _bytes(self, sectors: Sequence[int]) -> Iterator[memoryview]:
        """The content of sectors; those that follow each other in one piece."""
        at = 0
        while at < len(sectors):
            end = at + 1
            while end < len(sectors) and sectors[end] == sectors[end - 1] + 1:
                end += 1
            start = sectors[at] + 1 << self._shift
            yield self._data[start : start + (end - at << self._shift)]
            at = end

    def _words(self, sectors: Sequence[int]) -> array[int]:
        packed = b"".join(self._bytes(sectors))
        words = array("I", packed[: len(packed) // 4 * 4])
        if sys.byteorder == "big":
            words.byteswap()
        return words

    def _allocation(self, header: bytes, more: int) -> array[int]:
        """The FAT: its sectors are listed in the header, then in a chain of sectors of their own (MS-CFB 2.5)."""
        parts = [part for part in struct.unpack_from("<109I", header, 76) if part < LAST_SECTOR]
        words = (1 << self._shift) // 4
        enough = -(-self._sectors // words)
        seen = set()
        while more < self._sectors and more not in seen and len(parts) < enough:
            seen.add(more)
            listed = self._words([more])
            if len(listed) < words:
                break
            parts += (part for part in listed[:-1] if part < LAST_SECTOR)
            more = listed[-1]
        if more < LAST_SECTOR and len(parts) < enough:
            self.damage["the list of the allocation table is damaged"] = None
        table = array("I")
        for part in parts:
            if len(table) >= self._sectors:
                break
            found = self._words([part]) if part < self._sectors else array("I")
            if len(found) < words:
                self.damage["the allocation table is damaged"] = None
            table += found + array("I", [FREE]) * (words - len(found))
        return table[: self._sectors]

    def _follow(self, table: array[int], start: int, count: int | None) -> tuple[list[int], bool]:
        """The sectors of a chain (`count` of them; None: up to its end), and whether it has them all."""
        sectors: list[int] = []
        seen: set[int] = set()
        while len(sectors) != count and start < len(table) and start not in seen:
            sectors.append(start)
            seen.add(start)
            start = table[start]
        return sectors, len(sectors) == count or (count is None and start in (END_OF_CHAIN, FREE))

    def _directory(self, start: int, *, long_sizes: bool) -> list[_Entry]:
        sectors, whole = self._follow(self._table, start, None)
        most = ENTRIES * ENTRY >> self._shift
        self.long = len(sectors) > most
        if not whole:
            self.damage["the directory is damaged"] = None
        packed = b"".join(self._bytes(sectors[:most]))
        return [_entry(packed, at, long_sizes=long_sizes) for at in range(0, len(packed) // ENTRY * ENTRY, ENTRY)]

    def _streams(self, entries: list[_Entry]) -> list[Stream]:
        """All streams, with the paths that the tree of storages gives them."""
        above = self._above(entries)
        found: list[Stream] = []
        for at, entry in enumerate(entries):
            if entry.kind == STREAM:
                path = above.get(at, ())
                storage = entries[path[-1]].names if path else frozenset[str]()
                names = (*(entries[number].name for number in path), entry.name)
                mini = entry.size < CUTOFF
                found.append(Stream(names, entry.names, storage, entry.size, entry.start, mini, at in above))
        return found

    def _above(self, entries: list[_Entry]) -> dict[int, tuple[int, ...]]:
        """For each entry that can be reached from the root, the storages that lead to it; each entry once."""
        above: dict[int, tuple[int, ...]] = {}
        work: list[tuple[int, tuple[int, ...]]] = [(entries[0].child, ())] if entries else []
        while work:
            at, path = work.pop()
            if at >= len(entries) or at in above:
                continue
            entry = entries[at]
            above[at] = path
            work += ((entry.left, path), (entry.right, path))
            if entry.kind == STORAGE and len(path) < DEPTH:
                work.append((entry.child, (*path, at)))
            elif entry.kind == STORAGE and entry.child < len(entries):
                self.deep = True
        return above


def _entry(packed: bytes, at: int, *, long_sizes: bool) -> _Entry:
    raw, length, kind, _, left, right, child, _, _, _, _, start, low, high = _ENTRY.unpack_from(packed, at)
    other, _, _ = raw.decode("utf-16-le", "replace").partition("\0")
    name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name or other, other, kind, left, right, child, start, low | high << 32 if long_sizes else low)
