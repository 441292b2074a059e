"""What a zip holds beside what libarchive reads of it: entries that only their local header tells of, entries of
another directory than that which libarchive took, and other files between them or behind the end.

Programs do not agree where a zip's directory is, and some read from the beginning, or repair. In: the whole file, and
what libarchive read. Out: members to a Sink. An entry is given with its content unless libarchive gave one of the same
size and checksum, and all of them where there is more than one place to begin; one whose headers disagree in each way
that they tell; one that is listed as a folder too if it has some. Bytes that belong to no entry are given if they are
a file of a type that can be told.
Limits: ENTRIES local headers are looked at, `member_bytes` of each. Several headers can lead to the same bytes, and
deflate can be long and say nothing: WORK times the file, and WORK_LEAST bytes, are inflated without output. More of any
of these is a gap.
APPNOTE 4.3.7, 4.4.5.

Not here: what the directory leads to (archive.py), names (zipnames.py).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from bartizan.message.piece import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.sink import Sink
from bartizan.unpack.zipnames import ENCRYPTED, END, LOCAL, WIDEST, Listed, cut, decoded, directory, names

ENTRIES = 10_000
WORK = 4
WORK_LEAST = 64 * MIB
CHUNK = 64 * 1024
STORED, DEFLATED = 0, 8
DESCRIPTOR = 8
"""A flag: sizes follow the content."""
ENDS = 50
SIZES = 3
"""So many of the sizes that are told of one content are believed, the greatest."""
SMALL = 32
"""Bytes between entries that can be descriptors, padding, or records of the format."""

_MARK = re.compile(rb"PK(?:\x01\x02|\x03\x04|\x05\x06|\x07\x08)")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the local header at `at` says: where its content begins, and how it is packed; `size` packed bytes, 0: not
    told."""

    at: int
    name: bytes
    flags: int
    method: int
    start: int
    size: int


@dataclass(slots=True)
class Read:
    """What libarchive read of a zip: size and checksum of each content. `encrypted`: entries that were encrypted, read
    or told as a gap; `cut`: more bytes than this of some were left out, which was told."""

    contents: set[tuple[int, int]] = field(default_factory=set)
    encrypted: bool = False
    cut: int = WIDEST

    def has(self, listed: Listed) -> bool:
        """Was this entry read, or what is missing of it told?"""
        told = (listed.encrypted and self.encrypted) or listed.whole > self.cut
        return told or (listed.whole, listed.crc) in self.contents or not (listed.size or listed.whole)


def give_rest(packed: bytes, read: Read, sink: Sink, limits: Limits) -> bool:
    """Give everything that was not read. False: the sink said stop, or a limit was told to it."""
    return _Rest(packed, read, sink, limits).give()


