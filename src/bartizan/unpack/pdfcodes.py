"""How the codes of a PDF's strings become text: tables, codecs, and names of glyphs (ISO 32000-2 section 9.6, 9.7).

In: the encoding of a font. Out: its decoder. Never raises.
Known gaps: fonts without ToUnicode whose glyphs have no telling names, and predefined maps other than CODECS.
Not here: ToUnicode maps, and which font is meant (pdffonts.py).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html.entities import name2codepoint

from bartizan.unpack.pdfobjects import Name, Value

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
        if self.table is None or (self.width == 1 and len(self.table) >= 256):
            return True
        return self.table.keys() >= (set(raw) if self.width == 1 else set(map(ord, self._codes(raw))))

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


def encoded(encoding: Value) -> Decoder:
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
