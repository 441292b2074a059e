"""Builds yEnc files for the tests."""

from __future__ import annotations

import zlib


def encoded(data: bytes, width: int = 128) -> bytes:
    """Lines of about `width` characters."""
    pieces = [
        bytes([c]) if (c := (byte + 42) % 256) not in b"\0\n\r=" else bytes([61, (c + 64) % 256]) for byte in data
    ]
    lines: list[bytes] = [b""]
    for piece in pieces:
        if len(lines[-1]) >= width:
            lines.append(b"")
        lines[-1] += b"=n" if piece == b"." and not lines[-1] else piece
    return b"".join(line + b"\r\n" for line in lines)


def yenc(name: bytes, data: bytes) -> bytes:
    """A whole file."""
    size = b"%d" % len(data)
    head = b"=ybegin line=128 size=" + size + b" name=" + name + b"\r\n"
    return head + encoded(data) + b"=yend size=" + size + b" crc32=%08x\r\n" % zlib.crc32(data)


def part(name: bytes, data: bytes, number: int, begin: int, size: int) -> bytes:
    """A part of a file: `data`, of which the first byte is the file's byte `begin`."""
    head = b"=ybegin part=%d line=128 size=%d name=" % (number, size) + name + b"\r\n"
    span = b"=ypart begin=%d end=%d\r\n" % (begin, begin + len(data) - 1)
    return (
        head + span + encoded(data) + b"=yend size=%d part=%d pcrc32=%08X\r\n" % (len(data), number, zlib.crc32(data))
    )
