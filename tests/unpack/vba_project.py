"""Writes VBA projects for the tests: compressed containers and a listing (MS-OVBA 2.4.1.3, 2.3.4.2)."""

from __future__ import annotations

import struct

CACHE = b"compiled code of a module"


def compressed(data: bytes) -> bytes:
    """A compressed container: for each chunk a reference wherever the last 64 bytes hold three that come next."""
    out = bytearray(b"\1")
    for start in range(0, len(data), 4096):
        chunk = data[start : start + 4096]
        body = _chunk(chunk)
        out += struct.pack("<H", 0xB000 | len(body) - 1) + body
    return bytes(out)


def _chunk(chunk: bytes) -> bytes:
    body = bytearray()
    at = 0
    while at < len(chunk):
        flags, group = 0, bytearray()
        for bit in range(8):
            if at >= len(chunk):
                break
            back, length = _match(chunk, at)
            if length < 3:
                group.append(chunk[at])
                at += 1
                continue
            bits = max((at - 1).bit_length(), 4)
            flags |= 1 << bit
            group += struct.pack("<H", back - 1 << 16 - bits | length - 3)
            at += length
        body += bytes([flags]) + group
    return bytes(body)


def _match(chunk: bytes, at: int) -> tuple[int, int]:
    """How far back the longest run of at most eight bytes that come next begins, among the last 96."""
    for length in range(8, 2, -1):
        if at + length <= len(chunk):
            found = chunk.rfind(chunk[at : at + length], max(0, at - 96), at + length - 1)
            if 0 <= found < at:
                return at - found, length
    return 0, 0


def project(module: str, source: bytes) -> dict[str, bytes]:
    """The streams of a VBA storage with one module."""

    def record(kind: int, value: bytes) -> bytes:
        return struct.pack("<HI", kind, len(value)) + value

    name, wide = module.encode("latin-1"), module.encode("utf-16-le")
    listing = record(1, struct.pack("<I", 3)) + struct.pack("<HIIH", 9, 4, 1, 1)
    listing += record(0x0F, struct.pack("<H", 1)) + record(0x13, struct.pack("<H", 0xFFFF))
    listing += record(0x19, name) + record(0x47, wide) + record(0x1A, name) + record(0x32, wide)
    listing += record(0x31, struct.pack("<I", len(CACHE))) + record(0x21, b"") + record(0x2B, b"") + record(0x10, b"")
    return {"dir": compressed(listing), module: CACHE + compressed(source), "_VBA_PROJECT": b"\xcc\x61\xff\xff\0\0\0"}
