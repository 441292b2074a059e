"""Which of some passwords open a zip: those that fit one of its encrypted entries.

In: the whole file and passwords to try. Out: the passwords that fit, as bytes, with what they were given as. Both
ciphers: the traditional one (APPNOTE 6.1), whose single byte to check by would let one wrong password in 256 pass, so
that what it decrypts must also inflate or have the right checksum; and AES as WinZip defined it (AE-1 and AE-2), whose
key is checked by two bytes here and by its authentication code when it is read. Never raises.

Limits: ENTRIES entries are tried, KEYS passwords may fit; TRIES keys of AES are derived, PEEKED bytes are decrypted by
the traditional cipher. What is left untried stays encrypted.
Known gaps: entries that only their local header tells of, where there is a directory; strong encryption (APPNOTE 7).
Not here: reading the entries (archive.py).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.model.limits import KIB
from bartizan.unpack.zipnames import LOCAL, directory

ENTRIES = 100
KEYS = 4
TRIES = 600
PEEKED = 512 * KIB
PEEK = 4 * KIB
ENCRYPTED, DESCRIPTOR, STRONG = 1, 8, 64
STORED, DEFLATED, AES = 0, 8, 99
AES_FIELD = 0x9901
HEADER = 12
ROUNDS = 1000

_TABLE = tuple(zlib.crc32(bytes((byte,)), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))


@dataclass(frozen=True, slots=True)
class Key:
    """A password that fits: as it was given, and as it was encoded."""

    password: str
    encoded: bytes


@dataclass(frozen=True, slots=True)
class _Entry:
    """An encrypted entry: how it is packed, the bytes that tell a password, and its content."""

    method: int
    strength: int
    checks: frozenset[int]
    crc: int
    content: bytes


def fitting(packed: bytes, passwords: tuple[str, ...]) -> tuple[Key, ...]:
    """The passwords that fit."""
    return _Search(passwords).keys(packed) if passwords else ()


class _Search:
    """The tries in one zip: `tries` and `peeked` are what is left of the limits."""

    __slots__ = ("candidates", "found", "peeked", "tries")

    def __init__(self, passwords: tuple[str, ...]) -> None:
        self.candidates = [Key(password, raw) for password in passwords for raw in _encoded(password)]
        self.found: dict[Key, None] = {}
        self.tries = TRIES
        self.peeked = PEEKED

    def keys(self, packed: bytes) -> tuple[Key, ...]:
        for entry in _entries(packed):
            if not any(self._fits(entry, key) for key in self.found):
                key = next((key for key in self.candidates if self._fits(entry, key)), None)
                if key is not None:
                    self.found[key] = None
            if len(self.found) == KEYS:
                break
        return tuple(self.found)

    def _fits(self, entry: _Entry, key: Key) -> bool:
        return self._fits_aes(entry, key) if entry.strength else self._fits_traditional(entry, key)

    def _fits_aes(self, entry: _Entry, key: Key) -> bool:
        self.tries -= 1
        if self.tries < 0:
            return False
        salt = entry.content[: 4 + 4 * entry.strength]
        size = 2 * (8 + 8 * entry.strength) + 2
        derived = hashlib.pbkdf2_hmac("sha1", key.encoded, salt, ROUNDS, size)
        return derived[-2:] == entry.content[len(salt) : len(salt) + 2]

    def _fits_traditional(self, entry: _Entry, key: Key) -> bool:
        cipher = _Cipher(key.encoded)
        if cipher.decrypt(entry.content[:HEADER])[-1] not in entry.checks:
            return False
        whole = entry.method == STORED
        content = entry.content[HEADER:] if whole else entry.content[HEADER : HEADER + PEEK]
        self.peeked -= len(content)
        if self.peeked < 0:
            return False
        plain = cipher.decrypt(content)
        if whole:
            return zlib.crc32(plain) == entry.crc
        if entry.method != DEFLATED:
            return True
        inflater = zlib.decompressobj(-15)
        try:
            inflated = inflater.decompress(plain, 16 * PEEK)
        except zlib.error:
            return False
        return not inflater.eof or zlib.crc32(inflated) == entry.crc


class _Cipher:
    """The traditional cipher."""

    __slots__ = ("keys",)

    def __init__(self, password: bytes) -> None:
        self.keys = (0x12345678, 0x23456789, 0x34567890)
        for byte in password:
            self._update(byte)

    def _update(self, byte: int) -> None:
        first, second, third = self.keys
        first = first >> 8 ^ _TABLE[(first ^ byte) & 0xFF]
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self.keys = first, second, third >> 8 ^ _TABLE[(third ^ second >> 24) & 0xFF]

    def decrypt(self, content: bytes) -> bytes:
        """More of what was encrypted."""
        plain = bytearray()
        for byte in content:
            part = self.keys[2] | 2
            byte ^= part * (part ^ 1) >> 8 & 0xFF
            self._update(byte)
            plain.append(byte)
        return bytes(plain)


def _encoded(password: str) -> Iterator[bytes]:
    """A password in the encodings that programs use."""
    seen: set[bytes] = set()
    for encoding in ("utf-8",) if password.isascii() else ("utf-8", "cp1252", "cp437"):
        try:
            raw = password.encode(encoding)
        except UnicodeEncodeError:
            continue
        if raw not in seen and b"\0" not in raw:
            seen.add(raw)
            yield raw


def _entries(packed: bytes) -> Iterator[_Entry]:
    """The first ENTRIES encrypted entries, small ones first: their wrong passwords cost least."""
    found: list[_Entry] = []
    for at, header in _locals(packed):
        entry = _entry(packed, at, header)
        if entry is not None:
            found.append(entry)
            if len(found) == ENTRIES:
                break
    found.sort(key=lambda entry: len(entry.content))
    yield from found


def _locals(packed: bytes) -> Iterator[tuple[int, int]]:
    """The offsets of local headers and of what the directory says about each (-1 without a directory)."""
    listed = directory(packed, 10 * ENTRIES).listed
    if listed:
        yield from ((entry.local, entry.header) for entry in listed)
        return
    at = -1
    for _ in range(10 * ENTRIES):
        at = packed.find(LOCAL, at + 1)
        if at < 0:
            return
        yield at, -1


def _entry(packed: bytes, at: int, header: int) -> _Entry | None:
    """The entry whose local header is at `at`; None if it is not encrypted, or not by a password."""
    if packed[at : at + 4] != LOCAL or at + 30 > len(packed):
        return None
    flags, method, minutes, _, crc, size, _, name, extra = struct.unpack_from("<4H3I2H", packed, at + 6)
    if header >= 0:
        crc, size = struct.unpack_from("<II", packed, header + 16)
    if not flags & ENCRYPTED or flags & STRONG:
        return None
    start = at + 30 + name + extra
    end = start + size if 0 < size < 0xFFFFFFFF else len(packed)
    strength = 0
    if method == AES:
        strength = _strength(packed[start - extra : start])
        if not strength:
            return None
    content = packed[start : min(end, start + (PEEKED if method == STORED else HEADER + PEEK))]
    if len(content) < 18 if strength else len(content) < HEADER:
        return None
    checks = frozenset((crc >> 24, minutes >> 8))
    return _Entry(method, strength, checks, crc, content)


def _strength(extra: bytes) -> int:
    """1, 2 or 3 for AES of 128, 192 or 256 bits, as the field of an entry says; 0 without one."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        if kind == AES_FIELD and size >= 7 and at + 11 <= len(extra) and extra[at + 8] in (1, 2, 3):
            return extra[at + 8]
        at += 4 + size
    return 0
