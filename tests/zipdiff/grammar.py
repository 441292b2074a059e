"""Draws zips: members of marked content, and headers, offsets and ends that may lie about them.

In: a seed. Out: the zip, the content of each member, and the names of the oddities that were drawn; the same for the
same seed. No two members have the same content, so that what a program extracted tells which one it was.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from evasion.zipcraft import GIF, PDF, Entry, end, listed, local

LABELS = (b"a.txt", b"b.txt", b"c/d.vbs", b"e.exe", b"A.TXT", b"folder/", b"\x84.txt", b"f\xc3\xa4.txt", b"g", b"h.zip")
MOST = 3
"""Oddities of one zip."""


@dataclass
class Zip:
    """A zip that is being drawn: its members, where each has no local header or is not listed, and its frame."""

    members: list[Entry]
    unlisted: set[int] = field(default_factory=set)
    headless: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    same_place: dict[int, int] = field(default_factory=dict)
    gaps: dict[int, bytes] = field(default_factory=dict)
    front: bytes = b""
    shift: bool = True
    between: bytes = b""
    behind: bytes = b""
    comment: bytes = b""
    counted: int = 0
    directory_moved: int = 0
    directory_size: int = 0
    zip64: int | None = None
    disk: int = 0
    oddities: list[str] = field(default_factory=list)

    def built(self) -> bytes:
        """The bytes."""
        body, places = self.front, []
        base = 0 if self.shift else len(self.front)
        for index, entry in enumerate(self.members):
            body += self.gaps.get(index, b"")
            places.append(len(body) - base + self.moved.get(index, 0))
            body += entry.content() if index in self.headless else local(entry)
        body += self.between
        at = len(body) - base + self.directory_moved
        directory = b"".join(
            listed(entry, max(0, places[self.same_place.get(index, index)]))
            for index, entry in enumerate(self.members)
            if index not in self.unlisted
        )
        count = max(0, len(self.members) - len(self.unlisted) + self.counted)
        size = max(0, len(directory) + self.directory_size)
        tail = b""
        if self.zip64 is not None:
            start = len(body) + len(directory) - base
            tail = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, max(0, at + self.zip64))
            tail += struct.pack("<4sIQI", b"PK\6\7", 0, start, 1)
        return body + directory + tail + end(count, size, max(0, at), self.comment, self.disk) + self.behind


@dataclass(frozen=True)
class Drawn:
    """A zip, what is in it, and how it came to be."""

    data: bytes
    contents: dict[str, bytes]
    oddities: tuple[str, ...]


Oddity = Callable[[random.Random, Zip, int], None]


def _change(**fields: Callable[[random.Random, Entry], object]) -> Oddity:
    """An oddity of one member's headers."""

    def change(draw: random.Random, zip: Zip, at: int) -> None:
        entry = zip.members[at]
        zip.members[at] = replace(entry, **{key: make(draw, entry) for key, make in fields.items()})  # type: ignore[arg-type]

    return change


