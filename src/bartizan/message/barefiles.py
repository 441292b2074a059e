"""Files as they stand behind an empty line: content to those who take that line for the end of a header, or think
nothing of the encoding that the header names.

In: a raw mail. Out: pieces of types that no text looks like: up to the next line that could be a delimiter or, where a
bare CR makes the empty line, to the mail's end, since readers of files do not mind what follows. Limits: MOST places
where a file could begin are looked at, and pieces of WORK times the mail are given; more is a hole. Linear.
Not here: texts, and all that is encoded (shredder).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.sniff import sniff
from bartizan.message.hole import Hole
from bartizan.message.piece import BEGINNINGS, DECODED, Piece
from bartizan.model.finding import Reason

MOST = 1000
WORK = 4
"""Times the mail that pieces may have together."""
WINDOW = 512
"""Bytes that tell what begins."""

_ENDS = re.compile(rb"[\r\n][\r\n \t]++")
_DELIMITER = re.compile(rb"\r?\n--")
_BARE = re.compile(rb"\r(?!\n)")


def bare_files(raw: bytes | memoryview) -> Iterator[Piece | Hole]:
    """The files that begin so."""
    left, room, end = MOST, WORK * len(raw), 0
    for ends in _ENDS.finditer(raw):
        start = ends.end()
        bare = _BARE.search(ends[0]) is not None
        if bytes(raw[start : start + 2]) not in BEGINNINGS or not (bare or ends[0].count(b"\n") > 1):
            continue
        left -= 1
        if left < 0:
            yield Hole(Reason.LIMIT_PARTS, f"more than {MOST} places where a file could begin")
            return
        kind = sniff(raw[start : start + WINDOW])
        if kind in DECODED or kind == "exe":
            if end < start:
                found = _DELIMITER.search(raw, start)
                end = len(raw) if found is None else found.start()
            stop = len(raw) if bare else end
            room -= stop - start
            if room < 0:
                yield Hole(Reason.LIMIT_TOTAL_BYTES, "too many files may begin in a mail")
                return
            yield Piece(start, bytes(raw[start:stop]), kind)
