"""Encrypted documents of Word, Excel and PowerPoint before 2007: their streams as they were before a password.

In: the streams that say how a document is encrypted, and passwords to try; later each stream. Out: the right password,
and streams decrypted in place, so that everything stands where it did. RC4 with a 40-bit key and with the CryptoAPI,
and for workbooks XOR (MS-OFFCRYPTO 2.3.5 to 2.3.7; MS-DOC 2.2.6, MS-XLS 2.2.10, MS-PPT 2.3.7). Never raises.

Limits: RECORDS records of a workbook, EDITS edits and PERSISTED objects of a presentation, which may lie in each other:
WORK times its size is decrypted.
Known gaps: XOR of Word and of Excel before 97, pictures of a presentation, properties that are encrypted.
Not here: what the streams hold (ole.py), documents since 2007 (officekeys.py).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from bartizan._core.rc4 import rc4
from bartizan.unpack import officekeys
from bartizan.unpack.officeciphers import DEFAULTS, Api, Basic, cipher, decrypted

RECORDS = 1_000_000
EDITS = 1000
PERSISTED = 20_000
WORK = 4
LONGEST_XOR = 15
CLEAR_OF_WORD = 68
"""Bytes at the beginning of a Word document that are not encrypted."""
FILE_PASS, SHEET = 0x002F, 0x0085
CLEAR = frozenset((0x0809, FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138))
"""Records of a workbook that are not encrypted; of SHEET the first four bytes are not."""
EDIT, DIRECTORY, SESSION = 0x0FF5, 0x1772, 0x2F14


class Lock(Protocol):
    """An opened document. `password` opened it; `whole`: nothing of it stays encrypted."""

    whole: bool

    @property
    def password(self) -> str:
        """What opened it."""

    def plain(self, names: frozenset[str], content: bytes) -> bytes:
        """A stream, known by `names`, as it was."""


@dataclass(slots=True)
class Word:
    """`table`: the name of the stream that begins with `clear` bytes about the encryption."""

    cipher: Basic | Api
    table: str
    clear: int
    whole: bool = True

    @property
    def password(self) -> str:
        """What opened it."""
        return self.cipher.password

    def plain(self, names: frozenset[str], content: bytes) -> bytes:
        """The three streams that are encrypted; others are as they are."""
        if "worddocument" in names:
            plain = content[:CLEAR_OF_WORD] + decrypted(self.cipher, content, 512)[CLEAR_OF_WORD:]
            return plain[:11] + bytes((plain[11] & 0x7E,)) + plain[12:] if len(plain) > 11 else plain
        if self.table in names:
            return content[: self.clear] + decrypted(self.cipher, content, 512)[self.clear :]
        return decrypted(self.cipher, content, 512) if "data" in names else content


@dataclass(slots=True)
class Workbook:
    """`pad`: with which it is obfuscated, instead of a cipher."""

    password: str
    cipher: Basic | Api | None
    pad: bytes = b""
    whole: bool = True

    def plain(self, names: frozenset[str], content: bytes) -> bytes:
        """The records, each where it was; that of the encryption becomes one without a meaning."""
        if not names & {"workbook", "book"}:
            return content
        plain = bytearray(content if self.cipher is None else decrypted(self.cipher, content, 1024))
        at = 0
        for _ in range(RECORDS):
            if at + 4 > len(content):
                return bytes(plain)
            kind, size = struct.unpack_from("<HH", content, at)
            clear = 4 + (size if kind in CLEAR else 4 if kind == SHEET else 0)
            start, stop = at + clear, at + 4 + size
            if self.cipher is None and start < stop:
                plain[start:stop] = _turned(content[start:stop], self.pad, start + size - (4 if kind == SHEET else 0))
            plain[at:start] = content[at:start]
            if kind == FILE_PASS:
                plain[at : at + 2] = b"\0\0"
            at = stop
        self.whole = False
        return bytes(plain[:at])


@dataclass(slots=True)
class Slides:
    """`objects`: number and offset of those that are encrypted, each by a key of its own."""

    cipher: Api
    objects: dict[int, int]
    whole: bool = True

    @property
    def password(self) -> str:
        """What opened it."""
        return self.cipher.password

    def plain(self, names: frozenset[str], content: bytes) -> bytes:
        """The objects of the document, and that it is encrypted no more."""
        if "current user" in names:
            return content[:12] + bytes.fromhex("5fc091e3") + content[16:]
        if "pictures" in names and content.strip(b"\0"):
            self.whole = False
        if "powerpoint document" not in names:
            return content
        plain = bytearray(content)
        spans: list[tuple[int, int]] = []
        work = WORK * len(content)
        for number, at in self.objects.items():
            if content[at + 2 : at + 4] == struct.pack("<H", SESSION):
                continue
            key = self.cipher.key(number)
            stop = at + 8 + int.from_bytes(rc4(key, content[at : at + 8])[4:8], "little")
            work -= max(0, min(stop, len(content)) - at) + 8
            if work < 0:
                break
            plain[at:stop] = rc4(key, content[at:stop])
            spans.append((at, stop))
        # Of two objects that share bytes one is noise now.
        spans.sort()
        apart = all(stop <= at for (_, stop), (at, _) in pairwise([*spans, (len(content), 0)]))
        self.whole = self.whole and apart and work >= 0
        return bytes(plain)


def word(document: bytes, tables: dict[str, bytes], passwords: tuple[str, ...]) -> Word | None:
    """From the beginning of the document, and of the streams that may be its table."""
    if len(document) < 18 or not document[11] & 1 or document[11] & 0x80:
        return None
    table = "1table" if document[11] & 2 else "0table"
    header = tables.get(table, b"")
    found = cipher(header, passwords)
    return None if found is None else Word(found, table, int.from_bytes(document[14:18], "little"))


def workbook(content: bytes, passwords: tuple[str, ...]) -> Workbook | None:
    """From the beginning of a workbook, in which it says that it is encrypted."""
    at = 0
    while at + 4 <= len(content):
        kind, size = struct.unpack_from("<HH", content, at)
        if kind == FILE_PASS:
            return _pass(content[at + 4 : at + 4 + size], passwords)
        at += 4 + size
    return None


def slides(user: bytes, document: bytes, passwords: tuple[str, ...]) -> Slides | None:
    """From both streams of a presentation."""
    objects: dict[int, int] = {}
    session = None
    at = int.from_bytes(user[16:20], "little")
    seen: set[int] = set()
    while at not in seen and len(seen) < EDITS and document[at + 2 : at + 4] == struct.pack("<H", EDIT):
        seen.add(at)
        if len(document) < at + 40:
            break
        size, _, _, last, directory, _, _, _, reference = struct.unpack_from("<9I", document, at + 4)
        if session is None and size >= 0x20:
            session = reference
        for number, offset in _persisted(document, directory):
            objects.setdefault(number, offset)
        if not last or len(objects) > PERSISTED:
            break
        at = last
    start = objects.get(session or 0, len(document))
    size = int.from_bytes(document[start + 4 : start + 8], "little")
    found = cipher(document[start + 8 : start + 8 + size], passwords)
    whole = len(objects) <= PERSISTED and len(seen) < EDITS
    return Slides(found, objects, whole) if isinstance(found, Api) else None


def _persisted(document: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Number and offset of the objects that one directory lists."""
    if document[at + 2 : at + 4] != struct.pack("<H", DIRECTORY):
        return
    end = min(len(document), at + 8 + int.from_bytes(document[at + 4 : at + 8], "little"))
    at += 8
    left = PERSISTED
    while at + 4 <= end and left > 0:
        packed = int.from_bytes(document[at : at + 4], "little")
        first, count = packed & 0xFFFFF, packed >> 20
        at += 4
        left -= 1 + count
        for number in range(min(count, (end - at) // 4)):
            yield first + number, int.from_bytes(document[at + 4 * number : at + 4 * number + 4], "little")
        at += 4 * count


def _pass(record: bytes, passwords: tuple[str, ...]) -> Workbook | None:
    """From the record of the encryption."""
    if record[:2] == b"\1\0":
        found = cipher(record[2:], passwords)
        return None if found is None else Workbook(found.password, found)
    if record[:2] != b"\0\0" or len(record) != 6:
        return None
    verifier = int.from_bytes(record[4:6], "little")
    for password in (*DEFAULTS, *passwords):
        if 0 < len(password) <= LONGEST_XOR and password.isascii() and officekeys.is_xor(password, verifier):
            return Workbook(password, None, officekeys.xor_pad(password))
    return None


def _turned(content: bytes, pad: bytes, at: int) -> bytes:
    """Content of a record whose bytes were turned and combined with a pad, of which `at` tells the first byte."""
    at %= len(pad)
    whole = (pad[at:] + pad[:at]) * (len(content) // len(pad) + 1)
    mixed = int.from_bytes(content, "little") ^ int.from_bytes(whole[: len(content)], "little")
    return mixed.to_bytes(len(content), "little").translate(_TURNED)


_TURNED = bytes((byte >> 5 | byte << 3) & 0xFF for byte in range(256))
