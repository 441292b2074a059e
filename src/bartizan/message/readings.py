"""Other readings of a mail in which something is not plain: whatever a lenient program might take for a part.

In: the raw mail and what the strict reading found. Out: pieces, to be looked at as nodes of their own, and holes.
The strict reading's flags say when a mail can be read in more than one way. Then every line that could be a delimiter
is taken for one, every block of lines in front of an empty one for a header, a bare CR for a line end, NUL for nothing;
transfer encodings are told by looking at the bytes whatever they are said to be, and names are read from header lines
however they are written. Not one receiver's reading: the union of many.

A mail without such flags has one reading, and costs a look at its flags. What nobody would call an attachment (a
preamble or epilogue in prose) gives no piece.
Limits: SEGMENTS delimiters, LONGEST_HEADER bytes of one header and HEADERS of all, the limits of loosenames; each is a
hole. Nothing that is decoded to more than LARGE bytes is taken to pieces once more. The caller pays for the pieces.
Linear; pieces are made one at a time, so that at most a few copies of the mail are in memory.
Not here: what is in the pieces (walk), names (loosenames), damaged base64 (loosebase64), whether differences matter.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from bartizan._core.runs import base64_runs
from bartizan._core.sniff import sniff
from bartizan._core.transfer import decode_all
from bartizan.message import carve
from bartizan.message.hole import Hole
from bartizan.message.loosebase64 import LARGE, loose_base64
from bartizan.message.loosenames import LooseNames, loose_names
from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB
from bartizan.model.message import Message, Part

SEGMENTS = 20_000
LONGEST_HEADER = 16 * KIB
HEADERS = 4 * MIB
INDENTED = 20
"""Delimiters that are not at the start of their line and are compared; more of them are reason enough to look."""
SMALL = 40

TELLING = (
    "bare_cr nul header_control header_junk header_name missing_blank_line boundary_in_header no_header "
    "duplicate_content_type duplicate_encoding duplicate_disposition bad_content_type bad_encoding bad_disposition "
    "comment unknown_encoding encoded_multipart stray_boundary missing_boundary duplicate_boundary long_boundary "
    "repeated_boundary near_boundary base64_junk base64_padding base64_truncated qp_bad uu_bad"
)
ALWAYS = frozenset(TELLING.split())
"""Flags after which another program may see other parts."""
OUTSIDE = frozenset(("preamble", "epilogue", "missing_end"))
"""Flags of text between parts: another program may see parts there, if it looks like any."""

_DELIMITER = re.compile(rb"\n[ \t>\xa0]*+--[^\n]*+")
_EMPTY = re.compile(rb"\n[ \t]*+(?=\n)")
_FIELD = re.compile(rb"content[ \t]*+-[ \t]*+(?:type|disposition)", re.IGNORECASE)
_CONTENT = re.compile(rb"content[ \t]*+-", re.IGNORECASE)
_FIELD_LINE = re.compile(rb"^[ \t]*+content[ \t]*+-[ \t]*+(?:type|disposition)[ \t]*+:", re.IGNORECASE | re.MULTILINE)
_ANY_FIELD = re.compile(rb"^content-(?:type|disposition|transfer-encoding)[ \t]*+:", re.IGNORECASE | re.MULTILINE)
_ONE_FIELD = re.compile(rb"^[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+", re.MULTILINE)
_COMMENT = re.compile(rb"\([^()]*+\)")
_NO_LETTER = bytes(c for c in range(256) if not chr(c).isalnum() or c > 127)
_NAME = re.compile(rb"name[ \t\d*]*+=", re.IGNORECASE)
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|[ \t]*+\n)")
_SIGN = re.compile(rb"name[*\d]*+=3d", re.IGNORECASE)
"""A parameter in quoted-printable: the multipart that it is in was encoded."""
_SOFT = re.compile(rb"=[ \t]*+\n\n++")
_WRONG_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+\n)[^\n]{2}")
_WRONG_SIGN = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+\n)")
_UU = re.compile(rb"\nbegin(?:-base64)?[ \t]++[0-7]{1,6}[ \t]", re.IGNORECASE)
OF_HEADERS = frozenset(("text/rfc822-headers", "message/rfc822-headers", "message/partial", "message/external-body"))
"""Types whose content begins with the header of another mail, and is nothing that can be opened."""
_OTHERS = rb"(?:(?!content-)[!-9;-~]++[ \t]*+:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+"
"""Fields that say nothing about content."""
_TELLING_FIELDS = _OTHERS + rb"content-(?:type|disposition|transfer-encoding)[ \t]*+:"
_HIDDEN = re.compile(
    rb"(?:[^\n]{1,100}+\n\s*+(?=--))?\s*+(?:--[ \t]*+\S*+[ \t\r]*+\n(?:[^\n]{1,100}+\n)?)?" + _TELLING_FIELDS,
    re.IGNORECASE,
)
"""Fields at the beginning of a body, or behind a delimiter that begins it, perhaps after a line of prose. It is one
word: bounces introduce the mails that they show by lines of hyphens and words."""
_BEHIND_A_LINE = re.compile(rb"[^\n]{1,100}+\n" + _TELLING_FIELDS, re.IGNORECASE)
"""Fields behind a line of prose: in a body whose header says nothing about content."""
_MORE_FIELDS = re.compile(rb"\s*+(?:[^\n]{1,100}+\n)?" + _OTHERS + rb"content[ \t]*+-[ \t]*+[a-z]", re.IGNORECASE)
MORE = 1000
"""Bytes behind an empty line in which such fields are looked for; at the beginning of a body LONGEST_HEADER."""
_INDENTED = re.compile(rb"\n[ \t]++--([^\r\n]{1,200}+)\r?\ncontent-", re.IGNORECASE)
_CONTROL = re.compile(rb"[\0-\x08\x0e-\x1f][^\n]*+")
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\v\f")
_SPACES = bytes.maketrans(b"\v\f", b"  ")


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece: the names it may go by, its bytes, and their type.

    `announced`: a header field says that it is one. `patched`: it comes from the mail without its delimiters, which is
    searched and is nobody's reading.
    """

    names: tuple[str, ...]
    data: bytes
    type: str
    announced: bool = False
    patched: bool = False


