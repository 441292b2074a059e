"""Writes compound files (MS-CFB) for the tests, with the cuts and loops that a test asks for."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FREE, END, FAT, DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
Tree = Mapping[str, "bytes | Tree"]


@dataclass
class Layout:
    """Where things went, for tests that damage them. Sectors are numbers, offsets are into the file."""

    shift: int = 9
    order: Callable[[int], list[int]] = lambda count: list(range(count))
    """The order in which the sectors of streams follow each other."""
    difat: bool = False
    """List sectors of the FAT in a sector of its own though the header has room."""
    chains: dict[str, list[int]] = field(default_factory=dict)
    fat: list[int] = field(default_factory=list)
    fat_at: int = 0
    directory_at: int = 0


def compound(tree: Tree, layout: Layout | None = None, clsid: bytes = bytes(16)) -> bytes:
    """A compound file with the streams (bytes) and storages (mappings) of `tree`."""
    layout = layout or Layout()
    size = 1 << layout.shift
    entries: list[list[object]] = []  # name, kind, left, right, child, content
    _storage("Root Entry", 5, tree, entries)
    mini = b""
    mini_fat: list[int] = []
    big: list[tuple[int, bytes]] = []
    starts = {0: END}
    for at, entry in enumerate(entries):
        content = entry[5]
        if not isinstance(content, bytes) or not content:
            continue
        if len(content) >= 4096:
            big.append((at, content))
            continue
        first = len(mini_fat)
        count = -(-len(content) // 64)
        mini_fat += [*range(first + 1, first + count), END]
        mini += content.ljust(64 * count, b"\0")
        starts[at] = first
    parts = [("directory", None, bytes(128 * len(entries)))]
    if mini:
        table = struct.pack(f"<{len(mini_fat)}I", *mini_fat)
        parts += [("mini fat", None, table + b"\xff" * (-len(table) % size)), ("mini", 0, mini)]
    parts += [(str(entries[at][0]), at, content) for at, content in big]

    pieces: list[tuple[str, int, bytes]] = []
    for name, _, content in parts:
        padded = content.ljust(-(-len(content) // size) * size, b"\0")
        pieces += [(name, k, padded[k * size : (k + 1) * size]) for k in range(len(padded) // size)]
    words = size // 4
    tables = 1
    while tables * words < len(pieces) + tables + 2:
        tables += 1
    listing = 1 if layout.difat or tables > 109 else 0
    order = layout.order(len(pieces))
    place = {k: order.index(k) + tables + listing for k in range(len(pieces))}
    fat = [FREE] * (tables * words)
    fat[:tables] = [FAT] * tables
    if listing:
        fat[tables] = DIFAT
    for k, (name, number, _) in enumerate(pieces):
        layout.chains.setdefault(name, []).append(place[k])
        last = k + 1 == len(pieces) or pieces[k + 1][0] != name or pieces[k + 1][1] <= number
        fat[place[k]] = END if last else place[k + 1]
    for name, at, _ in parts:
        if at is not None:
            starts[at] = layout.chains[name][0]
    layout.fat, layout.fat_at = fat, size
    layout.directory_at = (layout.chains["directory"][0] + 1) * size

    packed = b"".join(_entry(entry, starts.get(at, END), len(mini), clsid) for at, entry in enumerate(entries))
    sectors = {place[k]: piece for k, (_, _, piece) in enumerate(pieces)}
    for number, at in enumerate(layout.chains["directory"]):
        sectors[at] = packed[number * size : (number + 1) * size].ljust(size, b"\0")
    listed = list(range(tables))
    head = [] if layout.difat else listed[:109]
    if listing:
        sectors[tables] = struct.pack(f"<{words}I", *(listed[len(head) :] + [FREE] * words)[: words - 1], END)
    for at in range(tables):
        sectors[at] = struct.pack(f"<{words}I", *fat[at * words : (at + 1) * words])
    header = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3 if layout.shift == 9 else 4, 0xFFFE, layout.shift, 6)
    header += struct.pack(
        "<9I",
        0 if layout.shift == 9 else len(layout.chains["directory"]),
        tables,
        layout.chains["directory"][0],
        0,
        4096,
        layout.chains["mini fat"][0] if mini else END,
        len(layout.chains.get("mini fat", ())),
        tables if listing else END,
        listing,
    )
    header += struct.pack("<109I", *(head + [FREE] * 109)[:109])
    return header.ljust(size, b"\0") + b"".join(sectors[at] for at in sorted(sectors))


def _storage(name: str, kind: int, tree: Tree, entries: list[list[object]]) -> int:
    """Add an entry and all below it; the children hang on each other's right side."""
    at = len(entries)
    entry: list[object] = [name, kind, FREE, FREE, FREE, b""]
    entries.append(entry)
    last: list[object] | None = None
    for child, content in tree.items():
        if isinstance(content, bytes):
            number = len(entries)
            entries.append([child, 2, FREE, FREE, FREE, content])
        else:
            number = _storage(child, 1, content, entries)
        if last is None:
            entry[4] = number
        else:
            last[3] = number
        last = entries[number]
    return at


def _entry(entry: list[object], start: int, mini: int, clsid: bytes) -> bytes:
    name, kind, left, right, child, content = entry
    assert isinstance(content, bytes)
    encoded = str(name).encode("utf-16-le")
    size = mini if kind == 5 else len(content)
    return (
        encoded.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(encoded) + 2, kind, 1, left, right, child)
        + (clsid if kind == 5 else bytes(16))
        + bytes(20)
        + struct.pack("<IQ", start, size)
    )
