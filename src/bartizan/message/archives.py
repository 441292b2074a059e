"""Finds an archive that begins further in than at the first byte, as readers of archives do.

In: any bytes. Out: the first archive that is plausible, its type and offset. A zip counts by its end record with a
directory before it, or by a local header with possible values; others by their mark. Linear.
Not here: opening it.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

from bartizan._core.containerkind import prefixed_zip
from bartizan._core.marks import find_mark, has_low_bytes

END = b"PK\5\6"
OTHERS = (
    (b"Rar!\x1a\7\0", "rar"),
    (b"Rar!\x1a\7\1\0", "rar"),
    (b"7z\xbc\xaf\x27\x1c\0", "7z"),
    (b"MSCF\0\0\0\0", "cab"),
)

# A local header (APPNOTE 4.3.7) with a version up to 6.3, a method that there is, a name of 1 to 1024 bytes.
_LOCAL = re.compile(
    rb"PK\x03\x04[\x00-\x3f].{3}[\x00\x01\x06\x08\x09\x0c\x0e\x5d-\x63]\x00.{16}"
    rb"(?:[^\x00]\x00|.[\x01-\x03]|\x00\x04)",
    re.DOTALL,
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
    if find_mark(data, END, 1) > 0 and prefixed_zip(memoryview(data)):
        return Within(0, "zip", False)
    at = _local_header(data)
    if at >= 0:
        return Within(at, "zip", True)
    found = [(find_mark(data, mark, 1), type) for mark, type in OTHERS]
    first = min(((at, type) for at, type in found if at > 0), default=None)
    return None if first is None else Within(*first, True)


def _local_header(data: bytes | memoryview) -> int:
    """Where the first local header of a zip with possible values begins; -1 for none."""
    at = 0
    # One whose lengths lead out of the data is passed over: the last 64 KiB have few.
    while (found := _LOCAL.search(data, at + 1)) is not None:
        at = found.start()
        if at + 30 <= len(data) and at + 30 + sum(struct.unpack_from("<HH", data, at + 26)) < len(data):
            return at
    return -1
