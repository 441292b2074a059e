"""The streams of a PDF, inflated: embedded files as members, all other content as one (ISO 32000-2 section 7.3.8, 7.4).

Streams are found by their keywords, not through the cross-reference table, which readers rebuild when it is damaged;
so it does not matter whether objects are reachable, and a stream within the bytes of another is read too. Read are
FlateDecode, ASCIIHexDecode and ASCII85Decode, in any order; what is decoded until the first fault counts. Images and
fonts are left alone, unless they begin like a file. File names of embedded files are members without content, since one
object has the name and another the bytes.

A PDF is a document, and its own bytes are scanned as well: a stream that cannot be read is no gap. An encrypted one is,
also one that readers open without asking for a password (section 7.6): its streams say nothing here.
Limits: STREAMS streams, FILTERS filters of one, FILES names, `member_bytes` out of all filters together; WORK times the
document, and WORK_LEAST bytes, into them. Reaching one is a gap.

Known gaps: documents encrypted with the empty password are not decrypted; LZWDecode, predictors, forms (XFA) and
scripts as findings.
Not here: archives behind the end of the document (message/archives).
"""

from __future__ import annotations

import io
import re
import zlib
from binascii import unhexlify
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import unquote_to_bytes

from bartizan._core import ascii85
from bartizan.message.carve import decoded_type
from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB, Limits
from bartizan.unpack.sink import Sink

STREAMS = 20_000
FILTERS = 8
FILES = 1000
WORK = 8
WORK_LEAST = 64 * MIB
PIECE = 4096
CHUNK = 64 * KIB
LONGEST_NAME = 500
NO_FILES = frozenset(("", "text", "png", "jpg", "gif"))
"""Types of streams that are what the pages are made of."""

_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_FILTER = re.compile(rb"/(FlateDecode|Fl|ASCIIHexDecode|AHx|ASCII85Decode|A85)\b")
_PICTURE = re.compile(rb"/Subtype\s*+/(?:Image|Type1C|CIDFontType0C|OpenType)\b|/Length1\b")
_FILE = re.compile(rb"/EF\s*+<<|/EF\s++\d")
_NAME = re.compile(rb"/U?F\s*+(?:\(((?:[^()\\]|\\.){1,500})\)|<([0-9A-Fa-f\s]{2,2000})>)")
_ENCRYPTED = re.compile(
    rb"/" + b"".join(b"(?:%c|#%02x|#%02X)" % (c, c, c) for c in b"Encrypt") + rb"\s*+(?:\d++\s++\d++\s++R\b|<<)"
)
"""In the trailer, or in the dictionary of a cross-reference stream; any letter of a name may be written as #xx."""
_NO_DIGITS = bytes(c for c in range(256) if c not in b"0123456789ABCDEFabcdef")


