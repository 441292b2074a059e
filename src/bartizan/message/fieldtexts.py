"""Phrases in header fields that people read, where these are disguised as a text can be.

In: a message that was read, and the automaton. Out: findings for the phrases that the plain reading of the fields
(parse) does not have: encoded words in other readings, letters apart, characters taken back, text turned round.
Most fields ask for no second look, and cost a search for what would.
Limits: those of parse and letters.
Not here: bodies (detect.texts).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bartizan._core.automaton import Automaton
from bartizan._core.hints import letters_apart
from bartizan._core.text import fold
from bartizan.message import disguises, labels, letters
from bartizan.message.parse import HEADER_TEXT, MAX_HEADER_TEXT, header_blocks, phrase
from bartizan.message.words import decode_words, other_charsets, other_words
from bartizan.model.finding import Finding
from bartizan.model.message import Message


def disguised(message: Message, automaton: Automaton) -> Iterator[Finding]:
    """The findings, each phrase once for each block of fields."""
    raw = message.raw
    for path, block in header_blocks(raw, message.fields, message.parts):
        fields = list(block)
        if fields and _asks(bytes(raw[fields[0][0] : fields[-1][3]])):
            yield from _in(raw, fields, automaton, path)


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
    apart = [other for other in (text, *again) if letters_apart(other)]
    for other in apart:
        # A field has fewer letters than are looked at.
        found |= letters.find(automaton, fold(other.decode("utf-8", "replace")))[0]
    if found:
        found -= {index for index, _ in automaton.find(fold(decode_words(field) if plain is None else plain))}
    return found
