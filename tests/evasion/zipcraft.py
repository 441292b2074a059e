"""Zip files byte by byte, the two headers of each member apart; and the beginnings of other files."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """One member as the two headers of a zip tell of it; None: as in the local header."""

    label: bytes = b"note.txt"
    data: bytes = b"Nothing here.\n"
    method: int = 8
    flags: int = 0
    packed: bytes | None = None
    crc: int | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_label: bytes | None = None
    local_sizes: tuple[int, int] | None = None
    listed_sizes: tuple[int, int] | None = None
    extra: bytes = b""
    comment: bytes = b""
    descriptor: bytes = b""

    def content(self) -> bytes:
        """The packed bytes."""
        if self.packed is not None:
            return self.packed
        deflater = zlib.compressobj(9, zlib.DEFLATED, -15)
        return deflater.compress(self.data) + deflater.flush() if self.method == 8 else self.data


def local(entry: Entry) -> bytes:
    """Local header, content, descriptor."""
    content = entry.content()
    crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
    packed, size = entry.local_sizes or (len(content), len(entry.data))
    label = entry.label if entry.local_label is None else entry.local_label
    method = entry.method if entry.local_method is None else entry.local_method
    flags = entry.flags if entry.local_flags is None else entry.local_flags
    head = struct.pack("<4s5H3I2H", b"PK\3\4", 20, flags, method, 0, 0x5C21, crc, packed, size, len(label), 0)
    return head + label + content + entry.descriptor


def listed(entry: Entry, at: int) -> bytes:
    """The directory's header for an entry at offset `at`."""
    content = entry.content()
    crc = zlib.crc32(entry.data) if entry.crc is None else entry.crc
    packed, size = entry.listed_sizes or (len(content), len(entry.data))
    lengths = (len(entry.label), len(entry.extra), len(entry.comment))
    head = struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, entry.flags, entry.method, 0, 0x5C21, crc, packed, size,
                       *lengths, 0, 0, 0, at)  # fmt: skip
    return head + entry.label + entry.extra + entry.comment


def end(count: int, size: int, at: int, comment: bytes = b"", disk: int = 0) -> bytes:
    """The end of central directory record."""
    return struct.pack("<4s4H2IH", b"PK\5\6", disk, disk, count, count, size, at, len(comment)) + comment


def build(*entries: Entry, front: bytes = b"", between: bytes = b"", comment: bytes = b"", shift: bool = True,
          count: int | None = None) -> bytes:  # fmt: skip
    """A whole zip. `shift`: offsets count from the first byte of `front`."""
    body, places = front, []
    for entry in entries:
        places.append(len(body) - (0 if shift else len(front)))
        body += local(entry)
    body += between
    directory = b"".join(listed(entry, at) for entry, at in zip(entries, places, strict=True))
    at = len(body) - (0 if shift else len(front))
    return body + directory + end(len(entries) if count is None else count, len(directory), at, comment)


HARMLESS = Entry(b"hello.txt", method=0)
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(300) + b"\xff\xd9"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Coun"
    b"t 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\0\0\0\0:~\x9bU" + b"\0\0\0\0IEND\xaeB`\x82"
