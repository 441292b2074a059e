"""Finds an archive that begins further in than at the first byte, as readers of archives do.

In: any bytes. Out: the first archive that is plausible, its type and offset. A zip counts by its end record with a
directory before it, or by a local header with possible values; others by their mark.
Limits: the first MARKS places of each mark are judged.
Not here: opening it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from bartizan._core.containerkind import prefixed_zip
from bartizan._core.runs import has_low_bytes

MARKS = 10_000
LOCAL = b"PK\3\4"
END = b"PK\5\6"
METHODS = frozenset((0, 1, 6, 8, 9, 12, 14, 93, 94, 95, 96, 97, 98, 99))
OTHERS = (
    (b"Rar!\x1a\7\0", "rar"),
    (b"Rar!\x1a\7\1\0", "rar"),
    (b"7z\xbc\xaf\x27\x1c\0", "7z"),
    (b"MSCF\0\0\0\0", "cab"),
)


@dataclass(frozen=True, slots=True)
class Within:
    """An archive of `type` from offset `at` on; `loose`: only its beginning speaks for it."""

    at: int
    type: str
    loose: bool


def archive_within(data: bytes | memoryview) -> Within | None:
    """The archive inside `data`, which itself begins like none; None without one."""
    if not has_low_bytes(data):
        return None
    whole = data if isinstance(data, bytes) else bytes(data)
    if whole.rfind(END) > 0 and prefixed_zip(memoryview(whole)):
        return Within(0, "zip", False)
    at = _local_header(whole)
    if at >= 0:
        return Within(at, "zip", True)
    found = [(whole.find(mark), type) for mark, type in OTHERS]
    first = min(((at, type) for at, type in found if at > 0), default=None)
    return None if first is None else Within(*first, True)


def _local_header(data: bytes) -> int:
    """Where the first local header of a zip with possible values begins (APPNOTE 4.3.7); -1 for none."""
    at = 0
    for _ in range(MARKS):
        at = data.find(LOCAL, at + 1)
        if at < 0 or at + 30 > len(data):
            return -1
        version, _, method, _, _, _, _, _, name, extra = struct.unpack_from("<5H3I2H", data, at + 4)
        if version & 255 <= 63 and method in METHODS and 0 < name <= 1024 and at + 30 + name + extra < len(data):
            return at
    return -1
