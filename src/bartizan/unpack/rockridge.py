"""What Rock Ridge adds to a record of an ISO 9660 directory: the name that it has in Unix (SUSP 1.12, RRIP 1.12).

In: the system use area of a record, and the image. Out: the name, where the directory is that was moved, whether the
content is compressed. Never raises. An area goes on elsewhere, AREAS times at most.
Not here: the records (iso.py).
"""

from __future__ import annotations

from dataclasses import dataclass

AREAS = 50
SECTOR = 2048


@dataclass(slots=True)
class Extras:
    """`moved`: the block of the directory that stands in the record's place, 0 for none; `whole`: all areas were
    read."""

    name: bytes = b""
    moved: int = 0
    packed: bool = False
    whole: bool = True


def extras(area: bytes, data: memoryview, block: int) -> Extras:
    """What is said of one record; `block`: bytes of a block."""
    found = Extras()
    for _ in range(AREAS):
        more = _entries(area, found)
        if more is None:
            return found
        start, offset, length = more
        area = bytes(data[start * block + offset :][: min(length, SECTOR)])
        if not area:
            break
    found.whole = False
    return found


def _entries(area: bytes, found: Extras) -> tuple[int, int, int] | None:
    """The entries of one area, and where it goes on: block, offset, length."""
    more = None
    at = 0
    while at + 4 <= len(area):
        mark, size = area[at : at + 2], area[at + 2]
        if size < 4:
            # Some writers leave a byte to round up, or begin behind bytes of others.
            at += 1
            continue
        entry = area[at : at + size]
        if mark == b"NM" and len(entry) > 5:
            found.name += entry[5:]
        elif mark == b"CL" and len(entry) >= 8:
            found.moved = int.from_bytes(entry[4:8], "little")
        elif mark == b"ZF":
            found.packed = True
        elif mark == b"CE" and len(entry) >= 28:
            more = (
                int.from_bytes(entry[4:8], "little"),
                int.from_bytes(entry[12:16], "little"),
                int.from_bytes(entry[20:24], "little"),
            )
        elif mark == b"ST":
            break
        elif not mark.isalnum():
            at += 1
            continue
        at += size
    return more
