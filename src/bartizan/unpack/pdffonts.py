"""What the codes in the strings of a PDF's pages mean, by the names of fonts (ISO 32000-2 section 9.6 to 9.10).

In: the objects of a document, and its streams by number. Out: for a name of a font the decoders that may be meant:
those of the fonts that the content itself may mean, then a few that have the same name elsewhere, and many of these
where it is not sure what the content means. A ToUnicode map may say something else than the encoding, by which people
see the text: both count. Never raises.
Limits: FONTS fonts, NAMES names of them, CANDIDATES decoders of a name, ENTRIES of all maps together, LONGEST_RANGE of
a range; `limited` tells when one is reached, but for LIKELY decoders from elsewhere of a name whose meaning is sure.
Not here: encodings (pdfcodes.py), which fonts a content may mean (pdfresources.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bartizan.unpack.pdfcodes import CODECS, GUESSED, PLAIN, Decoder, encoded
from bartizan.unpack.pdfobjects import Name, Objects, Reference, Value, items
from bartizan.unpack.pdfresources import Own
from bartizan.unpack.pdfsyntax import GAP, hexadecimal, plain

FONTS = 50_000
NAMES = 50_000
CANDIDATES = 64
LIKELY = 4
ENTRIES = 3_000_000
LONGEST_RANGE = 65_536

_RESOURCE = re.compile(rb"/Font" + GAP + rb"(?=<<|\d++[\0\t\n\f\r ]++\d++[\0\t\n\f\r ]++R\b)")
_SECTION = re.compile(rb"begin(codespacerange|bfchar|bfrange)")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*+)>|(\[)|(\])")


@dataclass(frozen=True, slots=True)
class Meant:
    """What a name of a font may mean, the likeliest first; `most`: so many of them count, the others perhaps."""

    decoders: tuple[Decoder, ...]
    most: int


NONE = Meant((PLAIN,), 1)


class Fonts:
    """The fonts of one document. `limited`: there were too many of them, or their maps were too long."""

    __slots__ = ("_decoders", "_known", "_left", "_names", "_objects", "_read", "_streams", "limited")

    def __init__(self, texts: Iterable[bytes], objects: Objects, streams: dict[int, list[bytes]]) -> None:
        self._objects = objects
        self._streams = streams
        self._names: dict[bytes, list[Value]] = {}
        self._decoders: dict[tuple[Own, bytes], Meant] = {}
        self._read: dict[int, tuple[Decoder, ...]] = {}
        self._known: dict[tuple[int, str, int], Decoder] = {}
        self._left = ENTRIES
        self.limited = False
        seen: set[tuple[bytes, int]] = set()
        for text in texts:
            for found in _RESOURCE.finditer(text):
                for value in objects.values(objects.value_at(text, found.end())):
                    for name, font in items(value) if isinstance(value, dict) else ():
                        number = font.number if isinstance(font, Reference) else -1 - len(seen)
                        if (name, number) not in seen:
                            seen.add((name, number))
                            self._names.setdefault(name, []).append(font)
                if len(seen) > NAMES:
                    self.limited = True
                    return

    def meant(self, name: bytes, own: Own) -> Meant:
        """What may be meant by a font's name in a content."""
        key = (own, plain(name))
        if key not in self._decoders:
            self._decoders[key] = self._meant(*key)
            self.limited = self.limited or len(self._decoders) > FONTS
        return self._decoders[key]

    def _meant(self, own: Own, name: bytes) -> Meant:
        found: dict[int, Decoder] = {}
        for fonts in own.fonts:
            for decoder in self._of(fonts.get(name)):
                found[id(decoder)] = decoder
        sure = len(found) if own.sure else 0
        most = LIKELY if sure else CANDIDATES
        for font in self._names.get(name, ()):
            for decoder in self._of(font):
                if id(decoder) not in found and len(found) < most:
                    found[id(decoder)] = decoder
                elif id(decoder) not in found:
                    self.limited = self.limited or not sure
                    return Meant(tuple(found.values()), sure or len(found))
        return Meant(tuple(found.values()), sure or len(found)) if found else NONE

    def _of(self, font: Value) -> tuple[Decoder, ...]:
        """The decoders of a font, the same for the same tables."""
        number = font.number if isinstance(font, Reference) else -1
        if number in self._read:
            return self._read[number]
        fonts = (value for value in self._objects.values(font) if isinstance(value, dict))
        decoders = tuple(self._same(decoder) for value in fonts for decoder in self._font(value))
        if number >= 0:
            self._read[number] = decoders
        return decoders

    def _same(self, decoder: Decoder) -> Decoder:
        table = decoder.table
        shape = 0 if table is None else hash(tuple(table.items()))
        return self._known.setdefault((decoder.width, decoder.codec, shape), decoder)

    def _font(self, font: dict[bytes, Value]) -> Iterator[Decoder]:
        """The decoders of one font: its encoding, then its ToUnicode map."""
        encoding = next(self._objects.values(font.get(b"Encoding")), None)
        composite = font.get(b"Subtype") == Name(b"Type0")
        maps = [
            one
            for content in self._contents(font.get(b"ToUnicode"))
            if (one := self._map(content, composite=composite)) is not None
        ]
        if composite:
            name = encoding.text if isinstance(encoding, Name) else b""
            if name.startswith(b"Uni"):
                yield Decoder(2, codec="utf-16-be")
            elif codec := CODECS.get(name.partition(b"-")[0], ""):
                yield Decoder(2, codec=codec)
            elif not maps:
                yield GUESSED
                yield Decoder(2, codec="utf-16-be")
            yield from maps
            return
        # A subset whose codes mean nothing without its map has no encoding.
        if encoding is not None or not maps:
            yield encoded(encoding)
        yield from maps

    def _contents(self, value: Value) -> list[bytes]:
        return self._streams.get(value.number, []) if isinstance(value, Reference) else []

    def _map(self, text: bytes, *, composite: bool) -> Decoder | None:
        """A ToUnicode map (section 9.10.3)."""
        table: dict[int, str] = {}
        width = 2 if composite else 1
        at = 0
        while (found := _SECTION.search(text, at)) is not None:
            if self._left < 0:
                self.limited = True
                break
            at = text.find(b"end" + found[1], found.end())
            if at < 0:
                break
            items = [_item(*groups) for groups in _HEX.findall(text, found.end(), at)]
            self._left -= len(items)
            if found[1] == b"codespacerange":
                width = min((len(item) for item in items if isinstance(item, bytes) and item), default=width)
            elif found[1] == b"bfchar":
                for code, text_of in zip(items[::2], items[1::2], strict=False):
                    if isinstance(code, bytes) and isinstance(text_of, bytes):
                        table[int.from_bytes(code, "big")] = _text(text_of)
            else:
                self._left -= _ranges(items, table, self._left)
        return Decoder(1 if width == 1 else 2, table) if table else None


def _item(digits: bytes, begin: bytes, end: bytes) -> bytes | bool:
    """A code or a text; True and False: where an array begins and ends."""
    return True if begin else False if end else hexadecimal(digits, 512)


def _text(raw: bytes) -> str:
    return raw.decode("utf-16-be", "replace") if len(raw) > 1 else raw.decode("latin-1")


def _ranges(items: list[bytes | bool], table: dict[int, str], most: int) -> int:
    """Ranges of codes: first, last, and the text of the first or an array of texts. How many codes these are."""
    count = at = 0
    while at + 2 < len(items) and count <= most:
        first, last, target = items[at : at + 3]
        at += 3
        if not isinstance(first, bytes) or not isinstance(last, bytes):
            continue
        start = int.from_bytes(first, "big")
        size = min(int.from_bytes(last, "big") - start + 1, LONGEST_RANGE)
        if target is True:
            while at < len(items) and isinstance(entry := items[at], bytes):
                table[start] = _text(entry)
                start += 1
                at += 1
            at += 1
        elif isinstance(target, bytes) and target:
            text = _text(target)
            for step in range(size):
                table[start + step] = text[:-1] + chr(min(ord(text[-1]) + step, 0x10FFFF))
            count += max(size, 0)
    return count
