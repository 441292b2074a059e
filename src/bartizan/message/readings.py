"""Other readings of a mail in which something is not plain: whatever a lenient program might take for a part.

In: the raw mail and what the strict reading found. Out: pieces, to be looked at as nodes of their own.
The strict reading's flags say when a mail can be read in more than one way. Then every line that could be a delimiter
is taken for one, every block of lines in front of an empty one for a header, a bare CR for a line end, NUL for nothing;
transfer encodings are told by looking at the bytes, never by what they are said to be, and names are read from header
lines however they are written. Not one receiver's reading: the union of many.

A mail without such flags has one reading, and costs a look at its flags. What nobody would call an attachment (a
preamble or epilogue in prose) gives no piece.
Limits: SEGMENTS delimiters, what comes behind them is one piece; fewer ways to decode a piece above LARGE bytes. The
caller pays for the pieces.
Not here: what is in the pieces (walk), whether differences matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from bartizan._core.runs import base64_runs
from bartizan._core.sniff import sniff
from bartizan._core.transfer import decode_all
from bartizan.message import carve
from bartizan.message.names import part_names
from bartizan.model.message import Message

SEGMENTS = 5000
LARGE = 1 << 20
INDENTED = 20
LONGEST_HEADER = 16384
SMALL = 40
EMPTY_LINES = 4

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

_DELIMITER = re.compile(rb"\n[ \t]*--[^\n]*")
_EMPTY = re.compile(rb"\n[ \t]*(?=\n)")
_FIELD = re.compile(rb"content[ \t]*-[ \t]*(?:type|disposition)", re.IGNORECASE)
_ESCAPE = re.compile(rb"=(?:[0-9A-Fa-f]{2}|\n)")
_FIELDS = re.compile(rb"\s*(?:[!-9;-~]+[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*+)++")
_UU = re.compile(rb"\nbegin[ \t]+[0-7]{3,4}[ \t]")
_FOLD = re.compile(rb"\n[ \t]+")
_NAME = re.compile(
    rb"((?:file)?name(?:[ \t]*\*[ \t]*\d*[ \t]*\*?)?)[ \t]*=[ \t]*"
    rb'("(?:[^"\\\n]|\\.)*"(?=[ \t]*[;\n]|$)|"?[^\n;]*)(?=([^\n]{0,300}))',
    re.IGNORECASE,
)
_BEFORE_FIELD = frozenset(b"cC \t\r\n")
_FOLDED_NAME = re.compile(rb'name\*?\s*=\s*"[^"\n]*\n', re.IGNORECASE)
_INDENTED = re.compile(rb"\n[ \t]+--([^\r\n]{1,200})\r?\ncontent-", re.IGNORECASE)
_COMMENT = re.compile(rb"\([^()]*\)")
_JUNK = re.compile(rb"[^A-Za-z0-9+/=\s].*")
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n")
_SPACES = bytes.maketrans(b"\v\f", b"  ")


@dataclass(frozen=True, slots=True)
class Reading:
    """One piece: the names it may go by, its bytes, and their type."""

    names: tuple[str, ...]
    data: bytes
    type: str


def readings(message: Message) -> Iterator[Reading]:
    """What a lenient program may find in a mail beside the parts of the strict reading; nothing for a plain mail."""
    flags = message.anomalies
    if (
        not ALWAYS.isdisjoint(flags)
        or (not OUTSIDE.isdisjoint(flags) and _looks_like_parts(message))
        or _hides_a_header(message)
    ):
        yield from _shred(bytes(message.raw))


def folded_names(header: bytes) -> tuple[str, ...]:
    """The names of a header in which one is folded inside its quotes: without the fold, and with it as a blank."""
    return loose_names(header) if _FOLDED_NAME.search(header) else ()


def loose_names(header: bytes) -> tuple[str, ...]:
    """Every file name that the lines of a header can be read to give, the ones with faults in them too."""
    text = b"\n" + header.replace(b"\r\n", b"\n")
    parameters: dict[tuple[bytes, bytes], None] = {}
    for unfolded in (_FOLD.sub(b" ", text), _FOLD.sub(b"", text)):
        lines = b"\n".join(line for line in unfolded.split(b"\n") if b"name" in line.lower())
        for variant in dict.fromkeys((lines, _COMMENT.sub(b"", lines))):
            for key, value, rest in _NAME.findall(variant):
                key = b"".join(key.lower().split())
                for reading in _values(value, rest):
                    parameters[key, reading] = None
    return part_names((), tuple(parameters))


def _values(value: bytes, rest: bytes) -> Iterator[bytes]:
    """What a parameter's value can be read as; `rest` is what follows it on the line."""
    if len(value) > 1 and value.startswith(b'"') and value.endswith(b'"') and value.count(b'"') == 2:
        yield value[1:-1].replace(b"\\", b"")
        return
    for text in (value, value + rest):
        yield text.replace(b'"', b"").replace(b"\\", b"").strip(b" \t'")


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
    """Does a body begin with fields of a header, or is there a delimiter that is only not at the start of its line?"""
    raw = message.raw
    for part in message.parts:
        start, end = part.body
        if part.leaf and start < end and raw[start] in _BEFORE_FIELD and _begins_with_field(raw[start : start + 40]):
            return True
    if len(message.parts) < 2:
        return False
    text = bytes(raw)
    if b"\n --" not in text and b"\n\t--" not in text:
        return False
    return any(b"\n--" + found[1] in text for found in islice(_INDENTED.finditer(text), INDENTED))


