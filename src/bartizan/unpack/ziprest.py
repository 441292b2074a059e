"""What a zip holds beside what its directory leads to: entries that only their local header tells of, and other files
between them or behind the end.

Programs that read a zip from its beginning, or repair it, find these; libarchive goes by the last directory. In: the
whole file. Out: members to a Sink. An entry that is not listed is given with its content, an entry listed as a folder
too if it has some. Bytes that belong to no entry are given if they are a file of a type that can be told.
Limits: ENTRIES local headers are looked at, `member_bytes` of each.
APPNOTE 4.3.7, 4.4.5.

Not here: what the directory leads to (archive.py), names (zipnames.py).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.message.carve import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink
from bartizan.unpack.zipnames import END, LOCAL, Listed, decoded, directory

ENTRIES = 10_000
CHUNK = 64 * 1024
STORED, DEFLATED = 0, 8
ENCRYPTED = 1
SMALL = 32
"""Bytes between entries that can be descriptors, padding, or records of the format."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a local header says: where its content begins, and how it is packed; `size` packed bytes, 0: not told."""

    name: bytes
    flags: int
    method: int
    start: int
    size: int


def give_rest(packed: bytes, sink: Sink, limits: Limits) -> bool:
    """Give everything that the directory does not lead to. False: the sink said stop."""
    listed, table, end = directory(packed, limits.members)
    if not listed:
        return True
    used = [(table, end)]
    for one in listed:
        entry = _entry(packed, one.local)
        stop = one.local + 30 if entry is None else entry.start + one.size
        used.append((one.local, stop))
        if entry is not None and _is_full_folder(packed, one, entry) and not _give(packed, entry, stop, sink, limits):
            return False
    return all(_give_range(packed, start, stop, sink, limits) for start, stop in _between(used, len(packed)))


def _is_full_folder(packed: bytes, listed: Listed, entry: Entry) -> bool:
    """Is it a folder by its name, with content all the same?"""
    if not listed.size or not listed.name.endswith((b"/", b"\\")):
        return False
    if entry.method != DEFLATED or entry.flags & ENCRYPTED:
        return True
    try:
        return zlib.decompressobj(-15).decompress(packed[entry.start : entry.start + CHUNK], 1) != b""
    except zlib.error:
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


def _give_range(packed: bytes, start: int, stop: int, sink: Sink, limits: Limits) -> bool:
    """The entries in a range, else the file that it is."""
    at = start
    some = False
    for _ in range(ENTRIES):
        at = packed.find(LOCAL, at, stop)
        if at < 0:
            break
        entry = _entry(packed, at)
        at += 4
        if entry is None:
            continue
        some = True
        if not _give(packed, entry, stop, sink, limits):
            return False
        at = max(at, min(stop, entry.start + entry.size))
    content = packed[start:stop].lstrip(b"\0")
    if some or len(content) <= SMALL or not decoded_type(content):
        return True
    return sink.member(()) and sink.data(content[: limits.member_bytes])


def _entry(packed: bytes, at: int) -> Entry | None:
    """The local header at `at`, if there is one."""
    if packed[at : at + 4] != LOCAL or at + 30 > len(packed):
        return None
    _, flags, method, _, _, _, size, _, name, extra = struct.unpack_from("<5H3I2H", packed, at + 4)
    start = at + 30 + name + extra
    if start > len(packed) or method > 99:
        return None
    return Entry(packed[at + 30 : at + 30 + name], flags, method, start, size if size < 0xFFFFFFFF else 0)


def _give(packed: bytes, entry: Entry, stop: int, sink: Sink, limits: Limits) -> bool:
    """One entry with its content, which ends before `stop`."""
    if not sink.member((decoded(entry.name).rstrip("/\\"),)):
        return False
    if entry.flags & ENCRYPTED:
        sink.gap(Reason.ENCRYPTED, "encrypted entry that the directory does not list")
        return True
    if entry.method == STORED:
        size = entry.size or _next_mark(packed, entry.start, stop) - entry.start
        return sink.data(packed[entry.start : min(stop, entry.start + size)][: limits.member_bytes])
    if entry.method != DEFLATED:
        sink.gap(Reason.UNREADABLE, "entry that the directory does not list, of a method that is not read")
        return True
    return _inflate(packed, entry.start, stop, sink, limits)


def _next_mark(packed: bytes, start: int, stop: int) -> int:
    found = [at for at in (packed.find(mark, start, stop) for mark in (LOCAL, END, b"PK\1\2", b"PK\7\x08")) if at >= 0]
    return min(found, default=stop)


def _inflate(packed: bytes, at: int, stop: int, sink: Sink, limits: Limits) -> bool:
    inflater = zlib.decompressobj(-15)
    size = 0
    while not inflater.eof:
        chunk = inflater.unconsumed_tail or packed[at : min(stop, at + CHUNK)]
        at += 0 if inflater.unconsumed_tail else len(chunk)
        try:
            content = inflater.decompress(chunk, CHUNK)
        except zlib.error as error:
            sink.gap(Reason.UNREADABLE, f"damaged entry that the directory does not list: {error}")
            return True
        if not chunk and not content:
            sink.gap(Reason.UNREADABLE, "entry that the directory does not list is cut off")
            return True
        if size + len(content) > limits.member_bytes:
            sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {limits.member_bytes} bytes")
            return True
        size += len(content)
        if content and not sink.data(content):
            return False
    return True
