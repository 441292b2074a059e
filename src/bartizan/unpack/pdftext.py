"""The text of a PDF's pages, as people read it (ISO 32000-2 section 7.8, 9.4).

In: the streams of a document by the numbers of their objects, its objects, the texts that these are in. Out: one text;
where a font's name, a gap or a hyphen can be read in more than one way, the whole text once more in the other way.
The streams of one page are one content, pages come in the order of their objects, then all that is said of no page.
Limits: PIECES of all pages together, VARIANTS of fonts, `most` characters of a reading, CONTENTS lists of streams.
Known gaps: the place of text on the page: what is drawn out of order stays so.
Not here: operators (bartizan._core.pagetext), what codes mean (pdffonts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bartizan._core.pagetext import FONT, GAP, LINE, MOVE, SPACE, TEXT, pieces
from bartizan.unpack import pdfsyntax
from bartizan.unpack.pdffonts import PLAIN, Decoder, Fonts
from bartizan.unpack.pdfobjects import Objects, Reference

PIECES = 1_000_000
VARIANTS = 4
CONTENTS = 20_000
LONGEST_PAGE = 1000
"""Streams of one page."""

_CONTENTS = re.compile(rb"/Contents" + pdfsyntax.GAP + rb"(?=\[|\d)")
_APART = {GAP: " ", SPACE: " ", MOVE: " ", LINE: "\n"}
_TOGETHER = {GAP: "", SPACE: " ", MOVE: "", LINE: "\n"}


@dataclass(frozen=True, slots=True)
class Text:
    """All readings, one behind another; `whole`: no limit was reached."""

    text: str
    whole: bool


def read(streams: dict[int, list[bytes]], objects: Objects, texts: Sequence[bytes], most: int) -> Text:
    """The text of all streams that are the content of pages."""
    fonts: Fonts | None = None
    shown: list[tuple[int, tuple[str, ...]]] = []
    left = PIECES
    for content in _contents(streams, objects, texts):
        if not _shows_text(content):
            continue
        fonts = fonts or Fonts(texts, objects, streams)
        found = pieces(content, left)
        left -= len(found)
        shown += _decoded(found, fonts)
        shown.append((LINE, ()))
        if left <= 0:
            break
    limited = left <= 0 or (fonts is not None and fonts.limited) or len(streams) > PIECES
    readings: dict[str, None] = {}
    for variant in range(min(VARIANTS, max((len(texts) for _, texts in shown), default=0))):
        readings[_joined(shown, variant, _APART)] = None
    if readings and any(kind in (GAP, MOVE) or (texts and texts[0].endswith("-")) for kind, texts in shown):
        readings[_joined(shown, 0, _TOGETHER).replace("-\n", "")] = None
    whole = not limited and sum(map(len, readings)) <= most
    return Text("\n".join(reading[:most] for reading in readings)[:most], whole)


def _shows_text(content: bytes) -> bool:
    return b"BT" in content and any(word in content for word in (b"Tj", b"TJ", b"'", b'"'))


def _contents(streams: dict[int, list[bytes]], objects: Objects, texts: Sequence[bytes]) -> Iterator[bytes]:
    """The contents of pages, then every other stream; no stream twice."""
    given: set[int] = set()
    count = 0
    for text in texts:
        for found in _CONTENTS.finditer(text):
            count += 1
            if count > CONTENTS:
                break
            numbers = [number for number in _numbers(objects, text, found.end()) if number not in given]
            given.update(numbers)
            if numbers:
                yield b"\n".join(content for number in numbers for content in streams.get(number, ()))
    for number, contents in streams.items():
        if number not in given:
            yield from contents


def _numbers(objects: Objects, text: bytes, at: int) -> Iterator[int]:
    """The objects that a page's content is in: a stream, an array of them, or an object that is such an array."""
    value = objects.value_at(text, at)
    for one in (value, *(objects.values(value) if isinstance(value, Reference) else ())):
        for reference in one[:LONGEST_PAGE] if isinstance(one, list) else (one,):
            if isinstance(reference, Reference):
                yield reference.number


def _decoded(found: list[tuple[int, bytes]], fonts: Fonts) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The pieces with all that their strings can mean."""
    decoders: tuple[Decoder, ...] = (PLAIN,)
    for kind, raw in found:
        if kind == FONT:
            decoders = fonts.decoders(raw)
        elif kind != TEXT:
            yield kind, ()
        elif len(decoders) == 1:
            yield TEXT, (decoders[0].decode(raw),)
        else:
            known = [decoder for decoder in decoders if decoder.knows(raw)]
            yield TEXT, tuple(dict.fromkeys(decoder.decode(raw) for decoder in known or decoders))


def _joined(shown: list[tuple[int, tuple[str, ...]]], variant: int, between: dict[int, str]) -> str:
    return "".join(texts[min(variant, len(texts) - 1)] if kind == TEXT else between[kind] for kind, texts in shown)