def open_pdf(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the embedded files of a PDF, their names, and the content of its other streams to the sink."""
    _Document(bytes(data), sink, limits).give()


@dataclass(frozen=True, slots=True)
class _Dictionary:
    """What a stream's dictionary says: its filters in order, and whether it is an image or a font."""

    filters: tuple[bytes, ...]
    is_picture: bool


class _Document:
    """One document on its way into the sink. `left` bytes may come out of filters, `work` bytes go into them; `deep`:
    that a stream has too many was said."""

    __slots__ = ("deep", "left", "limits", "sink", "text", "work")

    def __init__(self, text: bytes, sink: Sink, limits: Limits) -> None:
        self.text = text
        self.sink = sink
        self.limits = limits
        self.deep = False
        self.left = limits.member_bytes
        self.work = max(WORK * len(text), WORK_LEAST)

    def give(self) -> None:
        """Everything that it holds."""
        if _ENCRYPTED.search(self.text) is not None:
            self.sink.gap(Reason.ENCRYPTED, "encrypted PDF")
        pages = io.BytesIO()
        for content, filtered in self._streams():
            if decoded_type(content) not in NO_FILES:
                if not self._member(content):
                    return
            elif filtered and content:
                pages.write(content)
                pages.write(b"\n")
        rest = pages.getvalue()
        names: dict[str, None] = {}
        for text in (self.text, rest):
            for name in _names(text):
                names[name] = None
                if len(names) > FILES:
                    self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {FILES} names of files")
                    break
        if all(self.sink.member((name,)) for name in names) and rest:
            self._member(rest)

    def _member(self, content: bytes) -> bool:
        """One member without a name, up to the limit. False: the sink said stop."""
        most = self.limits.member_bytes
        if not (self.sink.member(()) and self.sink.data(memoryview(content)[:most])):
            return False
        if len(content) > most:
            self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
        return True

    def _streams(self) -> Iterator[tuple[bytes, bool]]:
        """The content of every stream, and whether filters made it; ends with a gap where a limit is reached."""
        text = self.text
        at = end = behind = 0
        for _ in range(STREAMS):
            found = _STREAM.search(text, at)
            if found is None:
                return
            at = found.end()
            if end < at:
                behind = end
                end = text.find(b"endstream", at)
                end = len(text) if end < 0 else end
            for dictionary in self._dictionaries(behind, found.start()):
                yield self._content(dictionary, at, end)
                if self.left < 0:
                    self.sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {self.limits.member_bytes} bytes of streams")
                    return
                if self.work < 0:
                    self.sink.gap(Reason.LIMIT_TIME, "streams in streams: too much to decode")
                    return
        if _STREAM.search(text, at):
            self.sink.gap(Reason.LIMIT_MEMBERS, f"more than {STREAMS} streams")

    def _dictionaries(self, start: int, stop: int) -> Iterator[_Dictionary]:
        """What the dictionary in front of a stream says: from the last object on, and, where that is something else,
        from the last stream on, since a string may look like the beginning of an object."""
        self.work -= stop - start
        own = _dictionary(self.text[max(start, self.text.rfind(b"obj", start, stop)) : stop])
        yield own
        whole = _dictionary(self.text[start:stop])
        if whole.filters != own.filters:
            yield whole

    def _content(self, dictionary: _Dictionary, start: int, end: int) -> tuple[bytes, bool]:
        """What a stream's filters make of it, and whether it has any; nothing for an image or a font."""
        end -= 2 if self.text.endswith(b"\r\n", start, end) else self.text.endswith((b"\n", b"\r"), start, end)
        content = self.text[start:end]
        self.work -= len(content)
        if len(dictionary.filters) > FILTERS:
            if not self.deep:
                self.sink.gap(Reason.LIMIT_DEPTH, f"a stream of more than {FILTERS} filters")
            self.deep = True
            return content, False
        if dictionary.is_picture:
            # Nothing keeps a file from being called a font: a look at how it begins.
            head = content
            for name in dictionary.filters:
                head = _DECODERS[name](head, PIECE)
            if decoded_type(head) in NO_FILES:
                return b"", False
        for name in dictionary.filters:
            self.work -= len(content)
            content = _DECODERS[name](content, max(self.left, 0))
            self.left -= len(content)
        return content, bool(dictionary.filters)


def _dictionary(text: bytes) -> _Dictionary:
    """What is said in front of a stream."""
    text = _plain(text)
    filters = tuple(found[1] for found in islice(_FILTER.finditer(text), FILTERS + 1))
    return _Dictionary(filters, _PICTURE.search(text) is not None)


def _plain(text: bytes) -> bytes:
    """A text with the names in it as they are meant: #46 is F."""
    if b"#" not in text:
        return text
    plain = io.BytesIO()
    at = 0
    while at < len(text):
        # In pieces, of which none ends within an escape: each escape costs many times its size for a moment.
        stop = at + CHUNK
        escape = text.rfind(b"#", stop - 2, stop)
        stop = stop if escape < 0 else escape
        plain.write(unquote_to_bytes(text[at:stop].replace(b"%", b"%25").replace(b"#", b"%")))
        at = stop
    return plain.getvalue()


def _inflate(packed: bytes, most: int) -> bytes:
    """What can be inflated, with or without the header of zlib; `most` bytes and one more."""
    for bits in (15, -15):
        inflater = zlib.decompressobj(bits)
        content = io.BytesIO()
        size = 0
        for at in range(0, len(packed), PIECE):
            try:
                size += content.write(inflater.decompress(packed[at : at + PIECE], most + 1 - size))
            except zlib.error:
                break
            if inflater.eof or size > most:
                break
        if size:
            return content.getvalue()
    return b""


def _hexadecimal(packed: bytes, most: int) -> bytes:
    """Digits up to `>`, whatever stands between them; `most` bytes and one more."""
    end = packed.find(b">")
    digits = (packed if end < 0 else packed[:end]).translate(None, _NO_DIGITS)[: 2 * most + 2]
    return unhexlify(digits + b"0" * (len(digits) % 2))


_DECODERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"FlateDecode": _inflate,
    b"Fl": _inflate,
    b"ASCIIHexDecode": _hexadecimal,
    b"AHx": _hexadecimal,
    b"ASCII85Decode": ascii85.decode,
    b"A85": ascii85.decode,
}


def _names(text: bytes) -> Iterator[str]:
    """The names of embedded files, from the dictionaries that lead to one."""
    last = 0
    for found in _FILE.finditer(text):
        # What stands between two of them is looked at twice at most.
        start, last = max(last, found.start() - LONGEST_NAME), found.start()
        for literal, digits in _NAME.findall(text, start, last + LONGEST_NAME):
            raw = re.sub(rb"\\(.)", rb"\1", literal) if literal else _hexadecimal(digits, LONGEST_NAME)
            yield raw[2:].decode("utf-16-be", "replace") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")
