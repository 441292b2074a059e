"""data: URIs (RFC 2397) in a text: what they are called, and the content of those that are not plain base64.

In: the text. Out: names; pieces. A name is a parameter of the type, or the `download` attribute of the link in which
the URI stands, and of what looks like one in a script. Content is read behind references of pages and percent signs, as
base64 where the URI says that it is, and as it is otherwise.
Limits: what only looks like a link is read NEAR bytes on each side, up to WORK times the text in all, and then NEXT
bytes; of URIs in each other WORK times the text is read, and beyond that each up to the next, which is told. Linear.
Not here: plain base64 (encoded), where tags begin and end (bartizan._core.nesting).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, unquote_to_bytes

from bartizan._core.nesting import start_tags
from bartizan.message.escapes import unreferenced
from bartizan.message.hole import Hole
from bartizan.message.piece import Piece, base64, decoded_piece
from bartizan.message.tags import attributes
from bartizan.model.finding import Reason

NEAR = 16384
NEXT = 600
WORK = 4

_PARAMETER = re.compile(rb";\s*+(?:file)?name=([^;,]++)", re.IGNORECASE)
_DOWNLOAD = re.compile(rb"(?<![\w-])download\s*+=\s*+(?:\"([^\"]++)|'([^']++)|([^\s\"'>]++))", re.IGNORECASE)
_SCHEME = re.compile(rb"data(?::|&(?:colon|#0{0,9}58|#x0{0,9}3a);?)")
_BASE64 = re.compile(rb";\s*+base64\s*+$", re.IGNORECASE)
_END = re.compile(rb"[\s\"'<>]")
_LINE_ENDS = b"\t\r\n"
"""What is no part of a URI."""
_CLOSING = {b'"': b'"', b"'": b"'", b"`": b"`", b"(": b")"}


class UriNames:
    """What the URIs of a text are called; to be asked from its beginning to its end."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._tags = start_tags(text)
        self._tag = (0, 0)
        self._named = ""
        self._past = 0
        self._sign, self._seen, self._close = -1, 0, -1
        self._left = WORK * len(text)

    def of_base64(self, start: int, end: int) -> tuple[str, ...]:
        """The names of text[start:end], base64; () if it is in no data: URI, or has none."""
        between = self._text[self._past : start].rstrip(b" \t\r\n")
        comma = self._past + len(between) - 1
        self._past = end
        if not between.endswith(b","):
            return ()
        begin = self._text.rfind(b",", 0, comma) + 1
        begin = max(begin, self._text.rfind(b"<", begin, comma) + 1, self._text.rfind(b">", begin, comma) + 1)
        head = self._text[begin:comma].translate(None, _LINE_ENDS)
        scheme = head.lower().find(b"data:")
        if scheme < 0 or _BASE64.search(head) is None:
            return ()
        return self.of(head[scheme:], comma, end)

    def of(self, head: bytes, start: int, end: int) -> tuple[str, ...]:
        """The names of the URI text[start:end], of which `head` is what stands in front of the content."""
        found = [unquote(name.decode("utf-8", "replace").strip("\"' ")) for name in _PARAMETER.findall(head)]
        return tuple(dict.fromkeys(name for name in (*found, self._around(start), *self._near(start, end)) if name))

    def _around(self, at: int) -> str:
        """The name that the tag gives in which `at` lies."""
        if self._tag[1] <= at:
            self._tag = next((tag for tag in self._tags if tag[1] > at), (len(self._text), len(self._text)))
            named = attributes(self._text[slice(*self._tag)]).get(b"download", b"")
            self._named = named.decode("utf-8", "replace")
        return self._named if self._tag[0] < at else ""

    def _near(self, start: int, end: int) -> Iterator[str]:
        """The names between the last < in front of text[start:end] and the next > behind it."""
        sign = self._text.rfind(b"<", self._seen, start)
        self._sign, self._seen = sign if sign >= 0 else self._sign, start
        if self._close < end:
            found = self._text.find(b">", end)
            self._close = found if found >= 0 else len(self._text)
        reach = NEAR if self._left > 0 else NEXT
        begin, close = max(self._sign + 1, start - reach), min(self._close, end + reach)
        self._left -= close - end + start - begin
        yield from _downloads(self._text[begin:start])
        yield from _downloads(self._text[end:close].lstrip(b"\"'"))


def _downloads(tag: bytes) -> Iterator[str]:
    for link in _DOWNLOAD.finditer(tag):
        yield unescape((link[1] or link[2] or link[3]).decode("utf-8", "replace"))


def escaped_uris(text: bytes) -> Iterator[Piece | Hole]:
    """The content of the data: URIs that have references or percent signs in them; a hole if one was not read whole."""
    if b"%" not in text and b"&" not in text:
        return
    cut = False
    lower = text.lower()
    ends, named = _Ends(text), UriNames(text)
    left = WORK * len(text)
    scheme = _SCHEME.search(lower)
    while scheme is not None:
        start, begin = scheme.span()
        end = ends.of(start, begin)
        scheme = _SCHEME.search(lower, begin)
        short = scheme is not None and scheme.start() < end and end - begin > left
        if short and scheme is not None:
            end = scheme.start()
        left -= end - begin
        uri = text[begin:end]
        # Content that begins further on is that of another URI as well.
        cut = cut or (short and b"," in unreferenced(uri))
        if b"%" in uri or b"&" in text[start:end]:
            head, comma, value = unreferenced(uri).partition(b",")
            if comma:
                content = unquote_to_bytes(value)
                if _BASE64.search(unquote_to_bytes(head)):
                    content = base64(content)
                yield from decoded_piece(begin, content, named.of(head, start, end))
    if cut:
        yield Hole(Reason.LIMIT_TOTAL_BYTES, "too many data: URIs inside others")


class _Ends:
    """Where URIs of a text end: at the quote that closes them, or where a URI without quotes does. Remembers what it
    found last, since many may end there."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._next: dict[bytes, int] = {}

    def of(self, start: int, begin: int) -> int:
        """The end of the URI that stands at `start`, and whose scheme ends at `begin`."""
        closing = _CLOSING.get(self._text[max(0, start - 1) : start], b"")
        end = self._next.get(closing, -1)
        if end < begin:
            end = self._find(closing, begin)
            self._next[closing] = end
        return end

    def _find(self, closing: bytes, begin: int) -> int:
        if closing:
            end = self._text.find(closing, begin)
        else:
            blank = _END.search(self._text, begin)
            end = -1 if blank is None else blank.start()
        return len(self._text) if end < 0 else end
