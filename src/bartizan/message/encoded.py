"""Files that stand in a text as runs of base64, hexadecimal or base-32, wherever that is.

In: the bytes of a text. Out: pieces. A run that is noise as base64 is read in other ways: in base-32, from its end,
with its letters turned by thirteen, with capitals and small letters exchanged, and with a few letters in front of it.
What those give must be of a known type, or printable text.
Limits: linear; the other ways decode PEEK letters of a run, and go on only if that makes sense.
Not here: runs in pieces (rewritten, stitched), numbers with something in between (spelled), base-85 (turned).
Known gaps: base-36, base-58, base-62 and base-91, alphabets in an order of their own.
"""

from __future__ import annotations

import re
from binascii import unhexlify
from collections.abc import Callable, Iterator

from bartizan._core.runs import base64_runs
from bartizan.message.piece import LEAST, PEEK, Piece, base64, decoded_piece, makes_sense, promising
from bartizan.message.uris import UriNames

SHORT = 16
"""Letters of the longest word of prose that a run may end with."""
GLANCE = 96
"""Letters that are decoded to see whether a way of reading is worth more."""
SHIFTS = (1, 2, 3)
"""Letters in front of base64, which is read in fours."""

_EMPTY = re.compile(rb"\n\r?\n")
_HEX = re.compile(rb"[0-9A-Fa-f\s]++")
_WHITE = b" \t\r\n"
_UPPER, _LOWER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz"
ROT13 = bytes.maketrans(_UPPER + _LOWER, _UPPER[13:] + _UPPER[:13] + _LOWER[13:] + _LOWER[:13])
_SWAPPED = bytes.maketrans(_UPPER + _LOWER, _LOWER + _UPPER)
_DIGITS = b"0123456789" + _LOWER[:22]
"""Of base 32, as int() reads them; base-32 "with the extended hex alphabet" of RFC 4648 has the same."""
_BASE32 = bytes.maketrans(_UPPER + b"234567" + _LOWER, _DIGITS + _DIGITS[:26])


def encoded(data: bytes) -> Iterator[Piece]:
    """The files that stand in a text as base64, or in something like it."""
    at = 0
    named = UriNames(data)
    while spans := base64_runs(data, LEAST, at):
        for start, end in spans:
            yield from run_pieces(start, data[start:end], named.of_base64(start, end))
        at = spans[-1][1]


def run_pieces(start: int, run: bytes, names: tuple[str, ...] = ()) -> Iterator[Piece]:
    """What a run that stands at `start` decodes to; nothing if it is noise."""
    digits = _hexadecimal(run)
    if digits:
        yield from _either_way(start, digits)
    if len(digits) == len(run.translate(None, _WHITE)):
        return
    some = False
    for piece in decoded_piece(start, base64(run), names):
        some = some or piece.type != "text" or makes_sense(bytes(piece.data))
        yield piece
    if not some:
        yield from _otherwise(start, run)


def _hexadecimal(run: bytes) -> bytes:
    """The digits that a run begins with, if they are lines of them; words of text may follow."""
    found = _HEX.match(run)
    if found is None or found.end() < LEAST:
        return b""
    lines = found[0] if found.end() == len(run) else found[0].rpartition(b"\n")[0]
    return lines.translate(None, _WHITE)


def _either_way(start: int, digits: bytes) -> Iterator[Piece]:
    """Hexadecimal, which may begin at its end."""
    even = len(digits) // 2 * 2
    some = False
    for piece in decoded_piece(start, unhexlify(digits[:even])):
        some = True
        yield piece
    if not some and makes_sense(unhexlify(digits[: -PEEK - 1 : -1][: min(even, PEEK)])):
        yield from decoded_piece(start, unhexlify(digits[::-1][:even]))


def base32(run: bytes) -> bytes:
    """What a run decodes to in base-32 (RFC 4648 section 6); b"" if it is none."""
    letters = run.translate(None, _WHITE + b"=")
    if letters.translate(None, _UPPER + b"234567") and letters.translate(None, _LOWER + b"234567"):
        return b""
    return _in_base_32(letters.translate(_BASE32))


def base32_hex(run: bytes) -> bytes:
    """What a run decodes to in base-32 with the extended hex alphabet (RFC 4648 section 7); b"" if it is none."""
    letters = run.translate(None, _WHITE + b"=")
    return b"" if letters.lower().translate(None, _DIGITS) else _in_base_32(letters)


def _in_base_32(digits: bytes) -> bytes:
    bits = len(digits) * 5
    return (int(digits, 32) >> bits % 8).to_bytes(bits // 8, "big") if digits else b""


def _rotated(run: bytes) -> bytes:
    return base64(run.translate(ROT13))


Way = Callable[[bytes], bytes]
_FORWARD: tuple[Way, ...] = (
    _rotated,
    lambda run: base64(run.translate(_SWAPPED)),
    *(lambda run, shift=shift: base64(run.translate(None, _WHITE)[shift:]) for shift in SHIFTS),
    base32,
    base32_hex,
)
_BACKWARD: tuple[Way, ...] = (base64, _rotated)


def _otherwise(start: int, run: bytes) -> Iterator[Piece]:
    """What a run that is noise as base64 decodes to in another way."""
    for skipped, part in _parts(run):
        if skipped and makes_sense(base64(part[:PEEK])):
            yield from decoded_piece(start + skipped, base64(part))
            return
        for turned, ways in ((part, _FORWARD), (part[::-1], _BACKWARD)):
            for way in ways:
                if promising(head := way(turned[:GLANCE])) and head and makes_sense(way(turned[:PEEK])):
                    yield from decoded_piece(start + skipped, way(turned))
                    return


def _parts(run: bytes) -> Iterator[tuple[int, bytes]]:
    """A run, and it without what may be words of prose at its beginning or end; and where each begins in it."""
    yield 0, run
    empty = _EMPTY.search(run)
    if empty is not None:
        yield empty.end(), run[empty.end() :]
    line = max(run.rfind(b"\n"), run.rfind(b" "))
    if line > 0 and len(run) - line - 1 < SHORT:
        yield 0, run[:line]
