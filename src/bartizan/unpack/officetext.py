"""The text of binary documents of Word, Excel and PowerPoint, for phrases.

In: the bytes of streams. Out: text as UTF-8 and, of Word, the instructions of its fields, as rtf.py has them. Text lies
in pieces in any order (Word, MS-DOC 2.8.35), in one table that is cut into records (Excel, MS-XLS 2.4.265), in records
anywhere (PowerPoint, MS-PPT 2.9.42). Never raises; damage ends the text, since the streams themselves are scanned too.

Limits: the caller's number of bytes, PIECES pieces, RECORDS records, STRINGS strings.
Known gaps: 8-bit text in other code pages than Windows' Western one; cells of Excel 95 and before.
Not here: streams (compound.py), objects and encryption (office.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PIECES = 100_000
RECORDS = 500_000
STRINGS = 1_000_000
TABLE = 0x0200
"""The bit of the flags that says in which stream the table is."""
TABLES = frozenset(("0table", "1table"))
SST, CONTINUE, END = 0x00FC, 0x003C, 0x000A
WIDE, EXTENDED, RICH = 1, 4, 8

_INSTRUCTION = re.compile(r"\x13([^\x13\x14\x15]*+)(?:\x14|(?=[\x13\x15]|$))")
_TEXT = re.compile(rb"\0\0([\xa0\xa8])\x0f(.{4})", re.DOTALL)
_SIGNS = {0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x1E: "-", **dict.fromkeys((0, 1, 8, 0x13, 0x14, 0x15, 0x1F))}


@dataclass(frozen=True, slots=True)
class Document:
    """The text that Word shows, and a line `fldinst: ` for each field. `whole`: no limit was reached."""

    text: bytes
    fields: bytes
    whole: bool


def table_of(document: bytes) -> str:
    """Which stream has the table of a `WordDocument`'s pieces, in lower case."""
    return "1table" if _number(document, 10, 2) & TABLE else "0table"


def word(document: bytes, table: bytes, most: int) -> Document:
    """The text of a Word document, `most` bytes of the stream's text."""
    start, size = _number(document, 0x1A2, 4), _number(document, 0x1A6, 4)
    pieces = _pieces(table[start : start + size])
    if not pieces:
        start, end = _number(document, 0x18, 4), _number(document, 0x1C, 4)
        pieces = [(max(0, end - start), start, True)]
    parts: list[str] = []
    left = most
    for count, at, narrow in pieces[:PIECES]:
        raw = document[at : at + min(count if narrow else 2 * count, max(0, left))]
        left -= len(raw)
        parts.append(raw.decode("cp1252" if narrow else "utf-16-le", "replace"))
        if left <= 0:
            break
    text = "".join(parts)
    fields = "".join(f"fldinst: {_shown(found[1])}\n" for found in _INSTRUCTION.finditer(text))
    shown = _INSTRUCTION.sub("", text).translate(_SIGNS)
    return Document(_encoded(shown), _encoded(fields), left > 0 and len(pieces) <= PIECES)


def _pieces(table: bytes) -> list[tuple[int, int, bool]]:
    """Characters, offset and width of each piece: a list behind others, which say how text looks (MS-DOC 2.9.38)."""
    at = 0
    while table[at : at + 1] == b"\1":
        at += 3 + _number(table, at + 1, 2)
    if table[at : at + 1] != b"\2":
        return []
    listed = table[at + 5 : at + 5 + _number(table, at + 1, 4)]
    count = min((len(listed) - 4) // 12, PIECES + 1)
    found: list[tuple[int, int, bool]] = []
    for number in range(count):
        size = _number(listed, 4 * number + 4, 4) - _number(listed, 4 * number, 4)
        place = _number(listed, 4 * ((len(listed) - 4) // 12 + 1) + 8 * number + 2, 4)
        narrow = bool(place & 0x40000000)
        place &= 0x3FFFFFFF
        if size > 0:
            found.append((size, place // 2 if narrow else place, narrow))
    return found


def powerpoint(stream: bytes, most: int) -> tuple[bytes, bool]:
    """The text of a presentation, a line for each box, and whether it is all."""
    parts: list[bytes] = []
    at = size = 0
    while (found := _TEXT.search(stream, at)) is not None:
        length = int.from_bytes(found[2], "little")
        wide = found[1] == b"\xa0"
        if length > len(stream) - found.end():
            at = found.start() + 1
            continue
        at = found.end() + length
        text = stream[found.end() : at].decode("utf-16-le" if wide else "cp1252", "replace")
        parts.append(_encoded(text.translate(_SIGNS)) + b"\n")
        size += len(parts[-1])
        if size > most:
            return b"".join(parts)[:most], False
    return b"".join(parts), True


def excel(stream: bytes, most: int) -> tuple[bytes, bool]:
    """The strings that the cells of a workbook share, a line each, and whether they are all."""
    at = 0
    segments: list[bytes] = []
    for count in range(RECORDS):
        kind, size = _number(stream, at, 2), _number(stream, at + 2, 2)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == SST or (kind == CONTINUE and segments):
            segments.append(body)
        elif segments or (kind == END and count) or at > len(stream) + 4:
            break
    else:
        return b"", False
    return _Strings(segments).read(most)


class _Strings:
    """A table of strings that is cut into records: where characters are cut, the next one says how wide they are."""

    def __init__(self, segments: list[bytes]) -> None:
        self.segments = segments
        self.segment = 0
        self.at = 8

    def read(self, most: int) -> tuple[bytes, bool]:
        """All strings, `most` bytes of them."""
        parts: list[bytes] = []
        size = 0
        while (head := self._take(3)) is not None:
            flags = head[2]
            runs = int.from_bytes(self._take(2) or b"", "little") if flags & RICH else 0
            extra = int.from_bytes(self._take(4) or b"", "little") if flags & EXTENDED else 0
            parts.append(_encoded(self._characters(int.from_bytes(head[:2], "little"), flags)) + b"\n")
            size += len(parts[-1])
            self._skip(4 * runs + extra)
            if size > most or len(parts) > STRINGS:
                return b"".join(parts)[:most], False
        return b"".join(parts), True

    def _take(self, count: int) -> bytes | None:
        """Bytes that are never cut; None at the end."""
        while self.segment < len(self.segments) and self.at >= len(self.segments[self.segment]):
            self.at -= len(self.segments[self.segment])
            self.segment += 1
        if self.segment == len(self.segments):
            return None
        found = self.segments[self.segment][self.at : self.at + count]
        self.at += count
        return found if len(found) == count else None

    def _characters(self, count: int, flags: int) -> str:
        text = ""
        while count > 0 and self.segment < len(self.segments):
            wide = flags & WIDE
            here = self.segments[self.segment]
            raw = here[self.at : self.at + count * (1 + wide)]
            text += raw.decode("utf-16-le" if wide else "latin-1", "replace")
            count -= max(1, len(raw) >> wide)
            self.at += len(raw)
            if count > 0:
                self.segment += 1
                if self.segment < len(self.segments):
                    flags = self.segments[self.segment][0] if self.segments[self.segment] else 0
                    self.at = 1
        return text

    def _skip(self, count: int) -> None:
        """Bytes that may be cut anywhere."""
        self.at += count


def _number(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
