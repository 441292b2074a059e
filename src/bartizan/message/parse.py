"""From what the core found to a Message: names decoded, phrase hits and limits as findings.

In: a finished MessageStream, or bytes that are already in memory. Out: frozen values. Content never raises.
Header fields that people read (HEADER_TEXT) are matched against the phrases here, encoded words undone (RFC 2047).
Not here: unpacking, other readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from bartizan._core.automaton import Automaton
from bartizan._core.entity import Part as CorePart
from bartizan._core.mime import MimeParser
from bartizan._core.stream import MessageStream, parse
from bartizan._core.text import fold
from bartizan.message.names import NAMES, contradictory, decode_words, part_names
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.limits import KIB, Limits
from bartizan.model.message import Message, Part

HEADER_TEXT = frozenset((b"subject", b"from", b"to", b"cc", b"reply-to", b"sender", b"comments", b"keywords"))
MAX_HEADER_TEXT = 64 * KIB
"""Bytes of one field in which phrases are looked for (Gap limit:header)."""
MESSAGES = frozenset(("message/rfc822", "message/global", "message/news"))

_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:(.*(?:\n[ \t].*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message and the decoded content of its leaves, by part path."""

    message: Message
    contents: dict[str, bytes | memoryview]


def from_stream(stream: MessageStream, automaton: Automaton | None) -> Message:
    """The message that a finished stream received; `automaton` is the one the stream ran."""
    return _message(stream, stream.raw, automaton, stored=False)


def from_bytes(
    raw: bytes | memoryview, automaton: Automaton | None, limits: Limits, *, stored: bool, keep: bool = False
) -> Parsed:
    """Read a mail that is in memory: a file, or one found inside another. `contents` is filled only with `keep`."""
    found = parse(
        raw,
        automaton,
        stored=stored,
        keep=keep,
        max_depth=limits.mime_depth,
        max_parts=limits.mime_parts,
        max_header=limits.header_bytes,
        max_headers=limits.headers_bytes,
        max_fields=limits.header_fields,
    )
    contents: dict[str, bytes | memoryview] = {}
    if keep:
        whole = memoryview(raw)
        for part in found.parts:
            if part.leaf:
                decoded = part.content
                contents[part.path] = whole[part.body_start : part.body_end] if decoded is None else decoded
    return Parsed(_message(found, raw, automaton, stored=stored), contents)


def _message(
    found: MessageStream | MimeParser, raw: bytes | memoryview, automaton: Automaton | None, *, stored: bool
) -> Message:
    core_parts = found.parts
    parts = tuple([_part(part) for part in core_parts])
    fields = found.fields
    findings = [gap(Reason(reason), path) for reason, path in found.limits]
    findings += [gap(Reason.LIMIT_HEADER, p.path, "too many file names") for p in parts if len(p.names) == NAMES]
    for core_part, part in zip(core_parts, parts, strict=True):
        if len(part.names) > 1 and _contradicts(core_part):
            findings.append(gap(Reason.AMBIGUOUS, part.path, "a file name is given twice"))
    if automaton is not None and len(automaton):
        findings += _body_phrases(found.hits, core_parts, automaton)
        for path, block in header_blocks(raw, fields, parts):
            findings += _header_phrases(raw, block, automaton, path)
    return Message(
        raw=raw,
        parts=parts,
        fields=fields,
        anomalies=found.anomalies,
        findings=tuple(findings),
        stored=stored,
    )


def _part(part: CorePart) -> Part:
    names: tuple[str, ...] = ()
    if part.type_parameters or part.disposition_parameters:
        names = part_names(part.type_parameters, part.disposition_parameters)
    return Part(
        path=part.path,
        declared=part.declared.decode("latin-1"),
        encoding=part.encoding.decode("latin-1"),
        charset=part.charset.decode("latin-1"),
        disposition=part.disposition.decode("latin-1"),
        names=names,
        header=(part.header_start, part.header_end),
        body=(part.body_start, part.body_end),
        size=part.size,
        sha256=part.sha256,
        leaf=part.leaf,
        flowed=any(name == b"delsp" and value.lower() == b"yes" for name, value in part.type_parameters),
    )


def _contradicts(part: CorePart) -> bool:
    return contradictory(part.type_parameters) or contradictory(part.disposition_parameters)


def _body_phrases(
    hits: Iterable[tuple[int, int, int]], parts: list[CorePart], automaton: Automaton
) -> Iterable[Finding]:
    """A finding for each phrase in each leaf; prose outside any leaf belongs to the message."""
    leaves = [part for part in parts if part.leaf]
    for index, start, end in hits:
        path = next((leaf.path for leaf in leaves if leaf.body_start <= start < leaf.body_end), "message")
        yield phrase(automaton, index, path, (start, end))


def header_blocks(
    raw: bytes | memoryview, fields: Iterable[tuple[int, int, int, int]], parts: tuple[Part, ...]
) -> Iterable[tuple[str, Iterable[tuple[int, int, int, int]]]]:
    """The fields of the message, and those of each mail that is a part of it, with the path of what they head."""
    yield "message", fields
    for part, inner in pairwise(parts):
        if part.declared in MESSAGES and not part.leaf:
            yield inner.path, _fields(raw, *inner.header)


def _fields(raw: bytes | memoryview, start: int, end: int) -> Iterable[tuple[int, int, int, int]]:
    """The fields of a header block below the top, as the core gives those of the top one."""
    for found in _FIELD.finditer(bytes(raw[start:end])):
        yield start + found.start(1), start + found.end(1), start + found.start(2), start + found.end(2)


def _header_phrases(
    raw: bytes | memoryview, fields: Iterable[tuple[int, int, int, int]], automaton: Automaton, path: str
) -> Iterable[Finding]:
    seen = set()
    for start, end, value, value_end in fields:
        if end - start > 8 or bytes(raw[start:end]).lower() not in HEADER_TEXT:
            continue
        if value_end - value > MAX_HEADER_TEXT:
            yield gap(Reason.LIMIT_HEADER, path, "a field is too long to look for phrases in all of it")
        text = decode_words(bytes(raw[value : min(value_end, value + MAX_HEADER_TEXT)]))
        for index, _ in automaton.find(fold(text)):
            if index not in seen:
                seen.add(index)
                yield phrase(automaton, index, path, (start, value_end))


def phrase(automaton: Automaton, index: int, path: str, span: tuple[int, int]) -> Finding:
    """The finding for the phrase number `index` of the automaton."""
    text, weight, source = automaton.phrase(index)
    return Finding(Kind.PHRASE, text, path, weight, source, span)
