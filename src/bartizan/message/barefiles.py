"""Files as they are behind an empty line that only a bare CR makes: the end of a header to those who take it for one.

In: a raw mail. Out: pieces from there to the mail's end, of types that no text looks like. Readers of files do not mind
what follows. Limit: MOST places where a file could begin are looked at; more of them are a hole. Linear, but for the
pieces, which the caller pays for.
Not here: texts, and all that is encoded (shredder), in which a bare CR is a line end anyway.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.sniff import sniff
from bartizan.message.hole import Hole
from bartizan.message.piece import BEGINNINGS, DECODED, Piece
from bartizan.model.finding import Reason

MOST = 1000
WINDOW = 512
"""Bytes that tell what begins."""

_ENDS = re.compile(rb"[\r\n][\r\n \t]++")
_BARE = re.compile(rb"\r(?!\n)")


def bare_files(raw: bytes | memoryview) -> Iterator[Piece | Hole]:
    """The files that begin so."""
    left = MOST
    for ends in _ENDS.finditer(raw):
        start = ends.end()
        if bytes(raw[start : start + 2]) not in BEGINNINGS or not _BARE.search(ends[0]):
            continue
        left -= 1
        if left < 0:
            yield Hole(Reason.LIMIT_PARTS, f"more than {MOST} places where a file could begin")
            return
        kind = sniff(raw[start : start + WINDOW])
        if kind in DECODED or kind == "exe":
            yield Piece(start, bytes(raw[start:]), kind)