def _sizes(draw: random.Random, entry: Entry) -> tuple[int, int]:
    packed, size = len(entry.content()), len(entry.data)
    return draw.choice([(0, 0), (packed, 0), (0, size), (packed // 2, size), (packed, size // 2), (packed, size + 100),
                        (packed + 7, size + 7), (0xFFFFFFFF, 0xFFFFFFFF), (packed + 100, size)])  # fmt: skip


def _descriptor(draw: random.Random, entry: Entry) -> bytes:
    crc, packed, size = zlib.crc32(entry.data), len(entry.content()), len(entry.data)
    whole = struct.pack("<3I", crc, packed, size)
    return draw.choice([b"PK\7\x08" + whole, whole, b"PK\7\x08" + struct.pack("<I2Q", crc, packed, size),
                        b"PK\7\x08" + struct.pack("<3I", 0, 0, 0)])  # fmt: skip


def _unicode_path(draw: random.Random, entry: Entry) -> bytes:
    label = draw.choice(LABELS)
    crc = draw.choice([zlib.crc32(entry.label), 0])
    return struct.pack("<2HBI", 0x7075, 5 + len(label), 1, crc) + label


def _zip64_extra(draw: random.Random, entry: Entry) -> bytes:
    return struct.pack("<2H2Q", 1, 16, draw.choice([len(entry.data), 5, 0]), draw.choice([len(entry.content()), 9, 0]))


def _set(**fields: Callable[[random.Random, Zip, int], object]) -> Oddity:
    """An oddity of the frame."""

    def change(draw: random.Random, zip: Zip, at: int) -> None:
        for key, make in fields.items():
            setattr(zip, key, make(draw, zip, at))

    return change


def _note(which: str, value: Callable[[random.Random, Zip, int], object]) -> Oddity:
    """An oddity of the frame about one member."""

    def change(draw: random.Random, zip: Zip, at: int) -> None:
        found = getattr(zip, which)
        if isinstance(found, set):
            found.add(at)
        else:
            found[at] = value(draw, zip, at)

    return change


def _another(draw: random.Random) -> bytes:
    """A small zip of its own."""
    other = Zip([_member(draw, 90)])
    return other.built()


def _member(draw: random.Random, number: int) -> Entry:
    data = b"member %d, %d\n" % (number, draw.getrandbits(64)) * draw.choice([1, 1, 3, 40])
    return Entry(draw.choice(LABELS), data, method=draw.choice([0, 8, 8]))


ODDITIES: dict[str, Oddity] = {
    "another name": _change(local_label=lambda draw, entry: draw.choice(LABELS)),
    "name with NUL": _change(label=lambda draw, entry: b"a.txt\0.vbs"),
    "name up": _change(label=lambda draw, entry: b"x/../y.vbs"),
    "no name": _change(label=lambda draw, entry: b""),
    "another method here": _change(local_method=lambda draw, entry: 8 - entry.method),
    "another method there": _change(local_method=lambda draw, entry: entry.method, method=lambda draw, e: 8 - e.method,
                                    packed=lambda draw, entry: entry.content()),
    "method unknown": _change(local_method=lambda draw, entry: draw.choice([1, 6, 9, 12, 14, 95, 99])),
    "sizes here": _change(local_sizes=_sizes),
    "sizes there": _change(listed_sizes=_sizes),
    "descriptor": _change(flags=lambda draw, entry: entry.flags | 8, descriptor=_descriptor),
    "descriptor and no sizes": _change(flags=lambda draw, entry: entry.flags | 8, descriptor=_descriptor,
                                       local_sizes=lambda draw, entry: (0, 0)),
    "descriptor flag alone": _change(local_flags=lambda draw, entry: 8),
    "descriptor flag there": _change(flags=lambda draw, entry: 8, local_flags=lambda draw, entry: 0),
    "encrypted here": _change(local_flags=lambda draw, entry: 1),
    "encrypted there": _change(flags=lambda draw, entry: 1, local_flags=lambda draw, entry: 0),
    "strong flag": _change(flags=lambda draw, entry: draw.choice([0x40, 0x2000])),
    "utf-8 flag": _change(flags=lambda draw, entry: 0x800),
    "wrong crc": _change(crc=lambda draw, entry: draw.choice([0, 1])),
    "unicode path": _change(extra=_unicode_path),
    "zip64 extra": _change(extra=_zip64_extra),
    "zip64 sizes": _change(extra=_zip64_extra, listed_sizes=lambda draw, entry: (0xFFFFFFFF, 0xFFFFFFFF)),
    "damaged extra": _change(extra=lambda draw, entry: b"\1\0\xff\xff"),
    "member comment": _change(comment=lambda draw, entry: b"PK\5\6" + bytes(18)),
    "data behind the stream": _change(packed=lambda draw, entry: entry.content() + b"more"),
    "not listed": _note("unlisted", lambda draw, zip, at: None),
    "no local header": _note("headless", lambda draw, zip, at: None),
    "offset moved": _note("moved", lambda draw, zip, at: draw.choice([-4, -1, 1, 4, 30])),
    "offset of another": _note("same_place", lambda draw, zip, at: draw.randrange(len(zip.members))),
    "junk before a member": _note("gaps", lambda draw, zip, at: draw.choice([b"\0", b"PK", b"PK\3\4", b"junk" * 9])),
    "zip before a member": _note("gaps", lambda draw, zip, at: _another(draw)),
    "junk in front": _set(front=lambda draw, zip, at: draw.choice([b"\n", b"MZ" + bytes(62), GIF, PDF, b"PK00"])),
    "junk in front, not counted": _set(front=lambda draw, zip, at: draw.choice([b"\n", b"MZ" + bytes(62), GIF, PDF]),
                                       shift=lambda draw, zip, at: False),
    "zip in front": _set(front=lambda draw, zip, at: _another(draw), shift=lambda draw, zip, at: draw.random() < 0.5),
    "junk behind": _set(behind=lambda draw, zip, at: draw.choice([b"\0" * 9, b"x", b"PK\5\6", b"\0" * 70_000])),
    "zip behind": _set(behind=lambda draw, zip, at: _another(draw)),
    "comment": _set(comment=lambda draw, zip, at: draw.choice([b"words", b"PK\5\6" + bytes(18), b"x" * 65_535])),
    "zip in comment": _set(comment=lambda draw, zip, at: _another(draw)),
    "end in comment": _set(comment=lambda draw, zip, at: end(0, 0, 0)),
    "zip before the directory": _set(between=lambda draw, zip, at: _another(draw)),
    "directory before the directory": _set(
        between=lambda draw, zip, at: listed(zip.members[at], 0) + end(1, 46 + len(zip.members[at].label), 0)
    ),
    "wrong count": _set(counted=lambda draw, zip, at: draw.choice([-1, 1, -2, 100])),
    "directory moved": _set(directory_moved=lambda draw, zip, at: draw.choice([-1, 1, 46, -46])),
    "directory size": _set(directory_size=lambda draw, zip, at: draw.choice([-46, -1, 1, 46])),
    "zip64 end": _set(zip64=lambda draw, zip, at: draw.choice([0, 0, 1, -46])),
    "disk": _set(disk=lambda draw, zip, at: draw.choice([1, 2, 0xFFFF])),
}  # fmt: skip


def drawn(seed: int) -> Drawn:
    """The zip of this seed."""
    draw = random.Random(seed)
    zip = Zip([_member(draw, number) for number in range(draw.randint(1, 3))])
    names = draw.sample(sorted(ODDITIES), draw.randint(1, MOST))
    for name in names:
        ODDITIES[name](draw, zip, draw.randrange(len(zip.members)))
    return Drawn(zip.built(), {entry.label.decode("latin-1"): entry.data for entry in zip.members}, tuple(names))
