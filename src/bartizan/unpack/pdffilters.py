"""The filters of PDF streams, and the predictors behind them (ISO 32000-2 section 7.4).

In: what stands in front of a stream, and its bytes. Out: the names of its filters, and what each makes of bytes; what
is decoded until the first fault counts. Read are FlateDecode, LZWDecode, RunLengthDecode, ASCIIHexDecode and
ASCII85Decode, by their names wherever they stand in the dictionary, so that arrays, damage and order do not matter; and
once more as the dictionary lists them with parameters for each, and refers to them. Predictors are those of PNG and of
TIFF (8 bits).
Limits: the caller's number of bytes, FILTERS filters, revisions and work of pdfobjects.py.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from bartizan._core import ascii85, lzw, predictors
from bartizan.unpack.pdfobjects import Name, Objects, Reference, Value
from bartizan.unpack.pdfsyntax import GAP, hexadecimal, plain

FILTERS = 8
LEVELS = 3
"""Of references from a dictionary to the parameters of its filters."""
COMPRESSING = (b"Fl", b"LZW")
"""How the names of filters begin that have parameters."""
PIECE = 4096
LONGEST_ROW = 1 << 20

FILTER = re.compile(
    rb"/(FlateDecode|Fl|LZWDecode|LZW|RunLengthDecode|RL|ASCIIHexDecode|AHx|ASCII85Decode|A85)(?![A-Za-z0-9])"
)
_PICTURE = re.compile(rb"/Subtype\s*+/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")
_OBJECTS = re.compile(rb"/ObjStm\b")
_FILE = re.compile(rb"/EmbeddedFile\b")
_FIRST = re.compile(rb"/First" + GAP + rb"(\d{1,9})(?!\d|[\0\t\n\f\r ]++\d++[\0\t\n\f\r ]++R)")
_NUMBERS = re.compile(rb"/(Predictor|Columns|Colors|BitsPerComponent|EarlyChange)" + GAP + rb"\+?(\d{1,9})")
_REFERENCE = re.compile(
    rb"/(?:Filter|F|DecodeParms|DP|Predictor|Columns|Colors|BitsPerComponent|EarlyChange)(?![A-Za-z])"
    + GAP
    + rb"(?:\[[^\]]{0,300}?(?<![0-9]))?\d{1,10}[\0\t\n\f\r ]++\d{1,5}[\0\t\n\f\r ]++R\b"
)
NUMBERS = (b"Predictor", b"Columns", b"Colors", b"BitsPerComponent", b"EarlyChange")

Numbers = tuple[tuple[bytes, int], ...]
Steps = tuple[tuple[bytes, Numbers], ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What a stream's dictionary says: its filters in order with their parameters by name, whether it is an image or a
    font, an embedded file, whether other objects are in it and where the first of them begins (None: not told).

    `refers`: filters or parameters are other objects.
    """

    steps: Steps
    is_picture: bool
    is_file: bool
    holds_objects: bool
    first: int | None
    refers: bool = field(compare=False)


def dictionary(text: bytes) -> Dictionary:
    """What is said in front of a stream."""
    text = plain(text)
    filters = tuple(found[1] for found in islice(FILTER.finditer(text), FILTERS + 1))
    numbers = tuple((name, int(value)) for name, value in _NUMBERS.findall(text)) if filters else ()
    holds_objects = _OBJECTS.search(text) is not None
    first = _FIRST.search(text) if holds_objects else None
    return Dictionary(
        tuple((name, numbers if name.startswith(COMPRESSING) else ()) for name in filters),
        _PICTURE.search(text) is not None and not holds_objects,
        _FILE.search(text) is not None,
        holds_objects,
        int(first[1]) if first is not None else None,
        _REFERENCE.search(text) is not None,
    )


