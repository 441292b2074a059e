"""Source text of VBA projects: decompression and the list of modules (MS-OVBA 2.4.1, 2.3.4.2).

In: the bytes of streams. Out: source text, as bytes in the project's code page. Never raises. A module's source begins
where the project's list says; sources found elsewhere in its stream, by how they begin, count as well, since what the
list says may be made to lead away from them.

Limits: the caller's number of bytes for all that is decompressed (the loop is Python's), SOURCES sources of a module.
Known gaps: compiled code, which Office may run in place of a source that says something else; Excel 5 modules.
Not here: what macros do (detect/macros.py), whether they are welcome (policy).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CHUNK = 4096
SOURCES = 8
STREAM_NAME, STREAM_NAME_WIDE, OFFSET, VERSION = 0x1A, 0x32, 0x31, 0x09
COMPILED = b"\x01\x16"
"""How the compiled code of a module begins."""

_BEGINNING = re.compile(rb"\x01.[\xb0-\xbf]\0Attribut", re.DOTALL)
"""A container, its first chunk, a flag byte and eight literals of `Attribute`."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source text of a module, and whether it could be decompressed to its end."""

    text: bytes
    whole: bool


def decompress(data: bytes, at: int, most: int) -> Source:
    """The content of the compressed container at `at`, `most` bytes at most, not whole where it has more."""
    out = bytearray()
    if data[at : at + 1] != b"\1":
        return Source(b"", whole=False)
    at += 1
    while at < len(data):
        header = int.from_bytes(data[at : at + 2], "little")
        if header >> 12 & 7 != 3 or len(out) > most:
            return Source(bytes(out[:most]), whole=False)
        end = min(at + (header & 0xFFF) + 3, len(data))
        if not header & 0x8000:
            end = at + 2 + CHUNK
            out += data[at + 2 : end]
        elif not _chunk(data, at + 2, end, out):
            return Source(bytes(out[:most]), whole=False)
        at = end
    return Source(bytes(out[:most]), len(out) <= most)


def _chunk(data: bytes, at: int, end: int, out: bytearray) -> bool:
    """Append one compressed chunk to `out`; False if it refers to what is not there or is too long."""
    start = len(out)
    while at < end:
        flags = data[at]
        at += 1
        if not flags:
            out += data[at : min(at + 8, end)]
            at += 8
            continue
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            token = int.from_bytes(data[at : min(at + 2, end)], "little")
            at += 2
            done = len(out) - start
            bits = max((done - 1).bit_length(), 4) if done else 4
            length = (token & 0xFFFF >> bits) + 3
            back = (token >> 16 - bits) + 1
            if back > done:
                return False
            piece = out[len(out) - back : len(out) - back + length]
            out += (piece * -(-length // len(piece)))[:length]
    whole = len(out) - start <= CHUNK
    del out[start + CHUNK :]
    return whole


def offsets(listing: bytes) -> dict[str, tuple[int, ...]]:
    """Where the sources of the modules may begin in their streams, by the streams' names in lower case.

    `listing` is the decompressed `dir` stream of their project; a name has an 8-bit and a UTF-16 form, both count.
    """
    found: dict[str, tuple[int, ...]] = {}
    names: list[str] = []
    at = 0
    while at + 6 <= len(listing):
        kind = int.from_bytes(listing[at : at + 2], "little")
        size = int.from_bytes(listing[at + 2 : at + 6], "little") if kind != VERSION else 6
        value = listing[at + 6 : at + 6 + size] if kind in (STREAM_NAME, STREAM_NAME_WIDE, OFFSET) else b""
        if kind == STREAM_NAME:
            names = [value.decode("latin-1").lower()]
        elif kind == STREAM_NAME_WIDE:
            names.append(value.decode("utf-16-le", "replace").lower())
        elif kind == OFFSET:
            offset = int.from_bytes(value[:4], "little")
            found.update((name, (*found.get(name, ())[: SOURCES + 1], offset)) for name in names)
        at += 6 + size
    return found


def sources(content: bytes, offsets: Iterable[int], most: int) -> Iterator[Source]:
    """Every source in a module's stream, those at `offsets` first; `most` bytes of all together.

    More than SOURCES of them are one at the end that is not whole.
    """
    starts = dict.fromkeys(offset for offset in offsets if content[offset : offset + 1] == b"\1")
    for found in _BEGINNING.finditer(content):
        if len(starts) > SOURCES:
            break
        starts[found.start()] = None
    for count, start in enumerate(starts):
        source = decompress(content, start, most) if count < SOURCES else Source(b"\n", whole=False)
        most -= len(source.text)
        if source.text or source.whole:
            yield source
