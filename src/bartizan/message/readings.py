"""Other readings of a mail that can be read in more than one way: whatever a lenient program might take for a part.

In: what the strict reading found, its flags above all. Out: pieces, to be looked at as nodes of their own, and holes.
Odd is a mail of which the strict reading says so, and one that looks plain but whose texts begin like headers. A plain
one has one reading, and costs a look at its flags and at how its texts begin. What nobody would call an attachment (a
preamble or epilogue in prose) makes no mail odd. A field in a fold of another one does, but makes nothing ambiguous.
Not here: taking a mail to pieces (shredder), what is in the pieces (walk), whether differences matter (ambiguity).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan._core.runs import base64_runs
from bartizan.message.hole import Hole
from bartizan.message.piece import LEAST
from bartizan.message.shredder import ANY_FIELD, LONGEST_HEADER, MORE, OTHERS, TYPED, UU, Reading, Shredder, doubted
from bartizan.model.message import Message, Part

INDENTED = 20
"""Delimiters that are not at the start of their line and are compared; more of them are reason enough to look."""
SMALL = 40

TELLING = (
    "bare_cr nul header_control header_junk header_name header_blank missing_blank_line boundary_in_header no_header "
    "duplicate_content_type duplicate_encoding duplicate_disposition bad_content_type bad_encoding bad_disposition "
    "comment unknown_encoding encoded_multipart stray_boundary missing_boundary duplicate_boundary long_boundary "
    "repeated_boundary near_boundary base64_junk base64_padding base64_truncated qp_bad uu_bad"
)
ALWAYS = frozenset(TELLING.split())
"""Flags after which another program may see other parts."""
OUTSIDE = frozenset(("preamble", "epilogue", "missing_end"))
"""Flags of text between parts: another program may see parts there, if it looks like any."""
FOLDED = "header_fold"
"""The flag of a fold that would be a field without its blanks: legal, and a field to few programs."""


OF_HEADERS = frozenset(("text/rfc822-headers", "message/rfc822-headers", "message/partial", "message/external-body"))
"""Types whose content begins with the header of another mail, and is nothing that can be opened."""
_TELLING_FIELDS = OTHERS + rb"content-(?:type|disposition|transfer-encoding)[ \t]*+:"
_HIDDEN = re.compile(
    rb"(?:[ \t]++[a-z*\d-]++=[^\n]*+\n)*+\s*+(?:[^\n]{1,100}+\n\s*+(?=--))?\s*+"
    rb"(?:--[ \t]*+\S*+[ \t\r]*+\n(?:[^\n]{1,100}+\n)?)?" + _TELLING_FIELDS,
    re.IGNORECASE,
)
"""Fields at the beginning of a body, or behind a delimiter that begins it, perhaps after a line of prose, or behind
parameters that the header has lost. It is one word: bounces introduce the mails that they show by lines of hyphens and
words."""
_BEHIND_A_LINE = re.compile(rb"[^\n]{1,100}+\n" + _TELLING_FIELDS, re.IGNORECASE)
"""Fields behind a line of prose: in a body whose header says nothing about content."""
_INDENTED = re.compile(rb"\n[ \t]++--([^\r\n]{1,200}+)\r?\ncontent-", re.IGNORECASE)


def readings(message: Message) -> Iterator[Reading | Hole]:
    """What a lenient program may find in a mail beside the parts of the strict reading; nothing for a plain mail."""
    flags = message.anomalies
    if (
        not ALWAYS.isdisjoint(flags)
        or (not OUTSIDE.isdisjoint(flags) and _looks_like_parts(message))
        or _hides_a_header(message)
    ):
        yield from Shredder().shred(message.raw)
    elif FOLDED in flags:
        yield from map(doubted, Shredder().shred(message.raw))


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
    if not any(mark in text for mark in (b"\n --", b"\t--", b"  --")):
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
        return ANY_FIELD.search(body[:MORE]) is not None
    return b"content-" not in header.lower() and _BEHIND_A_LINE.match(body) is not None


def _part_like(text: bytes) -> bool:
    return (
        TYPED.search(text) is not None
        or ANY_FIELD.search(text) is not None
        or bool(base64_runs(text, LEAST))
        or UU.search(text) is not None
    )
