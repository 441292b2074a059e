"""Whether declarations of CSS hide what they are for.

In: the text of declarations, of an attribute or of a rule. Out: yes or no; of several that contradict each other one
that hides is enough. What is one pixel high counts as hidden, and so do letters in the colour of their background, or
white ones if no background is told.
Linear. Known gaps: values that are computed, white letters on a background that another element or an image gives.
Not here: which elements a rule is for (stylesheets).
"""

from __future__ import annotations

import re
from collections.abc import Callable

DIGITS = 32

_SKIPPED = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE)
_NUMBER = re.compile(r"(?:[a-z-]++\(\s?)*+([+-]?)(\d++(?:\.\d*+)?|\.\d++)(?:e([+-]?\d{1,9}+))?+(px|pt)?")
_FAR = re.compile(r"-0*+(?:[1-9]\d{2}|[1-9]\d(?:\.\d*+)?(?:r?em|v[wh]|in|cm|ch))")
_CLIPPED = re.compile(r"rect\(\s?[01](?:px)?[\s,]+[01](?:px)?[\s,]|inset\(\s?(?:50|100)%")
_SCALED = re.compile(r"scale[xy]?\(\s?0(?![.\d]*[1-9])")
_WHITE = frozenset(
    ("#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)", "snow", "#fefefe", "#fffffe", "hsl(0,0%,100%)")
)


def _is_tiny(value: str) -> bool:
    """Is a length less than two pixels or points, or another number less than a tenth?"""
    number = _NUMBER.match(value)
    if number is None:
        return False
    size = float(f"0{number[2].lstrip('0')[:DIGITS]}e{number[3] or 0}")
    return size < (2 if number[4] else 0.1) and (not size or number[1] != "-")


def _is_tiny_font(value: str) -> bool:
    """Has one of the words in front of the height of lines such a size?"""
    return any(_is_tiny(word) for word in value.partition("/")[0].split() if not word.endswith("deg"))


def _begins(*words: str) -> Callable[[str], bool]:
    return lambda value: value.startswith(words)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.search(value) is not None


_HIDING: dict[str, Callable[[str], bool]] = {
    "display": _begins("none"),
    "visibility": _begins("hidden", "collapse"),
    "mso-hide": _begins("all"),
    "font": _is_tiny_font,
    "color": _begins("transparent"),
    "clip": _matches(_CLIPPED),
    "clip-path": _matches(_CLIPPED),
    "transform": _matches(_SCALED),
    **dict.fromkeys(("font-size", "opacity", "height", "max-height", "width", "max-width"), _is_tiny),
    **dict.fromkeys(
        ("text-indent", "left", "top", "right", "bottom", "margin", "margin-left", "margin-top"),
        lambda value: _FAR.match(value) is not None,
    ),
}  # fmt: skip

_GROUNDS = frozenset(("background", "background-color"))
_TELLING = _GROUNDS | _HIDING.keys()


def hides(declarations: str) -> bool:
    """Do these declarations hide what they are for?"""
    if "/*" in declarations or "<!" in declarations or "-->" in declarations:
        declarations = _SKIPPED.sub(" ", declarations)
    if "\\" in declarations:
        declarations = _ESCAPE.sub(_unescaped, declarations)
    colours: set[str] = set()
    grounds: set[str] = set()
    for declaration in declarations.lower().split(";"):
        name, colon, written = declaration.partition(":")
        name = name.strip()
        if not colon or name not in _TELLING:
            continue
        value = " ".join(written.split())
        hiding = _HIDING.get(name)
        if hiding is not None and hiding(value):
            return True
        if name == "color":
            colours.add(_plain(value))
        elif name in _GROUNDS:
            grounds.add(_plain(value))
    return not colours.isdisjoint(grounds or _WHITE)


def _plain(colour: str) -> str:
    """A colour in one way to write it."""
    plain = "".join(colour.partition("!")[0].split())
    if len(plain) == 4 and plain.startswith("#"):
        plain = "#" + "".join(2 * digit for digit in plain[1:])
    return {"white": "#ffffff", "black": "#000000"}.get(plain, plain)


def is_white(colour: str) -> bool:
    """Is this, in small letters, a colour that is not seen on a white page?"""
    return _plain(colour) in _WHITE or _plain(f"#{colour}") in _WHITE


def _unescaped(found: re.Match[str]) -> str:
    return chr(min(int(found[1], 16), 0x10FFFF)) if found[1] else found[2]