def listed(entries: Value, objects: Objects) -> Iterator[Steps]:
    """The filters as a dictionary lists them, with the parameters of each; in each revision of what it refers to."""
    if not isinstance(entries, dict):
        return
    tellers = [entries[name] for name in (b"DecodeParms", b"DP", b"Filter", b"F") if name in entries]
    for revision in range(_revisions(tellers, objects)):

        def meant(value: Value, revision: int = revision) -> Value:
            found = list(objects.values(value))
            return found[min(revision, len(found) - 1)] if found else None

        def entry(*names: bytes) -> list[Value]:
            value = next((meant(entries[name]) for name in names if name in entries), None)
            return list(map(meant, value)) if isinstance(value, list) else [value]

        steps: list[tuple[bytes, Numbers]] = []
        parameters = entry(b"DecodeParms", b"DP")
        for place, name in enumerate(entry(b"Filter", b"F")[: FILTERS + 1]):
            if not isinstance(name, Name) or FILTER.fullmatch(b"/" + name.text) is None:
                continue
            own = parameters[place] if place < len(parameters) else None
            numbers: Numbers = ()
            if isinstance(own, dict) and name.text.startswith(COMPRESSING):
                told = ((key, meant(own[key])) for key in NUMBERS if key in own)
                numbers = tuple((key, value) for key, value in told if isinstance(value, int))
            steps.append((name.text, numbers))
        if len(steps) <= FILTERS:
            yield tuple(steps)


def _revisions(values: list[Value], objects: Objects) -> int:
    """The most revisions of an object that these values, or what they refer to, refer to."""
    most = 1
    for _ in range(LEVELS):
        flat: list[Value] = []
        for value in values:
            if isinstance(value, dict):
                flat += value.values()
            elif isinstance(value, list):
                flat += value
            else:
                flat.append(value)
        references = dict.fromkeys(one for one in flat if isinstance(one, Reference))
        most = max([most, *(len(objects.places(one.number)) for one in references)])
        nested = [one for one in flat if isinstance(one, list | dict)]
        values = [*nested, *(target for one in references for target in objects.values(one))]
    return most


def undone(name: bytes, packed: bytes, most: int, numbers: Numbers) -> bytes:
    """What a filter makes of bytes: `most` of them and a little more, with its predictor undone."""
    if name.startswith(b"LZW"):
        return predicted(lzw.decode(packed, most, dict(numbers).get(b"EarlyChange", 1) != 0), numbers)
    content = _DECODERS[name](packed, most)
    return predicted(content, numbers) if name.startswith(b"Fl") else content


def predicted(content: bytes, numbers: Numbers) -> bytes:
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
    """What can be inflated up to the first fault, with or without the header of zlib, or behind a wrong one; `most`
    bytes and one more. Checksums do not matter to readers."""
    content = _inflated(packed, 15, most)
    return content or max(_inflated(packed, -15, most), _inflated(packed[2:], -15, most), key=len)


def _inflated(packed: bytes, bits: int, most: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    content = io.BytesIO()
    size = 0
    for at in range(0, len(packed), PIECE):
        try:
            size += content.write(inflater.decompress(packed[at : at + PIECE], most + 1 - size))
        except zlib.error:
            content.write(_up_to_fault(packed, bits, at, most + 1 - size))
            break
        if inflater.eof or size > most:
            break
    return content.getvalue()


def _up_to_fault(packed: bytes, bits: int, at: int, most: int) -> bytes:
    """What comes out of the piece at `at`, which has a fault: of an error zlib gives nothing."""
    inflater = zlib.decompressobj(bits)
    for place in range(0, at, PIECE):
        inflater.decompress(packed[place : place + PIECE])
    content = io.BytesIO()
    size = PIECE
    while (size := size // 2) and not inflater.eof and content.tell() < most:
        before = inflater.copy()
        try:
            content.write(inflater.decompress(packed[at : at + size], most - content.tell()))
            at += size
        except zlib.error:
            inflater = before
    return content.getvalue()


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
