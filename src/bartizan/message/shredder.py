"""Takes an odd mail to pieces: not one receiver's reading, but the union of many.

In: the raw mail. Out: pieces, to be looked at as nodes of their own, and holes. Every line that could be a delimiter is
taken for one, every block of lines in front of an empty one for a header, a bare CR for a line end or for nothing, NUL
for nothing or for an end; transfer encodings are told by looking at the bytes whatever they are said to be, names and
charsets are read from header lines however they are written. What is no attachment to anybody and no text of a part (a
preamble or epilogue in prose) gives no piece.

Limits: SEGMENTS delimiters, behind which only encoded files are looked for, LONGEST_HEADER bytes of one header and
HEADERS of all, the limits of loosenames; each is a hole. Nothing that is decoded to more than LARGE bytes is taken to
pieces once more. The caller pays for the pieces.
Linear; pieces are made one at a time, so that at most a few copies of the mail are in memory.
Not here: which mails are odd (readings), names (loosenames), texts (loosetexts), damaged base64 (loosebase64).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bartizan._core.sniff import sniff
from bartizan._core.transfer import decode_all
from bartizan.message import encoded as runs
from bartizan.message.barefiles import bare_files
from bartizan.message.hole import Hole
from bartizan.message.loosebase64 import LARGE, loose_base64
from bartizan.message.loosenames import LooseNames, loose_names
from bartizan.message.loosetexts import loose_texts, loose_words
from bartizan.message.words import decode_words
from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB

SEGMENTS = 20_000
LONGEST_HEADER = 16 * KIB
HEADERS = 4 * MIB

_DELIMITER = re.compile(rb"\n[ \t>\xa0]*+--[^\n]*+")
_EMPTY = re.compile(rb"\n[ \t]*+(?=\n)")
TYPED = re.compile(rb"content[ \t]*+-[ \t]*+(?:type|disposition)", re.IGNORECASE)
_CONTENT = re.compile(rb"content[ \t]*+-", re.IGNORECASE)
_FIELD_LINE = re.compile(rb"^[ \t]*+content[ \t]*+-[ \t]*+(?:type|disposition)[ \t]*+:", re.IGNORECASE | re.MULTILINE)
ANY_FIELD = re.compile(rb"^content-(?:type|disposition|transfer-encoding)[ \t]*+:", re.IGNORECASE | re.MULTILINE)
_ONE_FIELD = re.compile(rb"^[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+", re.MULTILINE)
_OF_ITS_OWN = re.compile(rb"\n(?:[!-9;-~]++[ \t]*+:|[ \t]*+\n)|\s*+\Z")
"""How a piece begins that goes on from no other one: with a field or an empty line."""
_COMMENT = re.compile(rb"\([^()]*+\)")
_NO_LETTER = bytes(c for c in range(256) if not chr(c).isalnum() or c > 127)
_NAME = re.compile(rb"name[ \t\d*]*+=", re.IGNORECASE)
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*+\n)")
_SIGN = re.compile(rb"name[*\d]*+=3d", re.IGNORECASE)
"""A parameter in quoted-printable: the multipart that it is in was encoded."""
_QUOTED = re.compile(rb"quoted[ \t]*+-?+[ \t]*+printable", re.IGNORECASE)
_SOFT = re.compile(rb"=[ \t]*+\n\n++")
_BREAK = re.compile(rb"=[ \t]*+\n")
_BREAK_INSIDE = re.compile(rb"=[0-9A-Fa-f]?" + _BREAK.pattern)
"""A soft break within an escape: nothing to those who take breaks out first."""
_WRONG_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+\n)[^\n]{2}")
_WRONG_SIGN = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+\n)")
_TEXT = re.compile(rb"text/|html", re.IGNORECASE)
"""A type that is text, among others that are not."""
_NO_TEXT = re.compile(rb"(?:image|audio|video|font|application|multipart)/", re.IGNORECASE)
UU = re.compile(rb"\nbegin(?:-base64)?[ \t]++[0-7]{1,6}[ \t]", re.IGNORECASE)
OTHERS = rb"(?:(?!content-)[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+"
"""Fields that say nothing about content."""
_MORE_FIELDS = re.compile(rb"\s*+(?:[^\n]{1,100}+\n)?" + OTHERS + rb"content[ \t]*+-[ \t]*+[a-z]", re.IGNORECASE)
MORE = 1000
"""Bytes behind an empty line in which such fields are looked for; at the beginning of a body LONGEST_HEADER."""
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f][^\n]*+")
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f")
_SPACES = bytes.maketrans(b"\v\f", b"  ")


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece: the names it may go by, its bytes, and their type.

    `announced`: a header field says that it is one. `doubtful`: no program in use is known to read it so, such as the
    mail without its delimiters; it is searched, and makes nothing ambiguous.
    """

    names: tuple[str, ...]
    data: bytes
    type: str
    announced: bool = False
    doubtful: bool = False


