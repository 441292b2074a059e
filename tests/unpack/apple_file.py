"""Builds AppleSingle, AppleDouble and MacBinary files for the tests."""

from __future__ import annotations

import binascii

SINGLE, DOUBLE = 0x00051600, 0x00051607


def apple(magic: int, *entries: tuple[int, bytes]) -> bytes:
    """A file of entries, each an identifier and its content."""
    at = 26 + 12 * len(entries)
    table = contents = b""
    for id, content in entries:
        table += id.to_bytes(4) + at.to_bytes(4) + len(content).to_bytes(4)
        contents += content
        at += len(content)
    return magic.to_bytes(4) + b"\0\2\0\0" + bytes(16) + len(entries).to_bytes(2) + table + contents


def filled(content: bytes) -> bytes:
    """Up to the next 128."""
    return content + bytes(-len(content) % 128)


def macbinary(name: bytes, data: bytes, resource: bytes = b"", version: int = 3, comment: bytes = b"") -> bytes:
    """A file of one of the three versions."""
    header = bytearray(128)
    header[1] = len(name)
    header[2 : 2 + len(name)] = name
    header[65:73] = b"TEXTttxt"
    header[83:91] = len(data).to_bytes(4) + len(resource).to_bytes(4)
    if version > 1:
        header[122:124] = bytes([127 + version, 129])
        header[124:126] = binascii.crc_hqx(bytes(header[:124]), 0).to_bytes(2)
    return bytes(header) + filled(data) + filled(resource) + comment
