"""What the codes in the strings of a PDF's pages mean, by the names of fonts (ISO 32000-2 section 9.6 to 9.10).

In: the objects of a document, and its streams by number. Out: for each name of a font the decoders that may be meant.
Which page means which font is not followed: the same name on several pages has several decoders. A ToUnicode map may
say something else than the encoding, by which people see the text: both count. Never raises.
Limits: FONTS fonts, NAMES names of them, CANDIDATES decoders of a name, ENTRIES of all maps together, LONGEST_RANGE of
a range.
Known gaps: fonts without ToUnicode whose glyphs have no telling names, and predefined maps other than CODECS.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import name2codepoint

from bartizan.unpack.pdfobjects import Name, Objects, Reference, Value
from bartizan.unpack.pdfsyntax import GAP, hexadecimal, plain

FONTS = 2000
NAMES = 20_000
CANDIDATES = 8
ENTRIES = 2_000_000
LONGEST_RANGE = 65_536
SUBSET = 29
"""How far glyph numbers lie below ASCII in most TrueType fonts."""

CODECS = {
    b"GBK": "gbk",
    b"GBKp": "gbk",
    b"GB-": "gb2312",
    b"90ms": "cp932",
    b"90msp": "cp932",
    b"ETen": "big5",
    b"B5pc": "big5",
    b"KSCms": "cp949",
    b"KSC": "euc_kr",
    b"EUC": "euc_jp",
}
"""Beginnings of predefined maps, in front of the first hyphen."""
_PUNCTUATION = (
    "space exclam quotedbl numbersign dollar percent ampersand quotesingle parenleft parenright asterisk plus comma "
    "hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question "
    "at"
)
GLYPHS: dict[str, str] = {
    **{name: chr(code) for name, code in name2codepoint.items()},
    **{name: chr(32 + place) for place, name in enumerate(_PUNCTUATION.split())},
    **{name: name for name in ("fi", "fl", "ff", "ffi", "ffl")},
    "bracketleft": "[",
    "backslash": "\\",
    "bracketright": "]",
    "underscore": "_",
    "braceleft": "{",
    "bar": "|",
    "braceright": "}",
    "quoteright": "'",
    "quoteleft": "`",
    "germandbls": "\xdf",
    "minus": "-",
    "nbspace": " ",
    "endash": "\u2013",
    "emdash": "\u2014",
}

_RESOURCE = re.compile(rb"/Font" + GAP + rb"(?=<<|\d++[\0\t\n\f\r ]++\d++[\0\t\n\f\r ]++R\b)")
_SECTION = re.compile(rb"begin(codespacerange|bfchar|bfrange)")
_HEX = re.compile(rb"<([0-9A-Fa-f\s]*+)>|(\[)|(\])")
_UNICODE = re.compile(r"(?:uni([0-9A-F]{4})|u([0-9A-F]{4,6}))")


@dataclass(frozen=True, slots=True)
class Decoder:
    """How codes become text: by a table of codes of one or two bytes, or a codec."""

    width: int
    table: dict[int, str] | None = None
    codec: str = ""

    def decode(self, raw: bytes) -> str:
        """The text of a string."""
        if self.table is None:
            return raw.decode(self.codec, "replace")
        return self._codes(raw).translate(self.table)

    def knows(self, raw: bytes) -> bool:
        """Is every code of a string known?"""
        return self.table is None or self.table.keys() >= set(map(ord, self._codes(raw)))

    def _codes(self, raw: bytes) -> str:
        return raw.decode("latin-1" if self.width == 1 else "utf-16-be", "replace")


def _simple(codec: str) -> dict[int, str]:
    return dict(enumerate(bytes(range(256)).decode(codec, "replace")))


LATIN, MAC = _simple("cp1252"), _simple("mac_roman")
PLAIN = Decoder(1, LATIN)
GUESSED = Decoder(2, {code: chr(code + SUBSET) for code in range(1, 128 - SUBSET)})


def prepare() -> None:
    """Load the codecs of predefined maps."""
    for codec in (*CODECS.values(), "utf-16-be", "utf-16-le", "utf-8", "latin-1"):
        b"".decode(codec, "replace")
    unicodedata.lookup("SPACE")


class Fonts:
    """The fonts of one document. `limited`: there were too many of them, or their maps were too long."""

    __slots__ = ("_decoders", "_left", "_names", "_objects", "_streams", "limited")

    def __init__(self, texts: Iterable[bytes], objects: Objects, streams: dict[int, list[bytes]]) -> None:
        self._objects = objects
        self._streams = streams
        self._names: dict[bytes, list[Value]] = {}
        self._decoders: dict[bytes, tuple[Decoder, ...]] = {}
        self._left = ENTRIES
        self.limited = False
        count = 0
        for text in texts:
            for found in _RESOURCE.finditer(text):
                for value in objects.values(objects.value_at(text, found.end())):
                    for name, font in value.items() if isinstance(value, dict) else ():
                        fonts = self._names.setdefault(name, [])
                        if font not in fonts[-CANDIDATES:]:
                            fonts.append(font)
                            count += 1
                if count > NAMES:
                    self.limited = True
                    return

    def decoders(self, name: bytes) -> tuple[Decoder, ...]:
        """What may be meant by a font's name."""
        if name not in self._decoders:
            found: list[Decoder] = []
            for font in self._names.get(plain(name), ())[:CANDIDATES]:
                for value in self._objects.values(font):
                    if isinstance(value, dict):
                        found += (one for one in self._font(value) if one not in found)
            self._decoders[name] = tuple(found[:CANDIDATES]) or (PLAIN,)
            self.limited = self.limited or len(self._decoders) > FONTS
        return self._decoders[name]

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
            yield _encoded(encoding)
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


def _encoded(encoding: Value) -> Decoder:
    """The decoder of a simple font's encoding (section 9.6.5)."""
    base = encoding
    differences: Value = None
    if isinstance(encoding, dict):
        base, differences = encoding.get(b"BaseEncoding"), encoding.get(b"Differences")
    table = MAC if base == Name(b"MacRomanEncoding") else LATIN
    if not isinstance(differences, list):
        return Decoder(1, table) if table is MAC else PLAIN
    table = dict(table)
    code = 0
    for value in differences:
        if isinstance(value, int):
            code = value
        elif isinstance(value, Name):
            table[code] = glyph(value.text.decode("latin-1"))
            code += 1
    return Decoder(1, table)


def glyph(name: str) -> str:
    """The text of a glyph by its name (Adobe Glyph List Specification section 2)."""
    stem = name.partition(".")[0]
    if len(stem) == 1:
        return stem
    found = _UNICODE.fullmatch(stem)
    if found is not None:
        return chr(min(int(found[1] or found[2], 16), 0x10FFFF))
    return GLYPHS.get(stem, "\ufffd")
