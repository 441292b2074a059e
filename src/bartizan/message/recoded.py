"""Texts whose letters are written in other bytes than ASCII's, as UTF-8, so that whatever reads bytes can read them.

In: the bytes of a node, its found type and declared charset. Out: the text as UTF-8; b"" for any other.
A text is wide (UTF-16, UTF-32) if a mark or its zeros say so, or written in a charset that has ASCII elsewhere (UTF-7,
HZ, EBCDIC, ISO 2022 with its escapes) if its label says so. Programs decode the whole before they look for anything.
Limits: linear. Not here: which phrases stand in a text in other charsets (labels).
"""

from __future__ import annotations

import codecs
from functools import cache

from bartizan._core.textkind import wide_text
from bartizan.message import charset
from bartizan.message.charsetnames import IMAP_UTF7

HEAD = 4096
FIRST = 64
MARKS = (
    (codecs.BOM_UTF32_LE, "utf_32_le"),
    (codecs.BOM_UTF32_BE, "utf_32_be"),
    (codecs.BOM_UTF16_LE, "utf_16_le"),
    (codecs.BOM_UTF16_BE, "utf_16_be"),
)
PLAIN = frozenset(("", "utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"))
"""Charsets that have ASCII as it is; most texts name one of them."""
TEXTS = "text html svg hta wsf xml ics vcf rtf js vbs ps1 bat py php sh reg url inf pem uu mail binhex yenc p7m pgp"
KINDS = frozenset(TEXTS.split())
"""Found types of texts."""
_ASCII = bytes(range(32, 127))


def as_utf8(data: bytes | memoryview, type: str, label: str) -> bytes:
    """The text that the bytes of found type `type`, labelled with a charset, are."""
    if label not in PLAIN and (codec := charset.codec_of(label)) and _is_other(codec, data):
        return _encoded(charset.decode(bytes(data), label))
    first = bytes(data[:FIRST]) if type in KINDS else b""
    if 0 not in first and first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return b""
    for mark, codec in MARKS:
        if first.startswith(mark):
            return _encoded(bytes(data[len(mark) :]).decode(codec, "replace"))
    head = bytes(data[:HEAD])
    if wide_text(head) is None:
        return b""
    codec = "utf_16_le" if head[1::2].count(0) > head[::2].count(0) else "utf_16_be"
    return _encoded(bytes(data).decode(codec, "replace"))


def _is_other(codec: str, data: bytes | memoryview) -> bool:
    """Does this charset write the letters of the text in another way than ASCII?"""
    return not _keeps_ascii(codec) or (codec.startswith("iso2022") and b"\x1b" in bytes(data))


@cache
def _keeps_ascii(codec: str) -> bool:
    return codec != IMAP_UTF7 and charset.decode(_ASCII, codec) == _ASCII.decode("ascii")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")
