"""Files as Macintosh programs wrap them: AppleSingle and AppleDouble (RFC 1740), MacBinary I to III.

The data fork is a member under the file's real name; the resource fork, which no other system has, is one without, and
so is a comment. AppleDouble has no data fork: the real name is a member without content. A fork that is cut short is a
gap.
Limits: ENTRIES entries, `member_bytes` of each fork. Not here: BinHex (binhex.py).
"""

from __future__ import annotations

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give, shown
from bartizan.unpack.sink import Sink

ENTRIES = 100
DATA, RESOURCE, NAME, COMMENT = 1, 2, 3, 4
HEADER = 26
ENTRY = 12
BLOCK = 128
"""What everything in a MacBinary file is filled up to."""


def open_apple(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the forks of an AppleSingle or AppleDouble file to the sink."""
    count = int.from_bytes(data[24:26])
    entries: dict[int, memoryview] = {}
    for number in range(min(count, ENTRIES)):
        entry = data[HEADER + number * ENTRY : HEADER + (number + 1) * ENTRY]
        id, start, size = (int.from_bytes(entry[at : at + 4]) for at in (0, 4, 8))
        content = data[start : start + size]
        if len(entry) < ENTRY or len(content) < size:
            sink.gap(Reason.UNREADABLE, "cut short")
        if id in entries and content and not give(sink, (), content, limits):
            return
        entries.setdefault(id, content)
    if count > ENTRIES:
        sink.gap(Reason.LIMIT_MEMBERS, f"more than {ENTRIES} entries")
    name = bytes(entries.get(NAME, b""))[:1000]
    names = (shown(name),) if name else ()
    if (DATA in entries or names) and not give(sink, names, entries.get(DATA, b""), limits):
        return
    for id in (RESOURCE, COMMENT):
        if entries.get(id) and not give(sink, (), entries[id], limits):
            return


def open_macbinary(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the forks of a MacBinary file to the sink."""
    if len(data) < BLOCK:
        sink.gap(Reason.UNREADABLE, "no header of a MacBinary file")
        return
    name = bytes(data[2 : 2 + data[1]])
    sizes = int.from_bytes(data[83:87]), int.from_bytes(data[87:91])
    second = int.from_bytes(data[120:122])
    at = BLOCK + second + -second % BLOCK
    for size, names in ((sizes[0], (shown(name, "mac-roman"),)), (sizes[1], ())):
        fork = data[at : at + size]
        if (size or names) and not give(sink, names, fork, limits):
            return
        if len(fork) < size:
            sink.gap(Reason.UNREADABLE, "cut short")
        at += size + -size % BLOCK
    rest = data[at:]
    if bytes(rest[:BLOCK]).strip(b"\0") or len(rest) > BLOCK:
        # A comment is no longer than that.
        give(sink, (), rest, limits)
