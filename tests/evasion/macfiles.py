"""Files as Macintosh programs send them: BinHex, AppleSingle, AppleDouble, MacBinary (RFC 1740, 1741)."""

from __future__ import annotations

import binascii
import struct

LETTERS = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"
INTRODUCTION = b"(This file must be converted with BinHex 4.0)\r\n\r\n"


def _crc(data: bytes) -> bytes:
    return struct.pack(">H", binascii.crc_hqx(data + b"\0\0", 0))


def binhex(data: bytes, label: bytes = b"note.zip", fork: bytes = b"", *, introduction: bytes = INTRODUCTION) -> bytes:
    """A file in BinHex 4: `data` and a resource fork, runs not compressed."""
    head = bytes([len(label)]) + label + b"\0????????\0\0" + struct.pack(">II", len(data), len(fork))
    whole = (head + _crc(head) + data + _crc(data) + fork + _crc(fork)).replace(b"\x90", b"\x90\0")
    bits = "".join(f"{byte:08b}" for byte in whole)
    bits += "0" * (-len(bits) % 6)
    flat = b":" + bytes(LETTERS[int(bits[at : at + 6], 2)] for at in range(0, len(bits), 6)) + b":"
    return introduction + b"".join(flat[at : at + 64] + b"\r\n" for at in range(0, len(flat), 64))


def applefile(magic: int, *entries: tuple[int, bytes]) -> bytes:
    """AppleSingle (0x51600) or AppleDouble (0x51607): entries by their number; 1 data, 2 resources, 3 the name."""
    at = 26 + 12 * len(entries)
    table, content = b"", b""
    for number, data in entries:
        table += struct.pack(">III", number, at + len(content), len(data))
        content += data
    return struct.pack(">II", magic, 0x20000) + bytes(16) + struct.pack(">H", len(entries)) + table + content


def single(data: bytes, label: bytes = b"note.zip", fork: bytes = b"") -> bytes:
    """A file with everything in it."""
    return applefile(0x51600, (3, label), (9, bytes(32)), (2, fork), (1, data))


def double(label: bytes = b"note.zip", fork: bytes = bytes(100)) -> bytes:
    """What belongs to a file whose data is elsewhere."""
    return applefile(0x51607, (3, label), (9, bytes(32)), (2, fork))


def macbinary(data: bytes, label: bytes = b"note.zip", fork: bytes = b"", version: int = 2) -> bytes:
    """MacBinary: a header of 128 bytes, both forks, each to a whole 128 bytes."""
    head = b"\0" + bytes([len(label)]) + label.ljust(63, b"\0") + b"????????" + bytes(10)
    head += struct.pack(">II", len(data), len(fork)) + bytes(11)
    head += (b"mBIN" if version == 3 else bytes(4)) + bytes(16)
    if version > 1:
        head = head.ljust(122, b"\0") + bytes([127 + version, 129])
        head += struct.pack(">H", binascii.crc_hqx(head, 0))
    return head.ljust(128, b"\0") + b"".join(part + bytes(-len(part) % 128) for part in (data, fork))
