"""Windows shortcuts (MS-SHLLINK): what they would run, as a text, and what is hung on behind their end.

The text has a line for each string: name, path, folder, arguments, icon, the target's path, and the paths in the extra
blocks, so that phrases and signatures find them however they are padded. What follows the last block is a member: files
are smuggled in there. A shortcut that ends early gives what there is of it, and a gap.
Limits: BLOCKS extra blocks. Not here: what is inside the lists of shell items; they are scanned with the raw bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give
from bartizan.unpack.sink import Sink

HEADER = 76
BLOCKS = 100
HAS_ITEMS, HAS_INFO, IS_UNICODE = 1, 2, 0x80
STRINGS = (0x04, 0x08, 0x10, 0x20, 0x40)
"""Flags of name, relative path, working folder, arguments, place of the icon."""
ENVIRONMENT, ICON = 0xA0000001, 0xA0000007
"""Blocks with a path of 260 bytes, and the same as 520 bytes of UTF-16."""


def open_shortcut(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the strings of a shortcut, and what is behind it, to the sink."""
    reader = _Reader(data)
    text = "\n".join(found for found in reader.strings() if found)
    if text and not give(sink, (), text.encode(errors="replace"), limits):
        return
    if reader.at > len(data):
        sink.gap(Reason.UNREADABLE, "cut short")
    rest = data[reader.at :]
    if bytes(rest).strip(b"\0"):
        give(sink, (), rest, limits)


class _Reader:
    """Reads one shortcut; `at` is where it goes on, beyond the end if it should."""

    __slots__ = ("at", "data")

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.at = HEADER

    def strings(self) -> Iterator[str]:
        """Every string in it, in order."""
        flags = self._number(20, 4)
        if flags & HAS_ITEMS:
            self.at += 2 + self._number(self.at, 2)
        if flags & HAS_INFO:
            yield from self._target()
            self.at += max(4, self._number(self.at, 4))
        for flag in STRINGS:
            if flags & flag:
                size = self._number(self.at, 2) << bool(flags & IS_UNICODE)
                raw = bytes(self.data[self.at + 2 : self.at + 2 + size])
                self.at += 2 + size
                yield raw.decode("utf-16-le", "replace") if flags & IS_UNICODE else raw.decode("cp1252", "replace")
        yield from self._blocks()

    def _target(self) -> Iterator[str]:
        """The local and common path in the information about the target (2.3), in either width."""
        at = self.at
        for place, width in ((16, 1), (24, 1), (28, 2), (32, 2)):
            if width == 2 and self._number(at + 4, 4) < 36:
                continue
            offset = self._number(at + place, 4)
            if offset:
                yield self._text(at + offset, min(at + offset + 1000, len(self.data)), width)

    def _blocks(self) -> Iterator[str]:
        """The paths in the extra blocks (2.5), up to the one that ends them."""
        for _ in range(BLOCKS):
            size = self._number(self.at, 4)
            if size < 4:
                self.at += 4 if self.at < len(self.data) else 0
                return
            if size > len(self.data) - self.at:
                # No block at all: something that was hung on in the place of one.
                return
            if self._number(self.at + 4, 4) in (ENVIRONMENT, ICON):
                yield self._text(self.at + 8, self.at + 268, 1)
                yield self._text(self.at + 268, self.at + 788, 2)
            self.at += size

    def _text(self, start: int, stop: int, width: int) -> str:
        """A string up to its NUL."""
        raw = bytes(self.data[start:stop])
        return raw.decode("cp1252" if width == 1 else "utf-16-le", "replace").partition("\0")[0]

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self.data[at : at + size], "little")