class _Rest:
    """One zip on its way into the sink; `entries` and `work` are what is left of its limits, `leads` what directories
    say of the local header at an offset."""

    __slots__ = ("entries", "leads", "limits", "packed", "read", "sink", "view", "work")

    def __init__(self, packed: bytes, read: Read, sink: Sink, limits: Limits) -> None:
        self.packed = packed
        self.read = read
        self.view = memoryview(packed)
        self.sink = sink
        self.limits = limits
        self.entries = ENTRIES
        self.leads: dict[int, list[Listed]] = {}
        self.work = max(WORK * len(packed), WORK_LEAST)

    def give(self) -> bool:
        """Everything. False: stop."""
        packed = self.packed
        table = directory(packed, 2 * self.limits.members)
        used = [(table.start, table.stop)]
        odd = not table.exact
        for one in table.listed:
            entry = _entry(packed, one.local)
            self.leads.setdefault(one.local, []).append(one)
            if entry is None:
                odd = True
                if not self.read.has(one):
                    self.sink.gap(Reason.UNREADABLE, "the directory leads to no entry")
                continue
            if not _agree(one, entry):
                odd = True
            elif self.read.has(one):
                stop = entry.start + one.size
                used.append((one.local, stop))
                if self._is_full_folder(one, entry) and not self._entry(entry, stop):
                    return False
        # Where programs may begin elsewhere, what libarchive read says nothing about what they will.
        others = self._other_ends([] if odd else used)
        if others is None:
            return False
        return all(self._range(start, stop) for start, stop in _between([] if odd or others else used, len(packed)))

    def _other_ends(self, used: list[tuple[int, int]]) -> int | None:
        """The number of end records that nothing uses; the names that their directories list are given. None: stop."""
        count = 0
        for start, stop in _between(used, len(self.packed)):
            at = start
            while (at := self.packed.find(END, at, stop)) >= 0:
                count += 1
                if count > ENDS:
                    self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENDS} ends of directories")
                    return count
                for one in directory(self.packed, 2 * self.limits.members, at).listed:
                    self.leads.setdefault(one.local, []).append(one)
                others = names(self.packed, 2 * self.limits.members, at)
                if not all(self.sink.member((name,)) for name in others.found):
                    return None
                at += len(END)
        return count

    def _is_full_folder(self, listed: Listed, entry: Entry) -> bool:
        """Is it a folder by its name, with content all the same?"""
        if not listed.size or not listed.name.endswith((b"/", b"\\")):
            return False
        if entry.method != DEFLATED or entry.flags & ENCRYPTED:
            return True
        head = self.view[entry.start : entry.start + CHUNK]
        self.work -= len(head)
        if self.work < 0:
            return True
        try:
            return zlib.decompressobj(-15).decompress(head, 1) != b""
        except zlib.error:
            return True

    def _range(self, start: int, stop: int) -> bool:
        """The entries in a range, else the file that it is."""
        at = start
        some = False
        while (at := self.packed.find(LOCAL, at, stop)) >= 0:
            self.entries -= 1
            if self.entries < 0:
                self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENTRIES} entries beside those of the directory")
                return False
            entry = _entry(self.packed, at)
            at += 4
            if entry is None:
                continue
            some = True
            if not self._entry(entry, stop):
                return False
            if any(_agree(one, entry) for one in self.leads.get(entry.at, ())):
                at = max(at, min(stop, entry.start + entry.size))
        content = self.packed[start:stop].lstrip(b"\0")
        if some or len(content) <= SMALL or not decoded_type(content):
            return True
        if not self.sink.member(()):
            return False
        return self._data(memoryview(content))

    def _entry(self, entry: Entry, stop: int) -> bool:
        """One entry with its content, which ends before `stop`, in every way that its headers tell."""
        sink, leads = self.sink, self.leads.get(entry.at, ())
        found = (decoded(entry.name).rstrip("/\\"),)
        if entry.flags & ENCRYPTED or any(one.encrypted for one in leads):
            if sink.member(found):
                sink.gap(Reason.ENCRYPTED, "encrypted entry beside those of the directory")
                return True
            return False
        methods = {entry.method, *(one.method for one in leads)}
        if not methods <= {STORED, DEFLATED}:
            if not sink.member(found):
                return False
            sink.gap(Reason.UNREADABLE, "entry beside those of the directory, of a method that is not read")
        if STORED in methods:
            ends = {entry.start + size for size in (entry.size, *(one.size for one in leads)) if size}
            if not ends:
                mark = _MARK.search(self.packed, entry.start, stop)
                ends.add(mark.start() if mark else stop)
            for end in sorted(min(stop, end) for end in ends)[-SIZES:]:
                if not (sink.member(found) and self._data(self.view[entry.start : end])):
                    return False
        return DEFLATED not in methods or (sink.member(found) and self._inflate(entry.start, stop))

    def _data(self, content: memoryview) -> bool:
        """Content that is not packed, up to the limit."""
        most = self.limits.member_bytes
        if not self.sink.data(content[:most]):
            return False
        if len(content) > most:
            self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
        return True

    def _inflate(self, at: int, stop: int) -> bool:
        sink, most = self.sink, self.limits.member_bytes
        inflater = zlib.decompressobj(-15)
        size = 0
        while not inflater.eof:
            left = inflater.unconsumed_tail
            chunk = left or self.view[at : min(stop, at + CHUNK)]
            at += 0 if left else len(chunk)
            try:
                content = inflater.decompress(chunk, CHUNK)
            except zlib.error as error:
                self.work -= len(chunk)
                sink.gap(Reason.UNREADABLE, f"damaged entry beside those of the directory: {error}")
                return True
            if not chunk and not content:
                sink.gap(Reason.UNREADABLE, "entry beside those of the directory is cut off")
                return True
            if size + len(content) > most:
                sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
                return True
            size += len(content)
            self.work -= max(0, len(chunk) - len(inflater.unconsumed_tail) - len(content))
            if self.work < 0:
                sink.gap(Reason.LIMIT_TIME, "too much to inflate that has no content")
                return False
            if content and not sink.data(content):
                return False
        return True


def _between(used: list[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """The ranges that nothing uses."""
    at = 0
    for start, stop in sorted(used):
        if start - at > SMALL:
            yield at, start
        at = max(at, stop)
    if size - at > SMALL:
        yield at, size


def _agree(listed: Listed, entry: Entry) -> bool:
    """Do the two headers of an entry say the same of what programs go by?"""
    sizes = entry.size in (listed.size, 0) or bool(entry.flags & DESCRIPTOR)
    same = cut(listed.name) == entry.name and listed.method == entry.method
    return sizes and same and listed.encrypted is bool(entry.flags & ENCRYPTED)


def _entry(packed: bytes, at: int) -> Entry | None:
    """The local header at `at`, if there is one."""
    if packed[at : at + 4] != LOCAL or at + 30 > len(packed):
        return None
    _, flags, method, _, _, _, size, _, name, extra = struct.unpack_from("<5H3I2H", packed, at + 4)
    start = at + 30 + name + extra
    if start > len(packed) or method > 99:
        return None
    return Entry(at, cut(packed[at + 30 : at + 30 + name]), flags, method, start, size if size < WIDEST else 0)
