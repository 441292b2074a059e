"""The streams of a PDF, inflated: embedded files as members, all other content as one (ISO 32000-2 section 7.3.8, 7.4).

Streams are found by their keywords, not through the cross-reference table, which readers rebuild when it is damaged;
so it does not matter whether objects are reachable. Read are FlateDecode, ASCIIHexDecode and ASCII85Decode, in any
order; what is decoded until the first fault counts. Images and fonts are left alone. File names of embedded files are
members without content, since one object has the name and another the bytes.

A PDF is a document, and its own bytes are scanned as well: a stream that cannot be read is no gap.
Limits: STREAMS streams (more of them is a gap), FILES names, `member_bytes` of content.

Known gaps: encrypted documents, LZWDecode, predictors, forms (XFA) and scripts as findings.
Not here: archives behind the end of the document (message/archives).
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable
from itertools import islice

from bartizan.message.carve import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink

STREAMS = 20_000
FILES = 1000
DICTIONARY = 4096
PIECE = 4096
LONGEST_NAME = 500
NO_FILES = frozenset(("", "text", "png", "jpg", "gif"))
"""Types of streams that are what the pages are made of."""

_STREAM = re.compile(rb"stream(?:\r\n|\n|\r)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_FILTER = re.compile(rb"/(FlateDecode|Fl|ASCIIHexDecode|AHx|ASCII85Decode|A85)\b")
_LEFT_ALONE = re.compile(rb"/Subtype\s*/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")
_FILE = re.compile(rb"/EF\s*<<|/EF\s+\d")
_NAME = re.compile(rb"/U?F\s*(?:\(((?:[^()\\]|\\.){1,500})\)|<([0-9A-Fa-f\s]{2,2000})>)")


def open_pdf(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the embedded files of a PDF, their names, and the content of its other streams to the sink."""
    text = bytes(data)
    rest = bytearray()
    at = 0
    for _ in range(STREAMS):
        found = _STREAM.search(text, at)
        if found is None:
            break
        end = text.find(b"endstream", found.end())
        end = len(text) if end < 0 else end
        at = end + len(b"endstream")
        content, filtered = _content(text, found.start(), found.end(), end, limits.member_bytes)
        if decoded_type(content) not in NO_FILES:
            if not (sink.member(()) and sink.data(content)):
                return
        elif filtered:
            rest += content + b"\n"
        if len(rest) > limits.member_bytes:
            sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {limits.member_bytes} bytes of streams")
            break
    else:
        sink.gap(Reason.LIMIT_MEMBERS, f"more than {STREAMS} streams")
    for name in dict.fromkeys((*_names(text), *_names(bytes(rest)))):
        if not sink.member((name,)):
            return
    if rest and sink.member(()):
        sink.data(bytes(rest))


def _content(text: bytes, keyword: int, start: int, end: int, most: int) -> tuple[bytes, bool]:
    """What a stream's filters make of it, and whether it has any; nothing for an image or a font."""
    dictionary = text[max(0, keyword - DICTIONARY) : keyword]
    dictionary = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode()), dictionary[dictionary.rfind(b"obj") + 1 :])
    if _LEFT_ALONE.search(dictionary):
        return b"", False
    end -= 2 if text.endswith(b"\r\n", start, end) else text.endswith((b"\n", b"\r"), start, end)
    content = text[start:end]
    filters = _FILTER.findall(dictionary)
    for name in filters:
        content = _DECODERS[name](content, most)
    return content, bool(filters)


def _inflate(packed: bytes, most: int) -> bytes:
    """What can be inflated, with or without the header of zlib; `most` bytes and one more."""
    for bits in (15, -15):
        inflater = zlib.decompressobj(bits)
        content = bytearray()
        for at in range(0, len(packed), PIECE):
            try:
                content += inflater.decompress(packed[at : at + PIECE], most + 1 - len(content))
            except zlib.error:
                break
            if inflater.eof or len(content) > most:
                break
        if content:
            return bytes(content)
    return b""


def _hexadecimal(packed: bytes, most: int) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", packed.split(b">", 1)[0])
    return binascii.unhexlify(digits + b"0" * (len(digits) % 2))


def _ascii85(packed: bytes, most: int) -> bytes:
    try:
        return base64.a85decode(packed.split(b"~>", 1)[0])
    except ValueError:
        return b""


_DECODERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"FlateDecode": _inflate,
    b"Fl": _inflate,
    b"ASCIIHexDecode": _hexadecimal,
    b"AHx": _hexadecimal,
    b"ASCII85Decode": _ascii85,
    b"A85": _ascii85,
}


def _names(text: bytes) -> list[str]:
    """The names of embedded files, from the dictionaries that lead to one."""
    names: list[str] = []
    for found in islice(_FILE.finditer(text), FILES):
        around = text[max(0, found.start() - LONGEST_NAME) : found.start() + LONGEST_NAME]
        for literal, digits in _NAME.findall(around):
            raw = re.sub(rb"\\(.)", rb"\1", literal) if literal else _hexadecimal(digits, LONGEST_NAME)
            names.append(
                raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
            )
    return names
