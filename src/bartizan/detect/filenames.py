"""Which extensions a file name has in the eyes of the programs that will open it.

Windows drops dots and blanks at the end, stops at NUL, reads what follows a colon as a stream and what follows a slash
as the name; people do not see invisible and direction characters, nor the difference between look-alike letters;
mailers decode percent signs, or do not, and end a name at a
quote; file systems and programs cut a long name. Every such reading gives its
extension; rules look at all of them.

Limits: of a name longer than LONGEST characters its two ends are looked at.

Not here: how a name is decoded from a header (message/names) or an archive (unpack).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from bartizan._core.text import fold

LONGEST = 2048
CLSID = "clsid"
"""Stands for any extension that is a class identifier in braces, which Windows hides and opens by."""

# Shown as nothing or as blank though they are letters, marks or blanks of their own to Unicode: fillers, the blanks of
# braille, Ogham and musical notes, line and paragraph separators, joiners, selectors.
BLANKS = dict.fromkeys(
    (
        *(0x34F, 0x115F, 0x1160, 0x1680, 0x17B4, 0x17B5, 0x2028, 0x2029, 0x2800, 0x3164, 0xFFA0, 0x1D159),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10)),
    )
)
UNSEEN = frozenset(("Cf", "Cc", "Cs", "Cn"))
"""Categories of Unicode that are drawn as nothing; what is not assigned is by many programs."""
MARKS = frozenset(("Mn", "Me"))
CYRILLIC = str.maketrans("авсԁеһіјкмоԛрѕтухѵԝьӏ", "abcdehijkmoqpstyxvwbl")
GREEK = str.maketrans("αβγεικνορτυχω", "abyeiknoptuxw")

# Drawn like the dot, beside what compatibility forms make one (Unicode's confusables.txt, and points in the middle).
DOTS = str.maketrans(
    dict.fromkeys(
        "\u00b7\u0387\u0660\u06f0\u0701\u0702\u2024\u2027\u22c5\u3002\ua4f8\ua60e\uff61\U00010a50\U0001d16d", "."
    )
)
CUTS = (255, 259, 260)
"""Characters that file systems keep of a name, and Windows of a path, with the NUL at its end or without."""
KEPT = (("utf-8", 255), ("utf-16-le", 510))
"""Encodings in which file systems count, and the bytes of a name that they keep."""
SHORTEST_CUT = 255 // 4
"""Characters of the shortest name that can have more bytes."""

_CUTS = re.compile(r"[\0\r\n]")
_SLASHES = re.compile(r"[/\\\u2044\u2215\u29f8\ufe68\uff3c]")
_VERSION = re.compile(r";\d{1,5}$")
_CLSID = re.compile(r"\{[0-9a-f-]{30,}\}?")
_PLAIN = re.compile(r"[ !#&'()+,\-.0-9;=@A-Z\[\]^_`a-z{}~]*")
_QUOTES = " \t\"'`<>"
_ENDS = _QUOTES + "."


def extensions(name: str) -> tuple[str, ...]:
    """Every extension that `name` can be read to have, in lower case and without its dot, each once; () for none."""
    if len(name) > LONGEST:
        name = name[: LONGEST // 2] + name[-LONGEST // 2 :]
    found = dict.fromkeys(map(_extension, _readings(name)))
    found.pop("", None)
    return tuple(found)


def base_name(name: str) -> str:
    """The last component of a path, as Windows would cut it; one of dots and blanks only names no file."""
    return next((piece for piece in reversed(_SLASHES.split(name)) if piece.strip(_ENDS)), "")


def _readings(name: str) -> list[str]:
    """The names that somebody may read `name` as."""
    whole = [name[:cut] for cut in CUTS if cut < len(name)]
    if len(name) > SHORTEST_CUT and not name.isascii():
        encoded = [(codec, name.encode(codec, "replace"), most) for codec, most in KEPT]
        whole += [raw[:most].decode(codec, "ignore") for codec, raw, most in encoded if most < len(raw)]
    whole.append(name)
    for _ in range(2):
        if "%" in whole[-1]:
            decoded = unquote(whole[-1], errors="replace")
            if decoded != whole[-1]:
                whole.append(decoded)
    readings: list[str] = []
    for text in whole:
        if _PLAIN.fullmatch(text):
            readings.append(text)
            continue
        for piece in (text, *_CUTS.split(text), text.partition('"')[0]):
            for plain in _seen(piece):
                readings += base_name(plain).split(":")
                if ".." in plain:
                    readings += _resolved(plain).split(":")
    return readings


def _resolved(path: str) -> str:
    """What a path names once each ".." has taken back the component in front of it."""
    components: list[str] = []
    for piece in _SLASHES.split(path):
        if piece.strip(_QUOTES) == "..":
            del components[-1:]
        elif piece.strip(_ENDS):
            components.append(piece)
    return components[-1] if components else ""


def _seen(text: str) -> tuple[str, ...]:
    """`text` as it is drawn: compatibility forms made plain, what is invisible removed; then look-alikes made Latin."""
    plain = unicodedata.normalize("NFKC", text.translate(DOTS)).translate(DOTS).translate(BLANKS)
    plain = "".join(c for c in plain if unicodedata.category(c) not in UNSEEN)
    if plain.isascii():
        return (plain,)
    letters = unicodedata.normalize("NFKD", plain.casefold())
    bare = "".join(c for c in letters if not unicodedata.combining(c) and unicodedata.category(c) not in MARKS)
    return (plain, bare.translate(CYRILLIC), bare.translate(GREEK), fold(bare).decode("utf-8"))


def _extension(name: str) -> str:
    name = _VERSION.sub("", name.lstrip(_QUOTES).rstrip(_ENDS)).rstrip(_ENDS)
    _, dot, extension = name.rpartition(".")
    extension = extension.strip(_ENDS).casefold() if dot else ""
    return CLSID if _CLSID.fullmatch(extension) else extension
