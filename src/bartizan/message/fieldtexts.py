"""Phrases in header fields that people read, where these are disguised as a text can be.

In: a message that was read, and the automaton. Out: findings for the phrases that the plain reading of the fields
(parse) does not have: encoded words in other readings, letters apart, characters taken back, text turned round; a
subject that stands in the fold of another field or behind the empty line, where some programs see one.
Most fields ask for no second look, and cost a search for what would.
Limits: those of parse and letters.
Not here: bodies (detect.texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bartizan._core.automaton import Automaton
from bartizan._core.hints import letters_apart
from bartizan._core.text import fold
from bartizan.message import accents, disguises, labels, letters
from bartizan.message.parse import HEADER_TEXT, MAX_HEADER_TEXT, header_blocks, phrase
from bartizan.message.words import decode_words, other_charsets, other_words
from bartizan.model.finding import Finding
from bartizan.model.message import Message

BEHIND = 1000
"""Bytes behind the header of the message in which fields may go on."""
_FOLDED = re.compile(rb"\n[ \t]++(?:subject|from|comments)[ \t]*+:([^\n]*+(?:\n[ \t][^\n]*+)*+)", re.IGNORECASE)


def disguised(message: Message, automaton: Automaton) -> Iterator[Finding]:
    """The findings, each phrase once for each block of fields."""
    raw = message.raw
    for path, block in header_blocks(raw, message.fields, message.parts):
        fields = list(block)
        if not fields:
            continue
        start, end = fields[0][0], fields[-1][3]
        text = bytes(raw[start:end])
        if _asks(text):
            yield from _in(raw, fields, automaton, path)
        behind = bytes(raw[end : end + BEHIND]) if path == "message" else b""
        if _FOLDED.search(text) or b"=?" in behind:
            yield from _misplaced(text, behind, automaton, path, start)


def _asks(text: bytes) -> bool:
    """Is there anything that may be read in another way? Most headers have nothing of the kind."""
    return b"=?" in text or b"\b" in text or not text.isascii() or letters_apart(text)


def _in(
    raw: bytes | memoryview, block: Iterable[tuple[int, int, int, int]], automaton: Automaton, path: str
) -> Iterator[Finding]:
    seen: set[int] = set()
    for start, end, value, value_end in block:
        if bytes(raw[start:end]).lower() in HEADER_TEXT:
            field = bytes(raw[value : min(value_end, value + MAX_HEADER_TEXT)])
            if _asks(field):
                for index in sorted(_others(field, automaton) - seen):
                    seen.add(index)
                    yield phrase(automaton, index, path, (start, value_end))


def _misplaced(text: bytes, behind: bytes, automaton: Automaton, path: str, at: int) -> Iterator[Finding]:
    """What is read by programs that see a field in a fold, or behind the empty line; `at` is where the text stands."""
    seen: set[int] = set()
    for found in _FOLDED.finditer(text):
        field = found[1][:MAX_HEADER_TEXT]
        indexes = {index for index, _ in automaton.find(fold(decode_words(field)))} | _others(field, automaton)
        for index in sorted(indexes - seen):
            seen.add(index)
            yield phrase(automaton, index, path, (at + found.start(), at + found.end()))
    if b"=?" in behind:
        for index in sorted({index for index, _ in automaton.find(fold(decode_words(behind)))} - seen):
            yield phrase(automaton, index, path, (at + len(text), at + len(text) + len(behind)))


def _others(field: bytes, automaton: Automaton) -> set[int]:
    """The phrases of all readings but the plain one."""
    plain = decode_words(field) if b"=?" in field else None
    text = field if plain is None else plain.encode("utf-8", "replace")
    found: set[int] = set()
    again = list(disguises.readings(text))
    if plain is not None:
        again += (other.encode("utf-8", "replace") for other in other_words(field))
        again += other_charsets(field)
    elif not field.isascii():
        again += labels.others(field, "")
    for other in again:
        found |= {index for index, _ in automaton.find(fold(other.decode("utf-8", "replace")))}
    bare = accents.bare(text)
    if bare is not None:
        there = {index for index, _ in automaton.find(fold(bare.decode("utf-8", "replace")))}
        found |= {index for index in there if accents.has_words(automaton, index)}
    apart = [other for other in (text, *again) if letters_apart(other)]
    for other in apart:
        # A field has fewer letters than are looked at.
        found |= letters.find(automaton, fold(other.decode("utf-8", "replace")))[0]
    if found:
        found -= {index for index, _ in automaton.find(fold(decode_words(field) if plain is None else plain))}
    return found
