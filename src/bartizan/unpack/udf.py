"""The tree of UDF in a disk image (ECMA-167, UDF 2.60), which may stand beside others.

In: an image, a Volume for its files. Out: how many trees there are. Whatever of such a tree cannot be read is a gap.

Limits: DESCRIPTORS descriptors of a volume, DEPTH links of one allocation, `members` directories, those of volume.py.
Known gaps: partitions that are virtual, sparable or of metadata; sectors of other sizes than 2048 bytes; named streams.
Not here: contents (volume.py).
"""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from bartizan.unpack.give import ends
from bartizan.unpack.volume import Content, Extent, Full, Volume

SECTOR = 2048
NSR = (b"NSR02", b"NSR03")
FIRST, RECOGNISED = 16, 80
"""Sectors in which an image says that it has such a tree."""
DESCRIPTORS = 256
LINKS = 100
ANCHOR, PARTITION, LOGICAL, END, LINK = 2, 5, 6, 8, 258
FILE_SET, NAME, FILE, EXTENDED = 256, 257, 261, 266
FOLDER, DELETED, PARENT = 2, 4, 8
IS_FOLDER = 4
SHORT, LONG, INSIDE = 0, 1, 3
RECORDED, NEXT = 0, 3


class _Unreadable(Exception):
    """A tree that cannot be read; the text says why."""


def read(volume: Volume) -> int:
    """Read the tree, if there is one; how many there are."""
    sectors = (bytes(volume.data[number * SECTOR + 1 :][:5]) for number in range(FIRST, RECOGNISED))
    if not any(mark in NSR for mark in sectors):
        return 0
    try:
        _Tree(volume).read()
    except _Unreadable as why:
        volume.damage(f"UDF: {why}")
    return 1


