"""What a text says as base64 when something is wrong with it: junk in it, padding inside it, a beginning that is lost.

In: a piece of an odd mail. Out: what it decodes to, each way that makes sense of it; where a header calls it base64,
what makes no sense as well, since programs differ most about padding inside: it ends one file and begins another, fills
up a group of four, or is nothing.
Limits: fewer ways for a text above LARGE bytes, or with more than PADDINGS signs of padding. Linear.
Not here: base64 without faults (carve), which mails are odd (readings).
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from itertools import islice

from bartizan._core.constants import without_junk
from bartizan.message.piece import LEAST, base64, decoded_type
from bartizan.model.limits import MIB

LARGE = 1 * MIB
EMPTY_LINES = 4
PADDINGS = 5000
"""Signs of padding whose meanings are tried."""
SHORTEST = 16
"""Characters of base64 that are read as such where a header says so."""

_OTHERS = bytes(c for c in range(256) if chr(c) not in string.ascii_letters + string.digits + "+/=")
_EMPTY = re.compile(rb"\n[ \t]*+(?=\n)")
_WORDS = re.compile(rb"^[A-Za-z0-9+/=]++[ \t]++[A-Za-z0-9+/]", re.MULTILINE)
_BEHIND_BLANK = re.compile(rb"[ \t][^\n]*+")
_PADDING_INSIDE = re.compile(rb"=[\s=]*+[^\s=]")


def loose_base64(segment: bytes, starts: Iterable[int], *, encoded: bool) -> Iterator[tuple[bytes, str]]:
    """Content and its found type, from each of `starts` on, and from behind any empty line.

    `encoded`: a header calls what is at `starts` base64.
    """
    told = set(starts)
    others = () if len(segment) > LARGE else islice(_EMPTY.finditer(segment), EMPTY_LINES)
    for start in dict.fromkeys((*starts, *(found.end() for found in others))):
        yield from _decoded(segment[start:], encoded=encoded and start in told)


def _decoded(text: bytes, *, encoded: bool) -> Iterator[tuple[bytes, str]]:
    """What each variant of a text says, if it makes sense."""
    least = SHORTEST if encoded else LEAST
    every = encoded and text.count(b"=") <= PADDINGS and _PADDING_INSIDE.search(text) is not None
    first = encoded
    for variant in _variants(text, encoded=encoded):
        decoded = base64(variant)
        kind = decoded_type(decoded, least)
        if kind or first or every:
            yield decoded, kind
        first = False
        del decoded


def _variants(text: bytes, *, encoded: bool) -> Iterator[bytes]:
    """A text without signs of the other alphabet, as it is, and without junk; where a header calls it base64, also
    without what stands behind blanks, and with other meanings of its padding."""
    short = text.translate(None, b"-_")
    yield short
    lengths = [len(short), len(text)]
    if lengths[0] != lengths[1]:
        yield text
    clean = without_junk(text)
    if len(clean) not in lengths:
        yield clean
    if not encoded:
        return
    if _WORDS.search(text):
        yield _BEHIND_BLANK.sub(b"", text)
    if len(text) <= LARGE and text.count(b"=") <= PADDINGS and _PADDING_INSIDE.search(text):
        for whole in dict.fromkeys((clean.translate(None, b"\n\t "), short.translate(None, _OTHERS))):
            pieces = whole.rstrip(b"=").split(b"=")
            yield b"".join(pieces)
            yield b"".join(_filled(pieces))
            yield b"".join(_ended(pieces))


def _filled(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Padding between pieces fills up a group of four, or is nothing at the beginning of one."""
    size = 0
    for piece in pieces:
        yield piece
        size += len(piece)
        if size % 4 >= 2:
            yield b"A"
            size += 1


def _ended(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Each piece is a file of its own; a character too many is left out."""
    for piece in pieces:
        whole = piece[: len(piece) - (len(piece) % 4 == 1)]
        yield whole + b"=" * (-len(whole) % 4)
