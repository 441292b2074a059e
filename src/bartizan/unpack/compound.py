"""Compound files (OLE2, MS-CFB): the directory, and the content of its streams sector by sector.

In: the bytes. Out: streams with their paths, what can be read of each, and what is damaged. Never raises but for bytes
that have no usable header. The directory is read as the table that it is: its tree gives paths, and a stream that no
storage leads to is listed all the same, so that loops and cuts in the tree hide nothing. No recursion.

Limits: ENTRIES directory entries; a chain of sectors ends where it returns to itself or leaves the file.
Not here: what is in the streams (ole.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = 512
ENTRY = 128
ENTRIES = 100_000
STORAGE, STREAM, ROOT = 1, 2, 5
LAST_SECTOR = 0xFFFFFFFA
END_OF_CHAIN, FREE = 0xFFFFFFFE, 0xFFFFFFFF
NO_ENTRY = 0xFFFFFFFF
MINI_SHIFT, CUTOFF = 6, 4096

_ENTRY = struct.Struct("<64sHBBIII16s4s8s8sIII")


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of the directory. `path` holds the storages it lies in; `linked`: the tree leads to it."""

    path: tuple[str, ...]
    size: int
    start: int
    mini: bool
    linked: bool

    @property
    def name(self) -> str:
        """Its own name in lower case, as names are compared."""
        return self.path[-1].lower()


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """One compound file. `streams` in the directory's order; `damage`: lines about what the whole file lacks."""

    def __init__(self, data: memoryview) -> None:
        """Read the tables. Raises ValueError without a usable header."""
        header = bytes(data[:HEADER])
        if len(header) < HEADER or not header.startswith(MAGIC):
            raise ValueError("no header of a compound file")
        version, order, shift, mini_shift = struct.unpack_from("<HHHH", header, 26)
        if order != 0xFFFE or (version, shift) not in ((3, 9), (4, 12)):
            raise ValueError("header of an unknown version of compound files")
        directory, _, cutoff, mini_table, _, more, more_count = struct.unpack_from("<7I", header, 48)
        self.damage: list[str] = []
        self.truncated = False
        if mini_shift != MINI_SHIFT or cutoff != CUTOFF:
            self.damage.append("header with sizes that no other file has")
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
                self.damage.append("the mini stream is damaged")
        else:
            self.damage.append("the directory is damaged")
        self.streams = _streams(entries)

    def read(self, stream: Stream, most: int) -> tuple[bytes, bool]:
        """At most `most` bytes of a stream, and whether all of them were there."""
        wanted = min(stream.size, most)
        if not wanted:
            return b"", True
        if stream.mini:
            sectors, whole = self._follow(self._mini_table, stream.start, -(-wanted >> MINI_SHIFT))
            size = 1 << MINI_SHIFT
            content = b"".join(self._mini[at << MINI_SHIFT : (at << MINI_SHIFT) + size] for at in sectors)
        else:
            sectors, whole = self._follow(self._table, stream.start, -(-wanted >> self._shift))
            content = b"".join(self._bytes(sectors))
        return content[:wanted], whole and len(content) >= wanted

    def _bytes(self, sectors: list[int]) -> Iterator[memoryview]:
        """The content of sectors; those that follow each other in one piece."""
        at = 0
        while at < len(sectors):
            end = at + 1
            while end < len(sectors) and sectors[end] == sectors[end - 1] + 1:
                end += 1
            start = sectors[at] + 1 << self._shift
            yield self._data[start : start + (end - at << self._shift)]
            at = end

    def _words(self, sectors: list[int]) -> tuple[int, ...]:
        packed = b"".join(self._bytes(sectors))
        return struct.unpack_from(f"<{len(packed) // 4}I", packed)

    def _allocation(self, header: bytes, more: int) -> tuple[int, ...]:
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
            self.damage.append("the list of the allocation table is damaged")
        table: list[int] = []
        for part in parts:
            if len(table) >= self._sectors:
                break
            found = self._words([part]) if part < self._sectors else ()
            if len(found) < words:
                self.damage.append("the allocation table is damaged")
            table += found + (FREE,) * (words - len(found))
        return tuple(table[: self._sectors])

    def _follow(self, table: tuple[int, ...], start: int, count: int | None) -> tuple[list[int], bool]:
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
        self.truncated = len(sectors) > most
        if not whole:
            self.damage.append("the directory is damaged")
        packed = b"".join(self._bytes(sectors[:most]))
        return [_entry(packed, at, long_sizes=long_sizes) for at in range(0, len(packed) // ENTRY * ENTRY, ENTRY)]


def _entry(packed: bytes, at: int, *, long_sizes: bool) -> _Entry:
    raw, length, kind, _, left, right, child, _, _, _, _, start, low, high = _ENTRY.unpack_from(packed, at)
    name = raw[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, left, right, child, start, low | high << 32 if long_sizes else low)


def _streams(entries: list[_Entry]) -> list[Stream]:
    """All streams, with the paths that the tree of storages gives them."""
    paths = _paths(entries)
    return [
        Stream(paths.get(at, (entry.name,)), entry.size, entry.start, mini=entry.size < CUTOFF, linked=at in paths)
        for at, entry in enumerate(entries)
        if entry.kind == STREAM
    ]


def _paths(entries: list[_Entry]) -> dict[int, tuple[str, ...]]:
    """The path of each entry that can be reached from the root, each entry once."""
    paths: dict[int, tuple[str, ...]] = {}
    work: list[tuple[int, tuple[str, ...]]] = [(entries[0].child, ())] if entries else []
    while work:
        at, above = work.pop()
        if at >= len(entries) or at in paths:
            continue
        entry = entries[at]
        paths[at] = (*above, entry.name)[-20:]
        work += ((entry.left, above), (entry.right, above))
        if entry.kind == STORAGE:
            work.append((entry.child, paths[at]))
    return paths