def readings(message: Message) -> Iterator[Reading | Hole]:
    """What a lenient program may find in a mail beside the parts of the strict reading; nothing for a plain mail."""
    flags = message.anomalies
    if (
        not ALWAYS.isdisjoint(flags)
        or (not OUTSIDE.isdisjoint(flags) and _looks_like_parts(message))
        or _hides_a_header(message)
    ):
        yield from _Shredder().shred(message.raw)


def _looks_like_parts(message: Message) -> bool:
    """Is there something like a part between those of the strict reading?"""
    raw = message.raw
    at = 0
    for start, end in sorted(
        span for part in message.parts for span in (part.header, part.body if part.leaf else (0, 0))
    ):
        if start - at > SMALL and _part_like(bytes(raw[at:start])):
            return True
        at = max(at, end)
    return len(raw) - at > SMALL and _part_like(bytes(raw[at:]))


def _hides_a_header(message: Message) -> bool:
    """Does a body begin with fields, or is there a delimiter that is only not at the start of its line?"""
    raw = message.raw
    for part in message.parts:
        if part.leaf and part.declared not in OF_HEADERS and _begins_with_fields(raw, part):
            return True
    if len(message.parts) < 2:
        return False
    text = bytes(raw)
    if b"\n --" not in text and b"\n\t--" not in text:
        return False
    labels: set[bytes] = set()
    for found in _INDENTED.finditer(text):
        labels.add(found[1])
        if len(labels) > INDENTED:
            return True
    return any(b"\n--" + label in text for label in labels)


def _begins_with_fields(raw: bytes | memoryview, part: Part) -> bool:
    """Could the body of a leaf be the end of its header, or a part, or hold more than a uuencoded file?"""
    start, end = part.body
    body = raw[start : min(end, start + LONGEST_HEADER)]
    if "uu" in part.encoding or _HIDDEN.match(body):
        return True
    header = bytes(raw[part.header[0] : part.header[1]])
    if len(header) <= 2:
        return _ANY_FIELD.search(body[:MORE]) is not None
    return b"content-" not in header.lower() and _BEHIND_A_LINE.match(body) is not None


