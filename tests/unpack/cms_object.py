"""Builds CMS objects for the tests, in DER, or in BER with values that have no length."""

from __future__ import annotations

import zlib

PKCS7 = bytes.fromhex("2a864886f70d0107")
SMIME = bytes.fromhex("2a864886f70d01091001")
DATA, SIGNED, ENVELOPED, DIGESTED = (PKCS7 + bytes([n]) for n in (1, 2, 3, 5))
AUTHENTICATED, COMPRESSED = SMIME + b"\2", SMIME + b"\x09"


def value(tag: int, *content: bytes) -> bytes:
    """With its length."""
    joined = b"".join(content)
    size = len(joined)
    length = bytes([size]) if size < 128 else bytes([0x84]) + size.to_bytes(4)
    return bytes([tag]) + length + joined


def endless(tag: int, *content: bytes) -> bytes:
    """With a mark at its end."""
    return bytes([tag, 0x80]) + b"".join(content) + b"\0\0"


def pieces(content: bytes, size: int = 10) -> bytes:
    """A string of strings of `size`, some of them in another."""
    parts = [value(4, content[at : at + size]) for at in range(0, len(content), size)]
    return endless(0x24, *parts[::2][:0], *(endless(0x24, part) if n % 3 else part for n, part in enumerate(parts)))


def wrapped(kind: bytes, content: bytes, ber: bool = False) -> bytes:
    """The outer object."""
    make = endless if ber else value
    return make(0x30, value(6, kind), make(0xA0, content))


def signed(content: bytes | None, ber: bool = False, kind: bytes = DATA) -> bytes:
    """Signed data around `content` (None: detached), without signers, with something like a certificate."""
    make = endless if ber else value
    octets = b"" if content is None else make(0xA0, pieces(content) if ber else value(4, content))
    inner = make(0x30, value(6, kind), octets)
    return wrapped(
        SIGNED, make(0x30, value(2, b"\1"), value(0x31), inner, value(0xA0, value(4, b"cert")), value(0x31)), ber
    )


def compressed(content: bytes, ber: bool = False) -> bytes:
    """Compressed data."""
    make = endless if ber else value
    packed = zlib.compress(content)
    algorithm = value(0x30, value(6, SMIME[:-1] + b"\3\x08"))
    inner = make(0x30, value(6, DATA), make(0xA0, pieces(packed) if ber else value(4, packed)))
    return wrapped(COMPRESSED, make(0x30, value(2, b"\0"), algorithm, inner), ber)
