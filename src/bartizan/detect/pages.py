"""HTML as people see it: without what styles hide, with what attributes say, with cells joined to words, references
to references resolved.

In: a page as UTF-8. Out: other pages, whose text is what some reader sees; none for most pages. What is hidden is taken
out, since it can part a phrase; the reading with it is made elsewhere.
Limits: those of the hints and of the nesting, behind which a page is not `complete`.
Known gaps: styles that come from outside or are computed by scripts, selectors of more than one part (their last one is
taken for the whole), white letters on a background that another element or an image gives, letters as references with
a reference between each two.
Not here: the text of a page (bartizan._core.markup), where to look (bartizan._core.pagehints), where elements end
(bartizan._core.nesting).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bartizan._core.nesting import start_tags, without
from bartizan._core.pagehints import page_hints
from bartizan.message.disguises import RIGHT_TO_LEFT, turned

# What page_hints tells.
_CELLS = 1
_TURNED = 2
_LETTERS = 4
_DOUBLE = 8
_FULL = 16

_NAME = re.compile(rb"<([A-Za-z][^\s/>]*+)")
_ATTRIBUTE = re.compile(rb"[\s/\"']([\w-]+)")
_STYLE = re.compile(rb"\bstyle\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]*))", re.IGNORECASE)
_QUOTED = re.compile(rb"\"[^\"]*+\"|'[^']*+'")
_BARE = re.compile(rb"[\s/]hidden(?=[\s/>=])", re.IGNORECASE)
_FONT = re.compile(rb"\bcolor\s*+=\s*+[\"']?+\s*+(?:white|#fff(?:fff)?)\b", re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)|<!--|-->", re.DOTALL)
_SHEET_COMMENT = re.compile(rb"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?", re.IGNORECASE)
_ZERO = r"\s*:\s*(?:0(?![.\d]*[1-9])|\.0+(?!\d)|0?\.0\d|[01](?:\.\d+)?p[xt])"
_HIDES = re.compile(
    r"(?<![-\w])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|"
    rf"(?:font-size|opacity|(?:max-)?height|(?:max-)?width){_ZERO}|"
    r"font\s*:[^;]{0,60}?(?<![\d.#a-f])0(?:px|pt|em|%)?[\s/]|"
    r"(?:text-indent|left|top|right|bottom|margin(?:-left|-top)?)\s*:\s*-\d{3}|color\s*:\s*transparent|"
    r"clip(?:-path)?\s*:\s*(?:rect\(\s*[01](?:px)?[\s,]+[01](?:px)?[\s,]|inset\(\s*(?:50|100)%)|"
    r"transform\s*:\s*scale[xy]?\(\s*0(?![.\d]*[1-9]))"
)
_COLOUR = re.compile(r"(?<![-\w])color\s*:\s*([^;!]+)")
_BACKGROUND = re.compile(r"(?<![-\w])background(?:-color)?\s*:\s*([^;!]+)")
_WHITE = frozenset(
    ("white", "#fff", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)", "snow", "#fefefe", "#fffffe")
)
_BETWEEN = re.compile(rb"\[[^\[\]]*+\]|\([^()]*+\)|([\s>+~]++)")
_SELECTOR = re.compile(
    rb"([a-z][a-z0-9-]*+)?+((?:[.#][\w-]++)*+)(?:\[\s*+([\w-]++)[^\]]*+\])?+(?::[\w-]++(?:\([^()]*+\))?+)*+",
    re.IGNORECASE,
)
_MARKED = re.compile(rb"\b(?:class|id)\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
_CELL = re.compile(rb"</?t[dhr]\b[^<>]{0,2000}>", re.IGNORECASE)
_DRAWN = re.compile(rb"</?t(?:ext|span)\b[^<>]{0,2000}>", re.IGNORECASE)
"""Each text of a drawing stands where it is told to, and is no part of the one before."""
_TAG = re.compile(rb"<[^<>]{0,2000}>")
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
    hiding, spoken, sheets, flags = page_hints(page)
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
    if sheets:
        hidden = sorted({*hidden, *_styled(page, [page[start:stop] for start, stop in sheets])})
    if hidden:
        shown, whole = without(page, hidden)
        complete = complete and whole
        if len(shown) != len(page):
            found.append(shown)
    if spoken:
        found.append(b"\n".join(page[start:stop] for start, stop in spoken))
    if flags & _DOUBLE:
        found.append(page.replace(b"&amp;#", b"&#"))
    if flags & _CELLS:
        found.append(_CELL.sub(b"", page))
    if b"<text" in page or b"<TEXT" in page or b"<Text" in page:
        found.append(_DRAWN.sub(b" ", page))
    overridden = flags & _TURNED or (not page.isascii() and RIGHT_TO_LEFT in page)
    texts = (_turned(page),) if overridden else ()
    return Pages(tuple(found), texts, bool(flags & (_CELLS | _LETTERS)), complete)


def _turned(page: bytes) -> bytes:
    """The text of a page in which an override of the writing direction turns letters round."""
    return turned(html.unescape(_TAG.sub(_marked, page).decode("utf-8", "replace")).encode("utf-8", "replace"))


def _marked(tag: re.Match[bytes]) -> bytes:
    """What a tag does to the writing direction: the sign for an override, a line end where it ends."""
    lower = tag[0].lower()
    if b"rtl" in lower and (lower.startswith(b"<bdo") or b"bidi-override" in lower):
        return RIGHT_TO_LEFT
    return b"\n" if _END.match(lower) else b""


def _hides(tag: bytes) -> bool:
    """Does this tag hide what is in its element?"""
    style = _STYLE.search(tag)
    if style is not None and _hiding(style[1] or style[2] or style[3] or b""):
        return True
    name = _NAME.match(tag)
    if (name is not None and name[1].lower() in (b"template", b"noscript")) or _FONT.search(tag) is not None:
        return True
    return _BARE.search(_QUOTED.sub(b"''", tag)) is not None


def _hiding(style: bytes) -> bool:
    """Do these declarations hide what they are for?"""
    text = style.decode("utf-8", "replace")
    if "&" in text:
        text = html.unescape(text)
    if "/*" in text or "<!" in text:
        text = _COMMENT.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    text = text.lower()
    if _HIDES.search(text):
        return True
    colour = _COLOUR.search(text)
    if colour is None:
        return False
    background = _BACKGROUND.search(text)
    plain = _plain(colour[1])
    return plain == _plain(background[1]) if background else plain in _WHITE


def _plain(colour: str) -> str:
    """A colour in one way to write it."""
    plain = "".join(colour.split())
    if len(plain) == 4 and plain.startswith("#"):
        plain = "#" + "".join(2 * digit for digit in plain[1:])
    return {"white": "#ffffff", "black": "#000000"}.get(plain, plain)


def _styled(page: bytes, sheets: Iterable[bytes]) -> Iterator[int]:
    """Where the tags begin that a rule of the page's own style sheets hides."""
    tags: set[bytes] = set()
    marks: set[bytes] = set()
    attributes: set[bytes] = set()
    for sheet in sheets:
        for rule in _SHEET_COMMENT.sub(b"", sheet).split(b"}"):
            front, brace, style = rule.rpartition(b"{")
            if not brace or not _hiding(style):
                continue
            for selector in front.rpartition(b"{")[2].split(b","):
                last = _SELECTOR.fullmatch(_last(selector))
                if last is None:
                    continue
                if last[2]:
                    marks.add(re.split(rb"[.#]", last[2])[-1])
                elif last[3]:
                    attributes.add(last[3].lower())
                elif last[1]:
                    tags.add(last[1].lower())
    for start, stop in start_tags(page) if marks or attributes or tags else ():
        tag = page[start:stop]
        name = _NAME.match(tag)
        if (
            (tags and name is not None and name[1].lower() in tags)
            or (marks and any(not marks.isdisjoint(found[1].strip(b"\"'").split()) for found in _MARKED.finditer(tag)))
            or (attributes and not attributes.isdisjoint(_ATTRIBUTE.findall(tag.lower())))
        ):
            yield start


def _last(selector: bytes) -> bytes:
    """The last part of a selector; what stands in brackets is no blank between two."""
    selector = selector.strip()
    at = 0
    for found in _BETWEEN.finditer(selector):
        if found[1] is not None:
            at = found.end()
    return selector[at:]