def doubted(found: Reading | Hole) -> Reading | Hole:
    """The same, as doubtful."""
    return replace(found, doubtful=True) if isinstance(found, Reading) else found


def _lines(raw: bytes | memoryview) -> bytes:
    return bytes(raw).replace(b"\r\n", b"\n")


def _text(lines: bytes) -> bytes:
    """Lines in which a bare CR ends one, without byte order marks."""
    return lines.replace(b"\r", b"\n").replace(b"\xef\xbb\xbf", b"")


def _otherwise(raw: bytes | memoryview) -> Iterator[bytes]:
    """The mail as programs see it to which a bare CR is nothing, or a control character an end: of a line, or of what
    counts of it. Each is made from the mail again: it is read before the next is made."""
    lines = _lines(raw)
    bare = b"\r" in lines
    text = _text(lines)
    del lines
    zero, control = b"\0" in text, _CONTROL.search(text) is not None
    del text
    if bare:
        yield _plain(_lines(raw).replace(b"\r", b""))
    if zero:
        yield _plain(_text(_lines(raw)).replace(b"\0", b"\n"))
    if control:
        yield _plain(_cut(_text(_lines(raw))))


def _plain(text: bytes) -> bytes:
    """Lines, an end in front of the first, without control characters."""
    return b"\n" + text.translate(_SPACES, _CONTROLS)


def _cut(text: bytes) -> bytes:
    """The lines up to their first control character, from which on some programs see nothing of them."""
    kept = io.BytesIO()
    at = 0
    while at < len(text):
        # In pieces: each place that is cut costs many times its size for a moment.
        stop = text.find(b"\n", at + LONGEST_HEADER) + 1 or len(text)
        kept.write(_CONTROL.sub(b"", text[at:stop]))
        at = stop
    return kept.getvalue()


class Shredder:
    """Takes one mail to pieces: `headers` is what is left of HEADERS, `told` the limits that were reached.

    `inside`: it is at the pieces of a piece, which are not taken to pieces again.
    """

    __slots__ = ("headers", "inside", "told")

    def __init__(self) -> None:
        self.headers = HEADERS
        self.inside = False
        self.told: set[Reason] = set()

    def shred(self, raw: bytes | memoryview) -> Iterator[Reading | Hole]:
        """The pieces between all lines that could be delimiters, and the whole without those lines; each once."""
        seen = set()
        for found in self._shred(raw):
            key = (hash(found.data), found.names, found.type) if isinstance(found, Reading) else None
            if key is None or key not in seen:
                seen.add(key)
                yield found
            del found

    def _shred(self, raw: bytes | memoryview) -> Iterator[Reading | Hole]:
        lines = _lines(raw)
        plain = _plain(_text(lines))
        for whole in (lines, plain):
            if UU.search(whole):
                yield Reading((), whole, "uu")
                if b"\r" not in lines:
                    break
        del lines, whole
        yield from self._pieces(plain)
        if Reason.LIMIT_PARTS in self.told:
            return
        if _DELIMITER.search(plain):
            for content, kind in _contents(_DELIMITER.sub(b"\n", plain, SEGMENTS), (), encoded=False, quoted=False):
                yield Reading((), content, kind, doubtful=True)
        del plain
        for file in bare_files(raw):
            yield file if isinstance(file, Hole) else Reading((), bytes(file.data), file.type)
            del file
        for other in _otherwise(raw):
            yield from self._pieces(other)

    def _pieces(self, text: bytes) -> Iterator[Reading | Hole]:
        at, before = 0, -1
        seen: set[int] = set()
        for line in islice(_DELIMITER.finditer(text), SEGMENTS):
            yield from self._once(text, before, at, line.start(), seen)
            # What stands between two pieces may be a fold, or begin only like a delimiter.
            fold = text[line.start() + 1] in b" \t"
            goes_on = (fold or not _OF_ITS_OWN.match(text, line.end())) and _CONTENT.search(text, at, line.start())
            at, before = line.end(), at if goes_on else -1
        if not at or _DELIMITER.search(text, at) is None:
            yield from self._once(text, before, at, len(text), seen)
            return
        yield from self._hole(Reason.LIMIT_PARTS, f"more than {SEGMENTS} lines that could be delimiters")
        for content, kind in _contents(text[at:], (), encoded=False, quoted=False):
            yield Reading((), content, kind, doubtful=True)

    def _once(self, text: bytes, before: int, at: int, end: int, seen: set[int]) -> Iterator[Reading | Hole]:
        """The piece that begins at `at`, and the one at `before` and it in one, each once."""
        segment = text[at:end]
        if hash(segment) not in seen:
            seen.add(hash(segment))
            yield from self._piece(segment)
        segment = text[before:end] if before >= 0 else segment
        if hash(segment) not in seen:
            seen.add(hash(segment))
            yield from map(doubted, self._piece(segment))

    def _hole(self, reason: Reason, detail: str) -> Iterator[Hole]:
        """A limit, the first time that it is reached."""
        if reason not in self.told:
            self.told.add(reason)
            yield Hole(reason, detail)

    def _piece(self, segment: bytes) -> Iterator[Reading | Hole]:
        """What one piece of a mail, its header in front, can be read as."""
        at, stop = _header(segment)
        header = segment[at : min(stop, at + LONGEST_HEADER)]
        names: tuple[str, ...] = ()
        announced = False
        if _CONTENT.search(header):
            announced = _FIELD_LINE.search(header) is not None
            self.headers -= len(header)
            plain = decode_all("quoted-printable", header)[0] if _SIGN.search(header) else b""
            loose = loose_names(header + b"\n" + plain) if self.headers >= 0 else LooseNames(complete=False)
            names = loose.found
            whole = loose.complete and not _NAME.search(segment, at + LONGEST_HEADER, stop)
            # Pages have fields of forms with names: only a header is missed.
            if not whole and announced:
                yield from self._hole(Reason.LIMIT_HEADER, "more names in another reading than are looked at")
        some = False
        starts = tuple(dict.fromkeys((stop, _behind_fields(segment, at, stop))))
        encoded, quoted = _says_base64(header), _QUOTED.search(header) is not None
        for content, kind in _contents(segment, starts, encoded=encoded, quoted=quoted):
            some = True
            yield Reading(names, content, kind, announced)
            for text, markup in loose_texts(header, content, kind):
                yield Reading((), text, markup)
            if not self.inside and len(content) <= LARGE and ANY_FIELD.search(content, 0, MORE):
                # A multipart may have no encoding, and some programs decode it.
                self.inside = True
                yield from self._pieces(b"\n" + content.replace(b"\r\n", b"\n"))
                self.inside = False
            del content
        if names and not some:
            yield Reading(names, segment[stop:].strip(b"\n"), "", announced)
        for text, markup in loose_words(header):
            yield Reading((), text, markup)
        if not encoded and (not _NO_TEXT.search(header) or _TEXT.search(header)):
            for start in starts:
                body = segment[start:]
                if body.strip():
                    yield Reading((), body, "text")
                    for text, markup in loose_texts(header, body, "text"):
                        yield Reading((), text, markup)


