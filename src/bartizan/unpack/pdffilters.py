"""The filters of PDF streams, and the predictors behind them (ISO 32000-2 section 7.4).

In: what stands in front of a stream, and its bytes. Out: the names of its filters, and what each makes of bytes; what
is decoded until the first fault counts. Read are FlateDecode, LZWDecode, RunLengthDecode, ASCIIHexDecode and
ASCII85Decode, by their names wherever they stand in the dictionary, so that arrays, damage and order do not matter.
Predictors are those of PNG and of TIFF (8 bits).
Limits: the caller's number of bytes.
Known gaps: parameters of several filters in one dictionary are those of the first that compresses.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from bartizan._core import ascii85, lzw, predictors
from bartizan.unpack.pdfsyntax import hexadecimal, plain

FILTERS = 8
PIECE = 4096
LONGEST_ROW = 1 << 20

FILTER = re.compile(
    rb"/(FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL|ASCIIHexDecode|AHx|ASCII85Decode|A85)(?![A-Za-z0-9])"
)
_PICTURE = re.compile(rb"/Subtype\s*+/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")
_OBJECTS = re.compile(rb"/ObjStm\b")
_NUMBERS = re.compile(rb"/(Predictor|Columns|Colors|BitsPerComponent|EarlyChange)\s++(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What a stream's dictionary says: its filters in order, whether it is an image or a font, whether other objects
    are in it, the parameters of the filters by name."""

    filters: tuple[bytes, ...]
    is_picture: bool
    holds_objects: bool
    numbers: tuple[tuple[bytes, int], ...]


def dictionary(text: bytes) -> Dictionary:
    """What is said in front of a stream."""
    text = plain(text)
    filters = tuple(found[1] for found in islice(FILTER.finditer(text), FILTERS + 1))
    numbers = tuple((name, int(value)) for name, value in _NUMBERS.findall(text)) if filters else ()
    return Dictionary(filters, _PICTURE.search(text) is not None, _OBJECTS.search(text) is not None, numbers)


def undone(name: bytes, packed: bytes, most: int, numbers: tuple[tuple[bytes, int], ...]) -> bytes:
    """What a filter makes of bytes: `most` of them and a little more, with its predictor undone."""
    if name.startswith(b"LZW"):
        return predicted(lzw.decode(packed, most, dict(numbers).get(b"EarlyChange", 1) != 0), numbers)
    content = _DECODERS[name](packed, most)
    return predicted(content, numbers) if name.startswith(b"Fl") else content


def predicted(content: bytes, numbers: tuple[tuple[bytes, int], ...]) -> bytes:
    """The bytes as they were before a predictor was put on, if one was."""
    values = dict(numbers)
    predictor = values.get(b"Predictor", 1)
    if predictor < 2:
        return content
    bits = values.get(b"BitsPerComponent", 8) * values.get(b"Colors", 1)
    row = (bits * values.get(b"Columns", 1) + 7) // 8
    if not 1 <= row <= LONGEST_ROW:
        return content
    if predictor >= 10:
        return predictors.png(content, row, max(1, bits // 8))
    return predictors.tiff(content, row, max(1, bits // 8))


def inflate(packed: bytes, most: int) -> bytes:
    """What can be inflated, with or without the header of zlib; `most` bytes and one more."""
    for bits in (15, -15):
        inflater = zlib.decompressobj(bits)
        content = io.BytesIO()
        size = 0
        for at in range(0, len(packed), PIECE):
            try:
                size += content.write(inflater.decompress(packed[at : at + PIECE], most + 1 - size))
            except zlib.error:
                break
            if inflater.eof or size > most:
                break
        if size:
            return content.getvalue()
    return b""


_DECODERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"FlateDecode": inflate,
    b"Fl": inflate,
    b"RunLengthDecode": lzw.run_lengths,
    b"RL": lzw.run_lengths,
    b"ASCIIHexDecode": hexadecimal,
    b"AHx": hexadecimal,
    b"ASCII85Decode": ascii85.decode,
    b"A85": ascii85.decode,
}
