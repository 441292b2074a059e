"""OneNote sections (MS-ONESTORE): the files that pages carry, their names, and the text on the pages.

Each file stands whole in a FileDataStoreObject (2.6.13), which its identifier begins; that is looked for everywhere, so
that it does not matter whether the file is still reachable. Names are properties of other objects (EmbeddedFileName,
SourceFilepath) and come as members without content, texts as one member.

A section in the form that servers exchange (MS-ONESTORE 2.8) has no such objects, and is a gap; a file that is cut
short is one too. Limits: FILES files, NAMES names, `member_bytes` of a file and of text.
Known gaps: sections with a password; texts in characters above U+06FF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give
from bartizan.unpack.sink import Sink

FILES = 5000
NAMES = 1000
LONGEST_NAME = 1000
PLACES = 10_000
"""Where a name may be."""
FORMAT = bytes.fromhex("3fdd9a101b91f549a5d01791edc8aed8")
"""A revision store file (2.3.1), at 48."""
_FILE = bytes.fromhex("e716e3bd65261145a4c48d4d0b7a9eac")
_HEAD = 36
_NAME = re.compile(rb"[\x87\x9c]\x1d\x00\x1c")
_PROPERTIES = 20
"""In front of a name among those of an object."""
_SIZES = {0: 0, 1: 0, 2: 0, 3: 1, 4: 2, 5: 4, 6: 8, 8: 0, 9: 4, 10: 0, 11: 4, 12: 0, 13: 4}
"""Bytes of a value of each type (2.6.6) that has no length of its own; type 7 has."""
_TEXT = re.compile(rb"(?:[\t\r\n\x20-\x7e\xa0-\xff]\0|.[\1-\6]){8,}+", re.DOTALL)


def open_onenote(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the files of a section, their names, and its texts to the sink."""
    section = bytes(data)
    if section[48:64] != FORMAT:
        sink.gap(Reason.UNREADABLE, "a OneNote section in an unknown form")
    outside: list[bytes] = []
    end = at = 0
    for number in range(FILES + 1):
        found = section.find(_FILE, at)
        if found < 0:
            break
        if number == FILES:
            sink.gap(Reason.LIMIT_MEMBERS, f"more than {FILES} files")
            break
        outside.append(section[end:found])
        start = found + _HEAD
        size = int.from_bytes(section[found + 16 : found + 24], "little")
        content = memoryview(section)[start : start + size]
        if not give(sink, (), content, limits):
            return
        if len(content) < size:
            sink.gap(Reason.UNREADABLE, "a file that is cut short")
        # One that claims to hold others hides none of them.
        at = start
        end = max(end, min(start + size, len(section)))
    outside.append(section[end:])
    rest = b"".join(outside)
    if all(sink.member((name,)) for name in _names(rest, sink)):
        text = "\n".join(found[0].decode("utf-16-le", "replace") for found in _TEXT.finditer(rest))
        if text:
            give(sink, (), text.encode(errors="replace"), limits)


def _names(rest: bytes, sink: Sink) -> Iterator[str]:
    """The values of properties that are names, each once."""
    seen: set[str] = set()
    for number, found in enumerate(_NAME.finditer(rest)):
        if number == PLACES or len(seen) >= NAMES:
            sink.gap(Reason.LIMIT_MEMBERS, f"more than {NAMES} names")
            return
        for name in _values(rest, found.start()):
            if name not in seen:
                seen.add(name)
                yield name


def _values(rest: bytes, at: int) -> Iterator[str]:
    """What the property whose identifier is at `at` may have for its value, by where its set (2.6.7) may begin."""
    for before in range(_PROPERTIES + 1):
        start = at - 4 * before
        count = int.from_bytes(rest[start - 2 : start], "little") if start >= 2 else 0
        if not before < count < 1000:
            continue
        place = start + 4 * count
        for each in range(before):
            kind = rest[start + 4 * each + 3] >> 2 & 0x1F
            size = _SIZES.get(kind)
            if size is None:
                size = 4 + int.from_bytes(rest[place : place + 4], "little") if kind == 7 else len(rest)
            place += size
        size = int.from_bytes(rest[place : place + 4], "little")
        value = rest[place + 4 : place + 4 + size]
        if 0 < len(value) == size <= LONGEST_NAME:
            name = value.decode("utf-16-le", "replace").rstrip("\0")
            if name and all(sign.isprintable() or category(sign) == "Cf" for sign in name):
                yield name
