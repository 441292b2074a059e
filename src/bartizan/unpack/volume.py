"""The files of a disk image, which several trees of directories may list, each by names of its own.

In: files as the trees tell of them. Out: each content once, with all of its names, to a Sink. Names are cut, damage
is a gap, told REPORTED times. What lies outside of the image is a gap.

Limits: NAMES names of one content together, ENTRIES entries of all trees, `room` bytes of directories, since any number
of them may share their blocks; `member_bytes` of each file.
Not here: what the trees look like (iso.py, udf.py, hfs.py), content that is compressed (zisofs.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.give import ends
from bartizan.unpack.sink import Sink

NAMES = 20
ENTRIES = 50_000
REPORTED = 10
WORK = 4
LEAST = 2048

Extent = tuple[int, int]
"""Offset in the image and bytes; an offset below 0 stands for zeros."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds: `size` bytes of its extents, which lie in each other's order; `packed`: by zisofs."""

    extents: tuple[Extent, ...]
    size: int
    packed: bool = False


class Full(Exception):
    """A limit is reached, and told: nothing more is read of any tree."""


@dataclass(slots=True)
class Volume:
    """An image on its way into the sink."""

    data: memoryview
    sink: Sink
    limits: Limits
    files: dict[Content, dict[str, None]] = field(default_factory=dict)
    entries: int = 0
    told: int = 0
    room: int = 0

    def __post_init__(self) -> None:
        self.entries = ENTRIES
        self.room = max(WORK * len(self.data), MIB)

    def damage(self, detail: str) -> None:
        """Tell that something could not be read."""
        self.told += 1
        if self.told <= REPORTED:
            self.sink.gap(Reason.UNREADABLE, detail)

    def entry(self) -> None:
        """One more entry of a directory. Raises Full."""
        self.entries -= 1
        if self.entries < 0:
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENTRIES} entries of directories")
            raise Full

    def file(self, content: Content, names: Iterable[str]) -> None:
        """A file, known by these names in one tree."""
        known = self.files.setdefault(_cut(content), {})
        for name in names:
            known.setdefault(ends(name))

    def directory(self, extents: Iterable[Extent], size: int) -> bytes:
        """The bytes of a directory. Raises Full when the directories are more than there can be."""
        content = b"".join(map(bytes, self._pieces(Content(tuple(extents), size), size)))
        self.room -= max(len(content), LEAST)
        if self.room < 0:
            self.sink.gap(Reason.LIMIT_TIME, "directories that share their blocks")
            raise Full
        if len(content) < size:
            self.damage("a directory leads out of the image")
        return content

    def give(self, unpacked: Callable[[bytes, int], tuple[bytes, bool]]) -> bool:
        """Give all files; `unpacked` is what is packed, and whether that is all. False: the sink said stop."""
        for content, names in self.files.items():
            listed = list(names)
            for at in range(0, max(1, len(listed)), NAMES):
                if not self.sink.member(tuple(listed[at : at + NAMES])):
                    return False
                if not at and not self._content(content, unpacked):
                    return False
        return True

    def _content(self, content: Content, unpacked: Callable[[bytes, int], tuple[bytes, bool]]) -> bool:
        most = self.limits.member_bytes
        if content.packed:
            whole = b"".join(map(bytes, self._pieces(content, most + 1)))
            plain, fine = unpacked(whole, most + 1)
            if not self.sink.data(plain[:most]):
                return False
            if len(plain) > most:
                self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
            elif not fine:
                self.damage("a damaged file that is compressed")
            return True
        given = 0
        for piece in self._pieces(content, most):
            given += len(piece)
            if not self.sink.data(piece):
                return False
        if content.size > most:
            self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
        elif given < content.size:
            self.damage("a file leads out of the image")
        return True

    def _pieces(self, content: Content, most: int) -> Iterable[memoryview]:
        """What the image has of a content, until that ends."""
        left = min(content.size, most)
        for start, length in content.extents:
            length = min(length, left)
            piece = self.data[start : start + length] if start >= 0 else memoryview(bytes(min(length, len(self.data))))
            if length:
                yield piece
            left -= len(piece)
            if len(piece) < length or left <= 0:
                return


def _cut(content: Content) -> Content:
    """It without what its blocks have behind its end, so that it is the same in every tree."""
    left = content.size
    extents: list[Extent] = []
    for start, length in content.extents:
        if left <= 0:
            break
        extents.append((start, min(length, left)))
        left -= length
    return Content(tuple(extents), content.size, content.packed)
