"""The ciphers of binary Office documents, and which password is the right one (MS-OFFCRYPTO 2.3.5 and 2.3.6).

In: an encryption header, as it stands in a document, and passwords to try. Out: the keys of its blocks. RC4 with a
40-bit key, and that of the CryptoAPI. The constants that Excel and PowerPoint try by themselves come first.

Not here: what is encrypted (officelocks.py).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan._core.rc4 import rc4
from bartizan.unpack import officekeys

DEFAULTS = (officekeys.DEFAULT, "/01Hannes Ruescher/01")
RC4_CIPHER = 0x6801


@dataclass(frozen=True, slots=True)
class Basic:
    """RC4 with the 40 bits that MD5 makes (2.3.6.2)."""

    password: str
    salt: bytes

    def key(self, block: int) -> bytes:
        """The key of a block."""
        short = _md5(self.password.encode("utf-16-le"))[:5]
        return _md5(_md5((short + self.salt) * 16)[:5] + struct.pack("<I", block))


@dataclass(frozen=True, slots=True)
class Api:
    """RC4 of the CryptoAPI, with SHA-1 (2.3.5.2)."""

    password: str
    salt: bytes
    size: int

    def key(self, block: int) -> bytes:
        """The key of a block."""
        first = _sha1(self.salt + self.password.encode("utf-16-le"))
        made = _sha1(first + struct.pack("<I", block))[: self.size]
        return made.ljust(16, b"\0") if self.size == 5 else made


def cipher(header: bytes, passwords: tuple[str, ...]) -> Basic | Api | None:
    """The cipher of an encryption header, with the first password that its verifier knows."""
    version = header[:4]
    if version == b"\1\0\1\0" and len(header) >= 52:
        salt, verifier, digest = header[4:20], header[20:36], header[36:52]
        tries: Iterator[Basic | Api] = (Basic(password, salt) for password in (*DEFAULTS, *passwords))
        made = _md5
    elif version[2:] == b"\2\0" and version[:2] in (b"\2\0", b"\3\0", b"\4\0") and len(header) >= 12:
        size = int.from_bytes(header[8:12], "little")
        told, rest = header[12 : 12 + size], header[12 + size :]
        bits = int.from_bytes(told[16:20], "little") or 40
        if len(rest) < 60 or bits % 8 or not 40 <= bits <= 128:
            return None
        if int.from_bytes(told[8:12], "little") not in (0, RC4_CIPHER):
            return None
        salt, verifier, digest = rest[4:20], rest[20:36], rest[40:60]
        tries = (Api(password, salt, bits // 8) for password in (*DEFAULTS, *passwords))
        made = _sha1
    else:
        return None
    for found in tries:
        plain = rc4(found.key(0), verifier + digest)
        if made(plain[:16]) == plain[16:]:
            return found
    return None


def decrypted(cipher: Basic | Api, content: bytes, size: int) -> bytes:
    """Content whose blocks have keys of their own."""
    view = memoryview(content)
    return b"".join(rc4(cipher.key(at // size), view[at : at + size]) for at in range(0, len(content), size))


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _sha1(content: bytes) -> bytes:
    return hashlib.sha1(content, usedforsecurity=False).digest()
