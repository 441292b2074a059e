"""What an archive says about its own completeness, read from its frame: volume of a set, number of entries, emptiness.

libarchive reads what it finds and does not tell what it missed; these few fields of the formats do. A volume that
carries no mark of its own (a file cut in pieces) shows as damage when it is read.

Not here: reading the archive (archive.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

RAR4 = b"Rar!\x1a\x07\x00"
RAR5 = b"Rar!\x1a\x07\x01\x00"
MAIN, FILE, ENCRYPTION = 1, 2, 4
BLOCKS = 10_000
TRAILER = b"TRAILER!!!"


def volume_of(type: str, data: memoryview) -> str:
    """A line for people if `data` is a volume of a set, else ""."""
    match type:
        case "rar":
            found = _rar(bytes(data[:64]))
        case "cab":
            # MS-CAB 2.1: flags at 30, 1 a cabinet comes before, 2 one follows.
            found = len(data) > 32 and bool(data[30] & 3)
        case "zip" | "jar" | "apk":
            # APPNOTE 8.5.4: the marker of a first volume; 4.3.16: number of this disk.
            tail = bytes(data[-65557:])
            at = tail.rfind(b"PK\5\6")
            disk = tail[at + 4 : at + 6] if at >= 0 else b""
            found = bytes(data[:4]) == b"PK\7\x08" or disk not in (b"", b"\0\0", b"\xff\xff")
        case _:
            found = False
    return "one volume of a set" if found else ""


def holds_encrypted(type: str, packed: bytes) -> bool:
    """True if a RAR 5 archive encrypts a file or its own headers; libarchive reports the former as damage."""
    return type == "rar" and any(
        block.kind == ENCRYPTION or (block.kind == FILE and _encrypts(packed, *block.extra))
        for block in _blocks(packed)
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """A RAR 5 block: kind, the flags of a main header, the span of its extra area."""

    kind: int
    archive: int
    extra: tuple[int, int]


def _rar(packed: bytes) -> bool:
    """RAR 4: main header behind the marker, flag 1. RAR 5: main header's archive flags, bit 1."""
    if packed.startswith(RAR4):
        return packed[9:10] == b"\x73" and bool(int.from_bytes(packed[10:11]) & 1)
    return any(block.kind == MAIN and block.archive & 1 for block in islice(_blocks(packed), 1))


def _blocks(packed: bytes) -> Iterator[_Block]:
    """The blocks of a RAR 5 archive (its technical note: general block format), until damage, BLOCKS at most."""
    at = len(RAR5) if packed.startswith(RAR5) else len(packed)
    for _ in range(BLOCKS):
        size, start = _number(packed, at + 4)
        end = start + size
        if start >= len(packed) or end > len(packed):
            return
        kind, at = _number(packed, start)
        flags, at = _number(packed, at)
        extra = content = 0
        if flags & 1:
            extra, at = _number(packed, at)
        if flags & 2:
            content, at = _number(packed, at)
        yield _Block(kind, _number(packed, at)[0], (max(at, end - extra), end))
        at = end + content


def _encrypts(packed: bytes, at: int, end: int) -> bool:
    """Is a file encryption record among the records of an extra area?"""
    while at < end:
        size, start = _number(packed, at)
        kind, _ = _number(packed, start)
        if kind == 1:
            return True
        at = start + max(size, 1)
    return False


def _number(packed: bytes, at: int) -> tuple[int, int]:
    """A RAR 5 number: seven bits a byte, low bits first, high bit set on all but the last; and where it ends."""
    value = shift = 0
    while at < len(packed):
        byte = packed[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return value, at


def listed_entries(packed: bytes) -> int | None:
    """How many entries a zip's end record counts, modulo 65536; None without such a record, and with ZIP64's.

    APPNOTE 4.3.16 (end of central directory record), 4.3.15 (ZIP64 locator).
    """
    at = packed.rfind(b"PK\5\6", max(0, len(packed) - 65557))
    if at < 0 or at + 22 > len(packed) or packed[max(0, at - 20) : at].startswith(b"PK\6\7"):
        return None
    return int.from_bytes(packed[at + 10 : at + 12], "little")


def is_gapless(packed: bytes) -> bool:
    """True if each header of a cpio archive follows the entry before it, up to the trailer; libarchive skips damage."""
    return any(name == TRAILER for name in _cpio_names(packed))


def _cpio_names(packed: bytes) -> Iterator[bytes]:
    """The names in a cpio archive (new ASCII, portable ASCII, old binary of either byte order), until damage."""
    at = 0
    while at < len(packed):
        head = packed[at : at + 110]
        try:
            if head[:6] in (b"070701", b"070702"):
                start, align, name, size = 110, 4, int(head[94:102], 16), int(head[54:62], 16)
            elif head[:6] == b"070707":
                start, align, name, size = 76, 1, int(head[59:65], 8), int(head[65:76], 8)
            else:
                order: Literal["little", "big"] = "little" if head[:2] == b"\xc7\x71" else "big"
                if int.from_bytes(head[:2], order) != 0o070707:
                    return
                name, high, low = (int.from_bytes(head[place : place + 2], order) for place in (20, 22, 24))
                start, align, size = 26, 2, high << 16 | low
        except ValueError:
            return
        if name < 0 or size < 0:  # what int() reads is more than digits
            return
        yield packed[at + start : at + start + name].rstrip(b"\0")
        content = at + start + name
        content += -content % align if align != 4 else -(content - at) % 4
        at = content + size
        at += -at % align if align != 4 else -(at - content) % 4


def is_empty(type: str, packed: bytes) -> bool:
    """True for an archive made of nothing: only the frame that its format demands."""
    match type:
        case "ar":
            return len(packed) == 8
        case "7z":
            return len(packed) == 32
        case "tar":
            return not packed.strip(b"\0")
        case "cpio":
            return next(_cpio_names(packed), None) == TRAILER
        case _:
            return packed.startswith(b"PK\5\6") and len(packed) <= 22 + 65535
