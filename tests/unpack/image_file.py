"""Writes disk images of ISO 9660 for the tests, record by record."""

from __future__ import annotations

import struct

SECTOR = 2048


def record(name: bytes, block: int, size: int, flags: int = 0) -> bytes:
    """A record of a directory."""
    head = struct.pack("<BBI4sI4s7sBBB4s", 0, 0, block, bytes(4), size, bytes(4), bytes(7), flags, 0, 0, bytes(4))
    whole = head + bytes((len(name),)) + name + bytes(1 - len(name) % 2)
    return (
        bytes((len(whole),))
        + whole[1:2]
        + whole[2:6]
        + struct.pack(">I", block)
        + whole[10:14]
        + struct.pack(">I", size)
        + whole[18:]
    )


def sectors(records: list[bytes]) -> bytes:
    """Records, none of which leaves its sector."""
    out = bytearray()
    for one in records:
        if len(out) % SECTOR + len(one) > SECTOR:
            out += bytes(-len(out) % SECTOR)
        out += one
    return bytes(out) + bytes(-len(out) % SECTOR)


def crafted(records: list[bytes], rest: bytes) -> bytes:
    """An image with these records in its root, which is sector 18, and what follows."""
    root = sectors([record(b"\0", 18, SECTOR, 2), record(b"\1", 18, SECTOR, 2), *records])
    descriptor = b"\1CD001\1".ljust(156, b"\0") + record(b"\0", 18, len(root), 2)
    return bytes(16 * SECTOR) + descriptor.ljust(SECTOR, b"\0") + b"\xffCD001\1".ljust(SECTOR, b"\0") + root + rest
