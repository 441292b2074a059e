"""Parts of documents in XML as programs read them, in one way to write it: UTF-8, character data without comments.

In: the bytes of a part. Out: the same as UTF-8; comments and instructions are left out, sections of character data are
text like other text. Never raises; what is not well-formed ends what is changed. Linear.
Not here: what the elements mean (fields.py).
"""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_SPECIAL = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
ATTRIBUTES = rb"((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)"
"""What stands in a tag behind its name."""
PREFIX = rb"(?:[^\s<>/:\"'=]{1,200}+:)?+"
"""What a name may have in front of it."""


def as_utf8(data: bytes) -> bytes:
    """A text as UTF-8, if it is in UTF-16."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return data.decode(codec, "replace").lstrip("\ufeff").encode("utf-8", "replace")
    return data


def plain(data: bytes) -> bytes:
    """A part as it is meant."""
    text = as_utf8(data)
    kept: list[bytes] = []
    at = 0
    while (found := _SPECIAL.search(text, at)) is not None:
        stop = text.find(_ENDS[found[0]], found.end())
        if stop < 0:
            break
        kept.append(text[at : found.start()])
        if found[0] == b"<![CDATA[":
            kept.append(text[found.end() : stop].replace(b"&", b"&amp;").replace(b"<", b"&lt;"))
        at = stop + len(_ENDS[found[0]])
    return b"".join((*kept, text[at:])) if kept else text