def _part_like(text: bytes) -> bool:
    return (
        _FIELD.search(text) is not None
        or _ANY_FIELD.search(text) is not None
        or bool(base64_runs(text, carve.LEAST))
        or _UU.search(text) is not None
    )


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


class _Shredder:
    """Takes one mail to pieces: `headers` is what is left of HEADERS, `told` the limits that were reached.

    `inside`: it is at the pieces of a piece, which are not taken to pieces again.
    """

    __slots__ = ("headers", "inside", "told")

    def __init__(self) -> None:
        self.headers = HEADERS
        self.inside = False
        self.told: set[Reason] = set()

    def shred(self, raw: bytes | memoryview) -> Iterator[Reading | Hole]:
        """The pieces between all lines that could be delimiters, and the whole without those lines."""
        lines = bytes(raw).replace(b"\r\n", b"\n")
        text = lines.replace(b"\r", b"\n").replace(b"\xef\xbb\xbf", b"")
        plain = b"\n" + text.translate(_SPACES, _CONTROLS)
        for whole in (lines, plain):
            if _UU.search(whole):
                yield Reading((), whole, "uu")
                break
        del lines, whole
        # Control characters are nothing to some programs, and an end to others: of a line, or of what counts of it.
        parted = text.replace(b"\0", b"\n") if b"\0" in text else b""
        cut = _cut(text) if _CONTROL.search(text) else b""
        del text
        yield from self._pieces(plain)
        del plain
        for other in (parted, cut):
            if other:
                yield from self._pieces(b"\n" + other.translate(_SPACES, _CONTROLS))

    def _pieces(self, text: bytes) -> Iterator[Reading | Hole]:
        at = 0
        for line in islice(_DELIMITER.finditer(text), SEGMENTS):
            yield from self._piece(text[at : line.start()])
            at = line.end()
        yield from self._piece(text[at:])
        if not at:
            return
        if _DELIMITER.search(text, at):
            yield from self._hole(Reason.LIMIT_PARTS, f"more than {SEGMENTS} lines that could be delimiters")
        for found in self._piece(_DELIMITER.sub(b"\n", text, SEGMENTS)):
            yield replace(found, patched=True) if isinstance(found, Reading) else found

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
        for content, kind in _contents(segment, starts, encoded=_says_base64(header)):
            some = True
            yield Reading(names, content, kind, announced)
            if not self.inside and len(content) <= LARGE and _ANY_FIELD.search(content, 0, MORE):
                # A multipart may have no encoding, and some programs decode it.
                self.inside = True
                yield from self._pieces(b"\n" + content.replace(b"\r\n", b"\n"))
                self.inside = False
            del content
        if names and not some:
            yield Reading(names, segment[stop:].strip(b"\n"), "", announced)


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
    for field in _ONE_FIELD.finditer(segment, at, min(stop, at + LONGEST_HEADER)):
        end = field.end()
    line = segment[end:stop].strip().partition(b"\n")[0]
    return end if end > at and line and b":" not in line else stop


def _says_base64(header: bytes) -> bool:
    """Is that what a header calls its content, in whatever way it is written?"""
    return b"base64" in _COMMENT.sub(b"", header).lower().translate(None, _NO_LETTER)


def _contents(segment: bytes, starts: tuple[int, ...], *, encoded: bool) -> Iterator[tuple[bytes, str]]:
    """What the bytes say when they are decoded, each way that makes sense of them.

    `starts` is where the body may begin; `encoded`: a header calls it base64.
    """
    seen = set()
    for piece in carve.encoded(segment):
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
            for fault in (_SOFT, _WRONG_ESCAPE, _WRONG_SIGN):
                if fault.search(body):
                    yield from _quoted(fault.sub(b"", body))


def _quoted(body: bytes) -> Iterator[tuple[bytes, str]]:
    decoded, _ = decode_all("quoted-printable", body)
    kind = sniff(decoded)
    if kind != "uu" or sniff(body) != "uu":
        yield decoded, kind
