"""The directory of a zip, and all names that its entries have: there, in their local headers, in Unicode Path fields.

Programs disagree on which name counts, and libarchive ends a name at its first NUL; whatever name it did not give is
told by this module, so that rules on names see all of them. APPNOTE 4.3.7, 4.3.12, 4.6.9.

Limits: the entries of the last central directory (that of ZIP64, if its end record says so), `limit` of them; a local
header that several lead to is read once. The middle of a name longer than NAME bytes is cut out. FIELDS extra
fields are looked at, which headers that overlap can pass: then the answer is not complete.

Not here: content that the directory does not lead to (ziprest.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

CENTRAL = b"PK\1\2"
LOCAL = b"PK\3\4"
END = b"PK\5\6"
END_64 = b"PK\6\6"
LOCATOR = b"PK\6\7"
WIDE, WIDEST = 0x0001, 0xFFFFFFFF
"""The extra field with what has more than 32 bits (4.5.3), and what stands in the place of such a number."""
ENCRYPTED = 1
UNICODE_PATH = 0x7075
NAME = 4096
NEAR = 16 * 1024
"""Bytes at the end of a zip in which libarchive looks for the end record."""
FIELDS = 200_000

_CONTINUED = bytes(range(0x80, 0xC0))


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of the directory: its name, method, packed size, checksum and size of its content, the offset of its
    local header, the span of its own."""

    name: bytes
    encrypted: bool
    method: int
    size: int
    crc: int
    whole: int
    local: int
    header: int
    extra: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The entries of a directory, the span from it to the end of the zip. `exact`: it stands where every program looks
    for it, and has as many entries and bytes as its end record says."""

    listed: list[Listed]
    start: int
    stop: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Names, each once; `complete`: there are no more."""

    found: tuple[str, ...]
    complete: bool


def names(packed: bytes, limit: int, end: int | None = None) -> Names:
    """Every name, in the order of the directory, directories (which end in a slash) left out; `end`: that of the
    directory whose end record stands there."""
    reader = _Reader(packed)
    found = dict.fromkeys(decoded(cut(raw)) for raw in reader.names(limit, end))
    return Names(tuple(name for name in found if name and not name.endswith("/")), reader.fields >= 0)


def cut(raw: bytes) -> bytes:
    """A name of NAME bytes at most: its end says what a double click does, its beginning is what people see."""
    if len(raw) <= NAME:
        return raw
    # Characters of UTF-8 stay whole.
    front = raw[: NAME // 2]
    for short in (front, front[:-1], front[:-2], front[:-3]):
        with suppress(UnicodeDecodeError):
            short.decode()
            front = short
            break
    return front + raw[-NAME // 2 :].lstrip(_CONTINUED)


def directory(packed: bytes, limit: int, end: int | None = None) -> Directory:
    """The directory with the end record at `end`, the last one if it is None; without one it has no entries and no
    length."""
    if end is None:
        end = packed.rfind(END)
    if end < 0 or end + 22 > len(packed):
        return Directory([], 0, 0, exact=False)
    size, at, base = _table(packed, end)
    # Offsets count from the first byte of the zip, which need not be the first byte of the file.
    shift = base - size - at
    if shift < 0 or packed[at + shift : at + shift + 4] != CENTRAL:
        shift = 0
    at += shift
    start = at
    entries: list[Listed] = []
    for _ in range(limit):
        if at + 46 > len(packed) or packed[at : at + 4] != CENTRAL:
            break
        name, extra, comment = struct.unpack_from("<HHH", packed, at + 28)
        flags, method = struct.unpack_from("<HH", packed, at + 8)
        crc, size, whole = struct.unpack_from("<III", packed, at + 16)
        local = int.from_bytes(packed[at + 42 : at + 46], "little")
        if WIDEST in (size, whole, local):
            field = packed[at + 46 + name : at + 46 + name + extra]
            whole, size, local = _wide(field, (whole, size, local))
        raw = packed[at + 46 : at + 46 + name]
        entries.append(Listed(raw, bool(flags & ENCRYPTED), method, size, crc, whole, local + shift, at, extra))
        at += 46 + name + extra + comment
    count = int.from_bytes(packed[end + 10 : end + 12], "little")
    exact = at == base and count in (len(entries), 0xFFFF) and len(packed) - end < NEAR
    return Directory(entries, start, end + 22 + int.from_bytes(packed[end + 20 : end + 22], "little"), exact)


def _table(packed: bytes, end: int) -> tuple[int, int, int]:
    """Size and offset of the directory, and where it ends if nothing stands between it and its end record."""
    size, at = struct.unpack_from("<II", packed, end + 12)
    if WIDEST in (size, at) and packed[max(0, end - 20) : end - 16] == LOCATOR:
        record = packed.rfind(END_64, 0, end - 20)
        if record >= 0 and record + 56 <= end:
            return (*struct.unpack_from("<QQ", packed, record + 40), record)
    return size, at, end


def _wide(extra: bytes, numbers: tuple[int, int, int]) -> tuple[int, int, int]:
    """Size of the content, packed size and offset, of which those of more than 32 bits stand in an extra field."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == WIDE:
            left = iter(range(at + 4, at + 4 + size, 8))
            told = [
                int.from_bytes(extra[next(left, len(extra)) :][:8], "little") if number == WIDEST else number
                for number in numbers
            ]
            return told[0], told[1], told[2]
        at += 4 + size
    return numbers


class _Reader:
    """The names of one zip; `fields` extra fields may still be looked at."""

    __slots__ = ("fields", "packed")

    def __init__(self, packed: bytes) -> None:
        self.packed = packed
        self.fields = FIELDS

    def names(self, limit: int, end: int | None) -> Iterator[bytes]:
        """As they are, with repetitions."""
        packed = self.packed
        seen: set[int] = set()
        for entry in directory(packed, limit, end).listed:
            yield from self._entry(entry.header + 46, len(entry.name), entry.extra)
            local = entry.local
            if local not in seen and packed[local : local + 4] == LOCAL and local + 30 <= len(packed):
                seen.add(local)
                yield from self._entry(local + 30, *struct.unpack_from("<HH", packed, local + 26))

    def _entry(self, at: int, name: int, extra: int) -> Iterator[bytes]:
        """The name of one header and, if it has one, the name in its Unicode Path field."""
        packed = self.packed
        yield packed[at : at + name]
        at += name
        end = min(at + extra, len(packed))
        while at + 4 <= end and self.fields >= 0:
            self.fields -= 1
            kind, size = struct.unpack_from("<HH", packed, at)
            if kind == UNICODE_PATH and size > 5:
                yield packed[at + 9 : min(at + 4 + size, end)]
            at += 4 + size


def decoded(raw: bytes) -> str:
    """A name as text: UTF-8, else the code page of DOS."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp437")
