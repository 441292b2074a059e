"""Builds BinHex files for the tests."""

from __future__ import annotations

import base64
import binascii
import re

LINE = b"(This file must be converted with BinHex 4.0)\n"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def shortened(data: bytes) -> bytes:
    """Runs of four and more as 0x90 and a count, 0x90 itself as 0x90 and zero."""
    return re.sub(
        rb"([^\x90])\1{3,254}|\x90",
        lambda run: run[1] + b"\x90" + bytes([len(run[0])]) if run[1] else b"\x90\0",
        data,
        flags=re.DOTALL,
    )


def digits(data: bytes) -> bytes:
    """Six bits a character, lines of 64 the first of which has the colon."""
    encoded = b":" + base64.b64encode(data).rstrip(b"=").translate(bytes.maketrans(_BASE64, _ALPHABET)) + b":"
    return b"\n".join(encoded[at : at + 64] for at in range(0, len(encoded), 64)) + b"\n"


def summed(data: bytes) -> bytes:
    """Bytes with their checksum."""
    return data + binascii.crc_hqx(data, 0).to_bytes(2)


def forks(name: bytes, data: bytes, resource: bytes = b"") -> bytes:
    """Header and forks."""
    sizes = len(data).to_bytes(4) + len(resource).to_bytes(4)
    header = bytes([len(name)]) + name + b"\0" + b"TEXTttxt" + b"\0\0" + sizes
    return summed(header) + summed(data) + summed(resource)


def binhex(name: bytes, data: bytes, resource: bytes = b"") -> bytes:
    """A file."""
    return LINE + digits(shortened(forks(name, data, resource)))
