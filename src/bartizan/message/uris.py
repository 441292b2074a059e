"""data: URIs (RFC 2397) in a text: what they are called, and the content of those that are not plain base64.

In: the text, or the bytes around base64. Out: names; pieces. A name is a parameter of the type, or the `download`
attribute of the link in which the URI stands. Content is read behind references of pages and percent signs, as base64
where the URI says that it is, and as it is otherwise.
Limits: BEFORE and AFTER bytes are looked at for names; of URIs in each other WORK times the text is
read, and beyond that each up to the next. Linear.
Not here: plain base64 (encoded).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote, unquote_to_bytes

from bartizan.message.escapes import unreferenced
from bartizan.message.piece import Piece, base64, decoded_piece

BEFORE = 600
AFTER = 300
WORK = 4

_URI = re.compile(rb"data:([^,<>]{0,400}?);\s*+base64\s*+,\s*+$", re.IGNORECASE)
_PARAMETER = re.compile(rb";\s*+(?:file)?name=([^;,]{1,300})", re.IGNORECASE)
_DOWNLOAD = re.compile(rb"\bdownload\s*+=\s*+(?:\"([^\"]{1,300})|'([^']{1,300})|([^\s\"'>]{1,300}))", re.IGNORECASE)
_SCHEME = re.compile(rb"data(?::|&(?:colon|#0{0,9}58|#x0{0,9}3a);?)")
_BASE64 = re.compile(rb";\s*+base64\s*+$", re.IGNORECASE)
_END = re.compile(rb"[\s\"'<>]")
_CLOSING = {b'"': b'"', b"'": b"'", b"`": b"`", b"(": b")"}


def uri_names(before: bytes, after: bytes) -> tuple[str, ...]:
    """The names of what stands between the two as base64; () if it is no data: URI, or has none."""
    uri = _URI.search(before)
    return () if uri is None else _names(uri[1], before[: uri.start()], after)


def _names(parameters: bytes, before: bytes, after: bytes) -> tuple[str, ...]:
    found = [unquote(name.decode("utf-8", "replace").strip("\"' ")) for name in _PARAMETER.findall(parameters)]
    tag = before[before.rfind(b"<") + 1 :] + b" " + after.partition(b">")[0].lstrip(b"\"'")
    for link in _DOWNLOAD.finditer(tag):
        found.append(unescape((link[1] or link[2] or link[3]).decode("utf-8", "replace")))
    return tuple(dict.fromkeys(name for name in found if name))


def escaped_uris(text: bytes) -> Iterator[Piece]:
    """The content of the data: URIs that have references or percent signs in them."""
    if b"%" not in text and b"&" not in text:
        return
    lower = text.lower()
    ends = _Ends(text)
    left = WORK * len(text)
    scheme = _SCHEME.search(lower)
    while scheme is not None:
        start, begin = scheme.span()
        end = ends.of(start, begin)
        scheme = _SCHEME.search(lower, begin)
        if scheme is not None and end - begin > left:
            end = min(end, scheme.start())
        left -= end - begin
        uri = text[begin:end]
        if b"%" in uri or b"&" in text[start:end]:
            head, comma, value = unreferenced(uri).partition(b",")
            if comma:
                content = unquote_to_bytes(value)
                if _BASE64.search(unquote_to_bytes(head)):
                    content = base64(content)
                names = _names(head, text[max(0, start - BEFORE) : start], text[end : end + AFTER])
                yield from decoded_piece(begin, content, names)


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
