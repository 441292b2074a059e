"""Disk images (ISO 9660): the files of all trees that an image has, since programs do not agree which one counts.

In: images of CDs and DVDs. Out: each content once, with its names in every tree: that of the primary descriptor with
and without Rock Ridge, those of supplementary ones (Joliet), directories that only a path table leads to, and beside
them UDF (udf.py) and HFS (hfs.py). What a machine boots from is a member without a name. A number that is written in
both orders of bytes, and not alike, is taken both ways. Damage is a gap.

Limits: DESCRIPTORS descriptors, `members` directories, those of volume.py.
Known gaps: files that are interleaved, sessions before the last one.
Not here: contents (volume.py), names of Unix (rockridge.py).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import hfs, udf
from bartizan.unpack.give import ends
from bartizan.unpack.rockridge import extras
from bartizan.unpack.sink import Sink
from bartizan.unpack.volume import Content, Extent, Full, Volume
from bartizan.unpack.zisofs import unpacked

IMAGES = frozenset(("iso", "udf"))
SECTOR = 2048
FIRST = 16
DESCRIPTORS = 64
RECORD = 33
FOLDER, GOES_ON = 2, 128
SUPPLEMENTARY = 2
JOLIET = (b"%/@", b"%/C", b"%/E")
BOOTABLE = 0x88
FLOPPIES = {1: 1_228_800, 2: 1_474_560, 3: 2_949_120}
"""Sizes of what a machine takes for a floppy disk."""

_VERSION = re.compile(r"\.?(?:;\d*)?$")


def prepare() -> None:
    """Load the codecs of names."""
    for name in ("utf-16-be", "mac-roman"):
        codecs.lookup(name)


def open_image(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give every file of an image of `type`, one of IMAGES, to the sink."""
    volume = Volume(data, sink, limits)
    try:
        trees = _iso(volume) + udf.read(volume) + hfs.read(volume)
        if not trees:
            volume.damage("no tree of directories in a disk image")
    except Full:
        pass
    volume.give(unpacked)


def _iso(volume: Volume) -> int:
    """The trees of ISO 9660; how many."""
    trees = 0
    for number in range(FIRST, FIRST + DESCRIPTORS):
        sector = bytes(volume.data[number * SECTOR : (number + 1) * SECTOR])
        if sector[1:6] != b"CD001" or len(sector) < SECTOR:
            continue
        match sector[0]:
            case 0 if b"EL TORITO" in sector[7:39]:
                _boot(volume, int.from_bytes(sector[71:75], "little"))
            case 1 | 2:
                trees += 1
                _Tree(volume, sector).read()
            case 255:
                break
    return trees


