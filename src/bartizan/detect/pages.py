"""HTML as people see it: without what styles hide, with what they and scripts put in and attributes say, with cells
joined to words, references to references resolved.

In: a page as UTF-8. Out: other pages, whose text is what some reader sees; none for most pages. What is hidden is taken
out, since it can part a phrase; the reading with it is made elsewhere.
Limits: those of the hints, the nesting and the style sheets, behind which a page is not `complete`.
Known gaps: letters as references with a reference between each two.
Not here: the text of a page (bartizan._core.markup), where to look (bartizan._core.pagehints), where elements end
(bartizan._core.nesting), what styles do (styles, stylesheets) and scripts write (scripts).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from bartizan._core.nesting import start_tags, without
from bartizan._core.pagehints import page_hints
from bartizan.detect.scripts import written
from bartizan.detect.styles import hides, is_white
from bartizan.detect.stylesheets import StyleSheets
from bartizan.message.disguises import RIGHT_TO_LEFT, turned
from bartizan.message.tags import NAME, attributes

# What page_hints tells.
_CELLS = 1
_TURNED = 2
_LETTERS = 4
_DOUBLE = 8
_FULL = 16

_CELL = re.compile(rb"</?t[dhr](?=[\s/>])", re.IGNORECASE)
_DRAWN = re.compile(rb"</?t(?:ext|span)(?=[\s/>])", re.IGNORECASE)
"""Each text of a drawing stands where it is told to, and is no part of the one before."""
_OTHER_TAG = re.compile(rb"<[/!?][^>]*+>")
"""What start_tags does not tell: end tags, comments and the like."""
_END = re.compile(rb"</(?:bdo|span|div|p|td|font)\b|<br\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pages:
    """What a page can be read as besides itself: other pages, and texts; `apart`: letters may stand in cells of their
    own; `complete`: nothing of it was passed over."""

    shown: tuple[bytes, ...]
    texts: tuple[bytes, ...]
    apart: bool
    complete: bool


def readings(page: bytes) -> Pages:
    """Other pages with the text that somebody sees on this one."""
    hiding, spoken, sheets, scripts, flags = page_hints(page)
    found: list[bytes] = []
    known: dict[bytes, bool] = {}
    hidden: list[int] = []
    complete = not flags & _FULL
    for start, stop in hiding:
        tag = page[start:stop]
        if tag not in known:
            known[tag] = _hides(tag)
        if known[tag]:
            hidden.append(start)
    rules = StyleSheets(page[start:stop] for start, stop in sheets)
    hidden = sorted({*hidden, *rules.hidden(page)})
    shown = page
    if hidden:
        shown, whole = without(page, hidden)
        complete = complete and whole
    if rules.generates:
        shown = rules.filled(shown)
    if shown != page:
        found.append(shown)
    if spoken:
        found.append(b"\n".join(page[start:stop] for start, stop in spoken))
    if flags & _DOUBLE:
        found.append(page.replace(b"&amp;#", b"&#"))
    if flags & _CELLS:
        found.append(_changed(page, lambda tag: b"" if _CELL.match(tag) else tag))
    if b"<text" in page or b"<TEXT" in page or b"<Text" in page:
        found.append(_changed(page, lambda tag: b" " if _DRAWN.match(tag) else tag))
    overridden = flags & _TURNED or (not page.isascii() and RIGHT_TO_LEFT in page)
    texts = [_turned(page)] if overridden else []
    if scripts:
        strings, text = written([page[start:stop] for start, stop in scripts])
        found += [strings] if strings else []
        texts.append(text)
    return Pages(tuple(found), tuple(texts), bool(flags & (_CELLS | _LETTERS)), complete and rules.complete)


def _changed(page: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """The page with all its tags changed."""
    pieces: list[bytes] = []
    at = 0
    for start, stop in start_tags(page):
        pieces += (_between(page[at:start], change), change(page[start:stop]))
        at = stop
    return b"".join((*pieces, _between(page[at:], change)))


def _between(text: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """What stands between two start tags, with the other tags changed."""
    end = text.rfind(b">") + 1
    return _OTHER_TAG.sub(lambda tag: change(tag[0]), text[:end]) + text[end:]


def _turned(page: bytes) -> bytes:
    """The text of a page in which an override of the writing direction turns letters round."""
    return turned(html.unescape(_changed(page, _marked).decode("utf-8", "replace")).encode("utf-8", "replace"))


def _marked(tag: bytes) -> bytes:
    """What a tag does to the writing direction: the sign for an override, a line end where it ends."""
    lower = tag.lower()
    if b"rtl" in lower and (lower.startswith(b"<bdo") or b"bidi-override" in lower):
        return RIGHT_TO_LEFT
    return b"\n" if _END.match(lower) else b""


def _hides(tag: bytes) -> bool:
    """Does this tag hide what is in its element?"""
    name = NAME.match(tag)
    if name is not None and name[1].lower() in (b"template", b"noscript"):
        return True
    found = attributes(tag)
    return (
        b"hidden" in found
        or is_white(found.get(b"color", b"").decode("utf-8", "replace").strip().lower())
        or hides(found.get(b"style", b"").decode("utf-8", "replace"))
    )
