"""What people read on a page, as text that keeps its case: for things that are to be typed again, such as passwords.

In: HTML or XML. Out: the text with tags taken out (those of a line leave nothing, others a line end) and references
resolved, and the texts that stand in for pictures and fields. Linear; never raises.
Known gaps: what styles hide or put in another order.
Not here: the view on which phrases are matched (bartizan._core.text), which has no case.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

ATTRIBUTES = 200
_IN_A_LINE = """
a abbr b bdi bdo big cite code del dfn em font i img ins kbd mark nobr o:p q s samp small span strike strong sub sup
tt u var wbr w:r w:t w:rpr
"""
INLINE = frozenset(_IN_A_LINE.split())
SILENT = frozenset(("script", "style"))

_TAG = re.compile(r"<(/?)([a-zA-Z!?][^\s<>/]*)([^<>]*)>")
_ATTRIBUTE = re.compile(
    r"\b(?:alt|title|value|placeholder|aria-label)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PageWords:
    """The text of a page, and the texts in its attributes, ATTRIBUTES of them at most."""

    shown: str
    attributes: tuple[str, ...]


def page_words(page: str) -> PageWords:
    """The words of a page."""
    pieces: list[str] = []
    attributes: list[str] = []
    at = 0
    silent = ""
    for tag in _TAG.finditer(page):
        closes, name = bool(tag[1]), tag[2].lower()
        if not silent:
            pieces.append(page[at : tag.start()])
            if name not in INLINE:
                pieces.append("\n")
            if "=" in tag[3] and len(attributes) < ATTRIBUTES:
                attributes += (a[1] or a[2] or a[3] or "" for a in _ATTRIBUTE.finditer(tag[3]))
            if name in SILENT and not closes and not tag[3].endswith("/"):
                silent = name
        elif closes and name == silent:
            silent = ""
        at = tag.end()
    if not silent:
        pieces.append(page[at:])
    return PageWords(html.unescape("".join(pieces)), tuple(map(html.unescape, attributes[:ATTRIBUTES])))