def _header(segment: bytes) -> tuple[int, int]:
    """The span of the header: it goes on behind an empty line that comes first, or that fields follow."""
    at = len(segment) - len(segment.lstrip(b" \t\n"))
    end = at
    while end - at < LONGEST_HEADER:
        empty = _EMPTY.search(segment, end)
        if empty is None:
            return at, len(segment)
        end = empty.end()
        if end > empty.start() + 1 and segment[end + 1 : end + 2] in (b" ", b"\t"):
            continue  # a fold without text is no empty line to everybody
        if not _MORE_FIELDS.match(segment[end : end + MORE]):
            break
    return at, end


def _behind_fields(segment: bytes, at: int, stop: int) -> int:
    """Where the last field of a header ends, if what follows in front of `stop` looks like no field."""
    end = at
    if not _ONE_FIELD.match(segment, at):
        return at  # all of it may be body
    for field in _ONE_FIELD.finditer(segment, at, min(stop, at + LONGEST_HEADER)):
        end = field.end()
    line = segment[end:stop].strip().partition(b"\n")[0]
    return end if end > at and line and b":" not in line.lstrip(b": \t") else stop


def _says_base64(header: bytes) -> bool:
    """Is that what a header calls its content, in whatever way it is written?"""
    plain = _COMMENT.sub(b"", header)
    texts = (plain, decode_words(plain).encode("utf-8", "replace")) if b"=?" in plain else (plain,)
    return any(b"base64" in text.lower().translate(None, _NO_LETTER) for text in texts)


def _contents(segment: bytes, starts: tuple[int, ...], *, encoded: bool, quoted: bool) -> Iterator[tuple[bytes, str]]:
    """What the bytes say when they are decoded, each way that makes sense of them.

    `starts` is where the body may begin; `encoded`: a header calls it base64, `quoted` quoted-printable.
    """
    seen = set()
    for piece in runs.encoded(segment):
        content = bytes(piece.data)
        seen.add(hash(content))
        yield content, piece.type
        del content, piece
    for content, kind in loose_base64(segment, starts, encoded=encoded):
        if hash(content) not in seen:
            seen.add(hash(content))
            yield content, kind
        del content
    for start in starts:
        body = segment[start:]
        if _ESCAPE.search(body):
            yield from _quoted(body)
        if _ESCAPE.search(body) or quoted:
            for fault in (_SOFT, _WRONG_ESCAPE, _WRONG_SIGN, *((_BREAK,) if _BREAK_INSIDE.search(body) else ())):
                if fault.search(body):
                    yield from _quoted(fault.sub(b"", body))


def _quoted(body: bytes) -> Iterator[tuple[bytes, str]]:
    decoded, _ = decode_all("quoted-printable", body)
    kind = sniff(decoded)
    if kind != "uu" or sniff(body) != "uu":
        yield decoded, kind