def _begins_with_field(text: bytes | memoryview) -> bool:
    return bytes(text).lstrip()[:8].lower() == b"content-"


def _part_like(text: bytes) -> bool:
    return _FIELD.search(text) is not None or bool(base64_runs(text, carve.LEAST)) or b"\nbegin " in text


def _shred(raw: bytes) -> Iterator[Reading]:
    """The pieces between all lines that could be delimiters, and the whole without those lines."""
    lines = raw.replace(b"\r\n", b"\n")
    text = lines.replace(b"\r", b"\n").replace(b"\xef\xbb\xbf", b"").translate(_SPACES)
    plain = b"\n" + text.translate(None, _CONTROLS)
    for whole in (lines, plain):
        if _UU.search(whole):
            yield Reading((), whole, "uu")
            break
    # NUL is nothing to some programs, and an end to others.
    for variant in dict.fromkeys((plain, b"\n" + text.replace(b"\0", b"\n").translate(None, _CONTROLS))):
        segments = _DELIMITER.split(variant, SEGMENTS)
        if len(segments) > 1:
            segments.append(b"\n".join(segments))
        for segment in segments:
            yield from _segment(segment)


def _segment(segment: bytes) -> Iterator[Reading]:
    """What one piece of a mail, its header in front, can be read as."""
    header, body = _parted(segment)
    names = loose_names(header) if _FIELD.search(header) else ()
    contents = list(_contents(segment, body))
    for content, kind in contents:
        yield Reading(names, content, kind)
    if names and not contents:
        yield Reading(names, body.strip(b"\n"), "")


def _parted(segment: bytes) -> tuple[bytes, bytes]:
    """Header and body: the header goes on behind an empty line that comes first, or that fields follow."""
    at = len(segment) - len(segment.lstrip(b" \t\n"))
    end = at
    while end < LONGEST_HEADER:
        empty = _EMPTY.search(segment, end)
        if empty is None:
            end = len(segment)
            break
        end = empty.end()
        behind = segment[end : end + 100].lstrip(b" \t\n")
        if not _FIELD.match(behind):
            break
    return segment[at : min(end, at + LONGEST_HEADER)], segment[end:]


def _loose_base64(segment: bytes, body: bytes) -> Iterator[tuple[bytes, str]]:
    """What the body says as base64 with junk in it, wherever it begins: behind any empty line, or the last field."""
    bodies = [body]
    if len(segment) <= LARGE:
        bodies += [segment[found.end() :] for found in islice(_EMPTY.finditer(segment), EMPTY_LINES)]
        fields = _FIELDS.match(segment)
        if fields is not None:
            bodies.append(segment[fields.end() :])
    for text in dict.fromkeys(bodies):
        for variant in dict.fromkeys((text.translate(None, b"-_"), text, _JUNK.sub(b"", text))):
            decoded = carve.base64(variant)
            kind = carve.decoded_type(decoded)
            if kind:
                yield decoded, kind
                return


def _contents(segment: bytes, body: bytes) -> Iterator[tuple[bytes, str]]:
    """What the bytes say when they are decoded, each way that makes sense of them."""
    found = False
    for piece in carve.encoded(segment):
        found = True
        yield bytes(piece.data), piece.type
    if not found:
        yield from _loose_base64(segment, body)
    if _ESCAPE.search(body):
        decoded, _ = decode_all("quoted-printable", body)
        kind = sniff(decoded)
        if kind != "uu" or sniff(body) != "uu":
            yield decoded, kind
