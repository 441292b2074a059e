"""Files that a text spells out byte by byte: escapes, lists of numbers, dumps in hexadecimal.

In: the text. Out: pieces. Numbers may have anything between them, if it is always the same (bartizan._core.spelled);
a dump has an offset at the beginning of each line, and perhaps the same bytes as text at its end.
Limits: linear; CONSTANTS bytes at least. Not here: strings to be joined, single letters as escapes (rewritten).
Known gaps: arithmetic, variables, numbers with changing things between them.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Iterator

from bartizan._core.constants import next_escapes
from bartizan._core.spelled import next_spelled
from bartizan._core.traces import DUMPED, ESCAPED, NUMBERS
from bartizan.message.piece import Piece, decoded_piece

CONSTANTS = 40
"""Bytes of the shortest list."""
OFFSETS = (b"\n0000", b"\n0010")
"""How the second line of a dump begins."""

_DUMP = re.compile(
    rb"(?:^|[\"'`(])[ \t]*+(?:0x)?[0-9A-Fa-f]{4,16}+:?[ \t]++"
    rb"((?:[0-9A-Fa-f]{2}){1,8}+(?:(?:[ \t]{1,2}|-|[ \t]-[ \t])(?:[0-9A-Fa-f]{2}){1,8}+(?![0-9A-Za-z])){0,31}+)",
    re.MULTILINE,
)


def spelled(text: bytes, signs: int) -> Iterator[Piece]:
    """The files that a text, whose traces are `signs`, has as constants."""
    at = 0
    while signs & ESCAPED and (run := next_escapes(text, at, CONSTANTS)) is not None:
        start, at, decoded = run
        yield from decoded_piece(start, decoded)
    at = 0
    while signs & NUMBERS and (found := next_spelled(text, at, CONSTANTS)) is not None:
        start, at, answers = found
        for decoded in answers:
            for octets in _units(decoded):
                yield from decoded_piece(start, octets)
    if signs & DUMPED and any(line in text for line in OFFSETS):
        yield from _dump(text)


def _units(decoded: bytes) -> Iterator[bytes]:
    """Pairs of digits may be halves of units of 16 bits."""
    yield decoded
    if len(decoded) % 2 == 0:
        high = decoded[::2]
        if not high.strip(b"\0"):
            yield decoded[1::2]
        else:
            swapped = bytearray(decoded)
            swapped[::2], swapped[1::2] = decoded[1::2], high
            yield bytes(swapped)


def _dump(text: bytes) -> Iterator[Piece]:
    lines = list(_DUMP.finditer(text))
    if lines:
        yield from decoded_piece(
            lines[0].start(), unhexlify(re.sub(rb"[^0-9A-Fa-f]++", b"", b"".join(line[1] for line in lines)))
        )
