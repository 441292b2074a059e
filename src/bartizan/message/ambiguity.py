"""Do two readings of a mail give different attachments? Then no program's reading can be trusted to be the recipient's.

In: what the strict reading found, then other readings one at a time. Out: a sentence, for the first reading that has an
attachment which the strict one has not, or another name for one. A different set of attachments or of their names is
what counts (DESIGN section 4): other texts, other syntax, bytes that some decoder leaves behind a file are none. So a
file of a known type counts by its content, line ends aside, and one that only goes on behind a known file, or stops
short of its end, counts if what is left over is a file again. Names count where a header field announces a part: any of
a part without a known name; else only those whose extension no known name has, since names are read loosely here.
Limit: COMPARED files that begin alike; a mail with more of them is called ambiguous. Linear in the size of what is read
for each of them. Not here: finding the readings (readings), looking at what is in them (walk).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan._core.sniff import sniff
from bartizan.message.carve import TEXTS
from bartizan.message.shredder import Reading

COMPARED = 100
BEGINNING = 16
"""Bytes by which files are told to begin alike."""
SEAM = 64
"""Bytes at the end of a shorter file that may differ: what decoders make of a line of base64 that is none."""

_EXTENSION = re.compile(r"[^.]\.([A-Za-z0-9]{1,12})$")
_CLEAN = re.compile(r"[^\x00-\x1f\";=<>\\]+")


class Ambiguity:
    """The attachments of the strict reading of one mail, and the comparison of other readings with them."""

    __slots__ = ("_contents", "_extensions", "_left", "_names")

    def __init__(self, names: Iterable[str], contents: Iterable[bytes | memoryview]) -> None:
        """`names` are those of all parts, `contents` those of all leaves, decoded."""
        self._names = {_even(name) for name in names}
        self._extensions = {_extension(name) for name in self._names}
        self._contents: dict[bytes, list[bytes]] = {}
        self._left = COMPARED
        for content in contents:
            if _is_file(sniff(content)):
                plain = _plain(content)
                self._contents.setdefault(plain[:BEGINNING], []).append(plain)

    def of(self, reading: Reading) -> str:
        """What is different in it; "" when nothing is."""
        if reading.doubtful:
            return ""
        if reading.announced:
            name = self._other_name(reading.names)
            if name:
                return f"another reading has an attachment {name!r}"
        if _is_file(reading.type) and not self._has(reading.data):
            return f"another reading has an attachment of type {reading.type}"
        return ""

    def _other_name(self, names: tuple[str, ...]) -> str:
        """The first name that makes a difference."""
        even = [_even(name) for name in names]
        known = any(name in self._names for name in even)
        for name in even:
            extension = _extension(name)
            if not extension or name in self._names:
                continue
            if extension not in self._extensions or (not known and _CLEAN.fullmatch(name)):
                return name
        return ""

    def _has(self, data: bytes) -> bool:
        """Is this a file of the strict reading, or one with something harmless more or less at its end?"""
        plain = _plain(data)
        for content in self._contents.get(plain[:BEGINNING], ()):
            if content == plain:
                return True
            self._left -= 1
            if self._left < 0:
                return False
            short, long = sorted((content, plain), key=len)
            if long.startswith(short[:-SEAM]) and not _is_file(sniff(long[len(short) :].lstrip(b"\0\n "))):
                return True
        return False


def _is_file(kind: str) -> bool:
    """Would people call content of this found type a file rather than text?"""
    return bool(kind) and kind not in TEXTS


def _plain(content: bytes | memoryview) -> bytes:
    """Content as it is compared: readings that take text for lines change line ends."""
    return bytes(content).replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip(b"\n")


def _even(name: str) -> str:
    return " ".join(name.split())


def _extension(name: str) -> str:
    found = _EXTENSION.search(name)
    return found[1].lower() if found else ""
