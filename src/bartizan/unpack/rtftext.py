"""The text of an RTF document as readers show it: code pages of fonts, escapes, Unicode, hidden runs, wrapped HTML.

In: what stands in the body, token by token. Out: the text, the text without its hidden runs, and the HTML that Outlook
wraps in RTF (MS-OXRTFEX), as UTF-8; that in two readings: what leaves RTF out of the HTML may last until it is taken
back, or to the end of its group. Never raises.
Limits: the caller's number of bytes, of each text.
Not here: groups and destinations (rtf.py).
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

CHARSETS = {
    0: 1252,
    77: 10000,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
"""The code page of each character set of a font (`\\fcharset`)."""
CODECS = {1200: "utf-16-le", 10000: "mac_roman", 1361: "johab", 936: "gbk", 54936: "gb18030", 65001: "utf-8"}
"""Python's names, where they are not cpN."""
OTHERS = (720, 737, 775, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 866, 869)
PAGES = frozenset((*CHARSETS.values(), *CODECS, *OTHERS))
SYMBOLS = {
    **dict.fromkeys(("par", "line", "row", "page", "sect", "column"), "\n"),
    **dict.fromkeys(("tab", "cell", "nestcell"), "\t"),
    **dict.fromkeys(("emspace", "enspace", "qmspace"), " "),
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "emdash": "\u2014",
    "endash": "\u2013",
    "bullet": "\u2022",
}
"""Control words that stand for a character."""
SIGNS = {"~": " ", "_": "-", "\r": "\n", "\n": "\n", "\\": "\\", "{": "{", "}": "}"}
"""Control symbols that do."""

UNICODE = 1200
_loaded: dict[int, str] = {}


def prepare() -> None:
    """Load the codecs of all code pages that are known here."""
    for page in PAGES:
        _codec(page)


def _codec(page: int) -> str:
    """The codec of a code page; that of all bytes where it is not known."""
    if page in PAGES and page not in _loaded:
        try:
            _loaded[page] = codecs.lookup(CODECS.get(page, f"cp{page}")).name
        except LookupError:
            _loaded[page] = "latin-1"
    return _loaded.get(page, "latin-1")


class Into(NamedTuple):
    """Which texts something belongs to: the body, and the wrapped HTML in either reading."""

    body: bool = True
    html: bool = True
    scoped: bool = True


class Text:
    """The text of one document on its way, `most` bytes of it; `limited`: there was more.

    `hides`, `wraps`: the document has runs that are hidden, or is wrapped HTML. `page`: its code page; `fonts`: those
    of its fonts; `font` and `hidden` change as the document goes on.
    """

    __slots__ = (
        *("font", "fonts", "hidden", "hides", "limited", "most", "page", "wraps"),
        *("_all", "_html", "_key", "_raw", "_scoped", "_shown"),
    )

    def __init__(self, most: int, *, hides: bool, wraps: bool) -> None:
        self.most = most
        self.hides = hides
        self.wraps = wraps
        self.page = 1252
        self.fonts: dict[int, int] = {}
        self.font = -1
        self.hidden = self.limited = False
        self._all = bytearray()
        self._shown = bytearray()
        self._html = bytearray()
        self._scoped: bytearray | None = None  # until it differs, the same as the other reading
        self._raw = bytearray()
        self._key = (UNICODE, Into(), False)

    def raw(self, content: bytes, into: Into) -> None:
        """Bytes in the code page of the current font."""
        self._add(content, self.fonts.get(self.font, self.page), into)

    def character(self, text: str, into: Into) -> None:
        """A character that is none of the code page's, or half of one that is beyond the first plane."""
        self._add(text.encode("utf-16-le", "surrogatepass"), UNICODE, into)

    def texts(self) -> tuple[bytes, bytes, bytes, bytes]:
        """All text, the text without hidden runs (nothing if there are none), the HTML, and its other reading (nothing
        if it is the same)."""
        self._flush()
        shown = bytes(self._shown) if self.hides and self._shown != self._all else b""
        return bytes(self._all), shown, bytes(self._html), bytes(self._scoped or b"")

    def _add(self, content: bytes, page: int, into: Into) -> None:
        key = (page, into, self.hidden)
        if key != self._key:
            self._flush()
            self._key = key
        self._raw += content

    def _flush(self) -> None:
        """Decode what is in one code page."""
        page, into, hidden = self._key
        if not self._raw:
            return
        text = self._raw.decode(_codec(page), "replace").encode()
        self._raw.clear()
        if into.body:
            self._put(self._all, text)
        if into.body and self.hides and not hidden:
            self._put(self._shown, text)
        if not self.wraps:
            return
        if into.scoped != into.html and self._scoped is None:
            self._scoped = self._html.copy()
        if into.html:
            self._put(self._html, text)
        if into.scoped and self._scoped is not None:
            self._put(self._scoped, text)

    def _put(self, out: bytearray, text: bytes) -> None:
        room = self.most - len(out)
        self.limited = self.limited or len(text) > room
        out += text[:room]
