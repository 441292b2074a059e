"""The tree of HFS in a disk image, which old discs for Macs have beside others (Inside Macintosh: Files, chapter 2).

In: an image, a Volume for its files. Out: how many trees there are. The catalog is read node by node, as the table that
it is: what no index leads to is listed all the same. Both forks of a file are files.

Limits: those of volume.py. Known gaps: HFS Plus, forks and catalogs in more than three pieces: these are told.
Not here: contents (volume.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

from bartizan.unpack.volume import Content, Extent, Volume

SECTOR = 512
PARTITIONS = 64
NODE = 512
LEAF = 0xFF
FOLDER, FILE = 1, 2
DAMAGED = -1


def read(volume: Volume) -> int:
    """Read the trees; how many there are."""
    trees = 0
    for start in _volumes(volume.data):
        header = bytes(volume.data[start + 1024 : start + 1024 + 162])
        if header[:2] in (b"H+", b"HX") or header[124:126] == b"H+":
            trees += 1
            volume.damage("HFS Plus: cannot be opened")
        elif header[:2] == b"BD" and len(header) == 162:
            trees += 1
            _catalog(volume, start, header)
    return trees


def _volumes(data: memoryview) -> Iterator[int]:
    """Where a volume may begin: at the beginning, and where a map of partitions says."""
    yield 0
    seen = {0}
    for number in range(1, PARTITIONS):
        entry = bytes(data[number * SECTOR : number * SECTOR + 80])
        if entry[:2] not in (b"PM", b"TS"):
            # Maps for sectors of 2048 bytes have gaps between their entries.
            if number % 4:
                continue
            return
        start = int.from_bytes(entry[8:12], "big")
        for place in (start * SECTOR, start * 4 * SECTOR):
            if place not in seen:
                seen.add(place)
                yield place


def _catalog(volume: Volume, start: int, header: bytes) -> None:
    """The files that the catalog of one volume lists."""
    size, first = int.from_bytes(header[20:24], "big"), int.from_bytes(header[28:30], "big") * SECTOR
    if not size:
        volume.damage("HFS: a damaged volume")
        return

    def extents(raw: bytes) -> list[Extent]:
        pairs = struct.unpack(">6H", raw)
        return [(start + first + pairs[at] * size, pairs[at + 1] * size) for at in (0, 2, 4) if pairs[at + 1]]

    length = int.from_bytes(header[146:150], "big")
    places = extents(header[150:162])
    if sum(piece for _, piece in places) < length:
        volume.damage("HFS: a catalog in too many pieces")
    nodes = volume.directory(places, min(length, sum(piece for _, piece in places)))
    folders: dict[int, tuple[int, str]] = {}
    files: list[tuple[int, str, bytes]] = []
    for parent, name, record in _records(nodes):
        volume.entry()
        if parent == DAMAGED:
            volume.damage("HFS: a damaged catalog")
        elif record[:1] == bytes((FOLDER,)) and len(record) >= 10:
            folders[int.from_bytes(record[6:10], "big")] = parent, name
        elif record[:1] == bytes((FILE,)) and len(record) >= 98:
            files.append((parent, name, record))
    for parent, name, record in files:
        path = _path(folders, parent) + name
        for sizes, places_at in ((26, 74), (36, 86)):
            whole = int.from_bytes(record[sizes : sizes + 4], "big")
            pieces = extents(record[places_at : places_at + 12])
            if whole or sizes == 26:
                if sum(piece for _, piece in pieces) < whole:
                    volume.damage("HFS: a file in too many pieces")
                volume.file(Content(tuple(pieces), whole), (path,))


def _records(nodes: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Parent, name and data of every record in the leaves; DAMAGED as the parent of what is none."""
    for at in range(0, len(nodes) - NODE + 1, NODE):
        node = nodes[at : at + NODE]
        if node[8] != LEAF:
            continue
        count = min(int.from_bytes(node[10:12], "big"), NODE // 4)
        places = struct.unpack(f">{count + 1}H", node[NODE - 2 * count - 2 :])[::-1]
        for start, stop in pairwise(places):
            record = node[start:stop]
            length = record[0] if record else 0
            if length < 6 or len(record) < 1 + length:
                yield DAMAGED, "", b""
                continue
            name = record[7 : 7 + min(record[6], 31)].decode("mac-roman", "replace")
            yield int.from_bytes(record[2:6], "big"), name, record[1 + length + (length + 1) % 2 :]


def _path(folders: dict[int, tuple[int, str]], number: int) -> str:
    """The path of a folder, as deep as 30 folders."""
    parts: list[str] = []
    for _ in range(30):
        if number not in folders or number <= 2:
            break
        number, name = folders[number]
        parts.append(f"{name}/")
    return "".join(reversed(parts))