class _Tree:
    """The directories of one descriptor. `seen`: blocks where one begins that was read."""

    def __init__(self, volume: Volume, descriptor: bytes) -> None:
        self.volume = volume
        self.descriptor = descriptor
        self.codec = "utf-16-be" if descriptor[88:91] in JOLIET and descriptor[0] == SUPPLEMENTARY else "latin-1"
        block = int.from_bytes(descriptor[128:130], "little")
        self.block = block if block in (512, 1024, SECTOR) else SECTOR
        self.seen: set[int] = set()
        self.work: list[tuple[int, int, str]] = []

    def read(self) -> None:
        """All of them."""
        root = self.descriptor[156:190]
        for start, size in _places(root):
            self.work.append((start, size, ""))
        self._walk()
        for start, name in self._path_tables():
            # Where a directory begins, its first record says how long it is.
            self.work.append((start, 0, name))
        self._walk()

    def _walk(self) -> None:
        for start, size, path in self.work:
            if start in self.seen:
                continue
            self.seen.add(start)
            if len(self.seen) > self.volume.limits.members:
                self.volume.sink.gap(Reason.LIMIT_MEMBERS, f"more than {self.volume.limits.members} directories")
                raise Full
            at = start * self.block
            if not size:
                size = int.from_bytes(self.volume.data[at + 10 : at + 14], "little")
            if bytes(self.volume.data[at + 33 : at + 34]) not in (b"\0", b"\1"):
                self.volume.damage("a directory that does not begin like one")
                continue
            self._directory(self.volume.directory([(at, size)], size), path)
        self.work.clear()

    def _directory(self, records: bytes, path: str) -> None:
        """The records of one directory. A file may go on in the record behind its own."""
        pieces: list[Extent] = []
        for record in self._records(records):
            self.volume.entry()
            flags, length = record[25], record[32]
            raw = record[RECORD : RECORD + length]
            if raw in (b"\0", b"\1"):
                continue
            more = extras(record[RECORD + length :], self.volume.data, self.block)
            if not more.whole:
                self.volume.damage("an entry whose attributes lead nowhere")
            names = [f"{path}{name}" for name in self._names(raw, more.name)]
            if more.moved:
                self.work.append((more.moved, 0, ends(f"{names[0]}/")))
                continue
            for start, size in _places(record):
                if flags & FOLDER:
                    self.work.append((start, size, ends(f"{names[0]}/")))
                    continue
                if record[26] or record[27]:
                    self.volume.damage("an interleaved file")
                extent = ((start + record[1]) * self.block, size)
                if flags & GOES_ON:
                    pieces.append(extent)
                    continue
                extents = (*pieces, extent)
                self.volume.file(Content(extents, sum(size for _, size in extents), more.packed), names)
            if not flags & GOES_ON:
                pieces = []

    def _records(self, records: bytes) -> Iterator[bytes]:
        """The records of a directory, none of which leaves its sector."""
        at = 0
        while at < len(records):
            length = records[at]
            if not length:
                at += SECTOR - at % SECTOR
                continue
            record = records[at : at + length]
            if length <= RECORD or len(record) < length or RECORD + record[32] > length:
                self.volume.damage("a damaged entry of a directory")
                return
            yield record
            at += length

    def _names(self, raw: bytes, unix: bytes) -> list[str]:
        """The names of a record: that of Unix first, if it has one."""
        name = _VERSION.sub("", raw.decode(self.codec, "replace"))
        found = [unix.decode("utf-8", "replace")] if unix else []
        return [*found, name] if name not in found else found

    def _path_tables(self) -> Iterator[tuple[int, str]]:
        """Where the directories begin that the path tables list, and their paths; in either order of bytes."""
        size = int.from_bytes(self.descriptor[132:136], "little")
        for at, order in ((140, "little"), (144, "little"), (148, "big"), (152, "big")):
            start = int.from_bytes(self.descriptor[at : at + 4], order) * self.block  # type: ignore[arg-type]
            table = bytes(self.volume.data[start : start + size]) if start else b""
            paths: list[str] = []
            place = 0
            while place + 8 <= len(table) and table[place]:
                self.volume.entry()
                length = table[place]
                first = int.from_bytes(table[place + 2 : place + 6], order)  # type: ignore[arg-type]
                parent = int.from_bytes(table[place + 6 : place + 8], order)  # type: ignore[arg-type]
                name = table[place + 8 : place + 8 + length].decode(self.codec, "replace")
                above = paths[parent - 1] if 0 < parent <= len(paths) else ""
                paths.append(ends(f"{above}{name}/") if paths else "")
                if first not in self.seen:
                    yield first + table[place + 1], paths[-1]
                place += 8 + length + length % 2


def _places(record: bytes) -> list[Extent]:
    """Block and size that a record tells, in both orders of bytes if they do not say the same."""
    little = int.from_bytes(record[2:6], "little"), int.from_bytes(record[10:14], "little")
    big = int.from_bytes(record[6:10], "big"), int.from_bytes(record[14:18], "big")
    return [little] if big in (little, (0, 0)) else [little, big]


def _boot(volume: Volume, catalog: int) -> None:
    """What a machine would boot from (El Torito)."""
    table = bytes(volume.data[catalog * SECTOR : (catalog + 1) * SECTOR])
    for at in range(32, len(table), 32):
        entry = table[at : at + 32]
        if entry[0] != BOOTABLE:
            continue
        start = int.from_bytes(entry[8:12], "little") * SECTOR
        size = FLOPPIES.get(entry[1] & 15, max(SECTOR, 512 * int.from_bytes(entry[6:8], "little")))
        volume.file(Content(((start, min(size, max(0, len(volume.data) - start))),), size), ())