class _Tree:
    """The tree of one volume; `starts`: where the partitions begin, by their reference."""

    def __init__(self, volume: Volume) -> None:
        self.volume = volume
        self.starts: list[int] = []
        self.seen: set[int] = set()
        self.work: list[tuple[int, str]] = []

    def read(self) -> None:
        """All of it."""
        root = self._file_set()
        self.work.append((root, ""))
        for at, path in self.work:
            if at in self.seen:
                continue
            self.seen.add(at)
            if len(self.seen) > self.volume.limits.members:
                self.volume.sink.gap(Reason.LIMIT_MEMBERS, f"more than {self.volume.limits.members} directories")
                raise Full
            try:
                extents, size, _ = self._file(at)
                self._directory(self.volume.directory(extents, size), path)
            except _Unreadable as why:
                self.volume.damage(f"UDF: {why}")

    def _at(self, place: int, size: int = SECTOR) -> bytes:
        return bytes(self.volume.data[place : place + size])

    def _tagged(self, place: int, *kinds: int) -> bytes:
        """The descriptor at a place, of one of these kinds."""
        found = self._at(place)
        if _number(found, 0, 2) not in kinds:
            raise _Unreadable("a descriptor is not where it should be")
        return found

    def _file_set(self) -> int:
        """Where the root's file entry is."""
        sectors = len(self.volume.data) // SECTOR
        for sector in (256, sectors - 1, sectors - 257):
            anchor = self._at(sector * SECTOR) if sector > 0 else b""
            if _number(anchor, 0, 2) == ANCHOR and _number(anchor, 12, 4) == sector:
                break
        else:
            raise _Unreadable("no anchor")
        partitions: dict[int, int] = {}
        logical = b""
        for number in range(min(DESCRIPTORS, _number(anchor, 16, 4) // SECTOR)):
            found = self._at((_number(anchor, 20, 4) + number) * SECTOR)
            kind = _number(found, 0, 2)
            if kind == PARTITION:
                partitions[_number(found, 22, 2)] = _number(found, 188, 4) * SECTOR
            elif kind == LOGICAL:
                logical = found
            elif kind == END:
                break
        if not logical or _number(logical, 212, 4) != SECTOR:
            raise _Unreadable("no logical volume with sectors of 2048 bytes")
        at = 440
        for _ in range(_number(logical, 268, 4)):
            if logical[at : at + 1] != b"\1":
                raise _Unreadable("a partition of another kind")
            start = partitions.get(_number(logical, at + 4, 2))
            if start is None:
                raise _Unreadable("a partition that is not described")
            self.starts.append(start)
            at += max(1, logical[at + 1])
        return self._place(self._tagged(self._place(logical, 248), FILE_SET), 400)

    def _place(self, raw: bytes, at: int) -> int:
        """Where a long allocation descriptor leads to."""
        partition = _number(raw, at + 8, 2)
        if partition >= len(self.starts):
            raise _Unreadable("a partition that is not described")
        return self.starts[partition] + _number(raw, at + 4, 4) * SECTOR

    def _file(self, at: int) -> tuple[list[Extent], int, int]:
        """Extents, size and kind of the file whose entry is at a place."""
        entry = self._tagged(at, FILE, EXTENDED)
        extended = _number(entry, 0, 2) == EXTENDED
        attributes, lengths = (_number(entry, 208, 4), 212) if extended else (_number(entry, 168, 4), 172)
        start, size = lengths + 4 + attributes, _number(entry, lengths, 4)
        kind, how, whole = entry[27], _number(entry, 34, 2) & 7, _number(entry, 56, 8)
        if start + size > SECTOR:
            raise _Unreadable("a file entry that is too long")
        if how == INSIDE:
            return [(at + start, min(size, whole))], whole, kind
        if how not in (SHORT, LONG):
            raise _Unreadable("an allocation of another kind")
        return list(self._extents(entry[start : start + size], how, at)), whole, kind

    def _extents(self, listed: bytes, how: int, at: int) -> Iterator[Extent]:
        """What a list of allocation descriptors says, which may go on elsewhere."""
        step = 16 if how == LONG else 8
        own = max((start for start in self.starts if start <= at), default=0)
        for _ in range(LINKS):
            more = -1
            for place in range(0, len(listed) - step + 1, step):
                raw = _number(listed, place, 4)
                kind, length = raw >> 30, raw & 0x3FFFFFFF
                if not length:
                    return
                start = self._place(listed, place) if how == LONG else own + _number(listed, place + 4, 4) * SECTOR
                if kind == NEXT:
                    more = start
                    break
                yield (start if kind == RECORDED else -1), length
            if more < 0:
                return
            link = self._tagged(more, LINK)
            listed = link[24 : 24 + _number(link, 20, 4)]
        raise _Unreadable("an allocation without end")

    def _directory(self, records: bytes, path: str) -> None:
        """The identifiers in one directory."""
        at = 0
        while at + 38 <= len(records):
            self.volume.entry()
            if _number(records, at, 2) != NAME:
                raise _Unreadable("a damaged directory")
            flags, length, used = records[at + 18], records[at + 19], _number(records, at + 36, 2)
            start = at + 38 + used
            name = path + _name(records[start : start + length])
            if not flags & (PARENT | DELETED):
                place = self._place(records, at + 20)
                if flags & FOLDER:
                    self.work.append((place, ends(f"{name}/")))
                else:
                    self._add(place, name)
            at = start + length
            at += -at % 4

    def _add(self, place: int, name: str) -> None:
        try:
            extents, size, kind = self._file(place)
        except _Unreadable as why:
            self.volume.damage(f"UDF: {why}")
            extents, size, kind = [], 0, 0
        if kind == IS_FOLDER:
            self.work.append((place, ends(f"{name}/")))
        self.volume.file(Content(tuple(extents), size), (name,))


def _name(raw: bytes) -> str:
    """A name of one or two bytes a character, as its first byte says."""
    return raw[1:].decode("utf-16-be" if raw[:1] == b"\x10" else "latin-1", "replace")


def _number(raw: bytes, at: int, size: int) -> int:
    return int.from_bytes(raw[at : at + size], "little")
