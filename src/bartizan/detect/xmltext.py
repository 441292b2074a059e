"""Parts of documents in XML as programs read them, in one way to write it: UTF-8, character data without comments.

In: the bytes of a part. Out: the same as UTF-8; comments and instructions are left out, sections of character data are
text like other text. Or the attributes of one of its tags, without character references. Never raises; what is not
well-formed ends what is changed. Linear.
Not here: what the elements mean (fields.py, parts.py, odf.py).
"""

from __future__ import annotations

import codecs
import re
from html import unescape

_MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_BEGINNING = re.compile(rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?+(?:\0?\s\0?)*+\0?<")
_SPECIAL = re.compile(rb"<!--|<!\[CDATA\[|<\?")
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<?": b"?>"}
ATTRIBUTES = rb"((?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+)"
"""What stands in a tag behind its name."""
PREFIX = rb"(?:[^\s<>/:\"'=]{1,200}+:)?+"
"""What a name may have in front of it."""
_ATTRIBUTE = re.compile(rb"([^\s<>/\"'=]{1,200}+)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")


def begins(data: bytes | memoryview) -> bool:
    """Could this be XML: is there nothing but white space in front of the first tag?"""
    return _BEGINNING.match(data) is not None


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


def resolved(text: bytes) -> str:
    """A text or value without character references."""
    return unescape(text.decode("utf-8", "replace"))


def attributes(tag: bytes) -> list[tuple[bytes, str]]:
    """What stands behind the name of a tag: names, with their prefixes, and values."""
    return [(name, resolved(one or other)) for name, one, other in _ATTRIBUTE.findall(tag)]


def named(tag: bytes) -> dict[bytes, str]:
    """The same by names without their prefixes."""
    return {name.rpartition(b":")[2]: value for name, value in attributes(tag)}


def has(part: bytes, *words: bytes) -> bool:
    """Is one of these words in it, in UTF-8 or UTF-16?"""
    return any(word in part for word in words) or (b"\0" in part[:4] and any(_wide(word) in part for word in words))


def _wide(word: bytes) -> bytes:
    return b"\0".join(word[at : at + 1] for at in range(len(word)))
