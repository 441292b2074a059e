"""The text of a PDF's pages, as people read it (ISO 32000-2 section 7.8, 9.4).

In: the streams of a document by the numbers of their objects, its objects, the texts that these are in. Out: one text;
where a font's name, a gap or a hyphen can be read in more than one way, the whole text once more in the other way, and
a content once more for each further way.
The streams of one page are one content, pages come in the order of their objects, then all that is said of no page.
Limits: PIECES of all pages together, DECODED readings of them, JOINED pieces of further readings, `most` characters of
a reading, CONTENTS lists of streams, of which others are read on their own.
Known gaps: the place of text on the page: what is drawn out of order stays so.
Not here: operators (bartizan._core.pagetext), what codes mean (pdffonts.py), which fonts are meant (pdfresources.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from bartizan._core.pagetext import FONT, GAP, LINE, MOVE, SPACE, TEXT, pieces
from bartizan.unpack import pdfsyntax
from bartizan.unpack.pdffonts import LIKELY, NONE, Fonts, Meant
from bartizan.unpack.pdfobjects import Objects
from bartizan.unpack.pdfresources import Resources, streams_of

PIECES = 1_000_000
DECODED = PIECES
JOINED = 8 * PIECES
VARIANTS = 4
"""Readings of all contents together; of what has more, the content alone is read."""
CONTENTS = 20_000

_CONTENTS = re.compile(rb"/Contents" + pdfsyntax.GAP + rb"(?=\[|\d)")
_APART = {GAP: " ", SPACE: " ", MOVE: " ", LINE: "\n"}
Piece = tuple[int, tuple[str, ...]]
"""What stands there, and all that it can mean if it is text."""
_TOGETHER = {GAP: "", SPACE: " ", MOVE: "", LINE: "\n"}


@dataclass(frozen=True, slots=True)
class Text:
    """All readings, one behind another; `whole`: no limit was reached."""

    text: str
    whole: bool


def read(streams: dict[int, list[bytes]], objects: Objects, texts: Sequence[bytes], most: int) -> Text:
    """The text of all streams that are the content of pages."""
    shown: list[list[Piece]] = []
    reader: _Reader | None = None
    left = PIECES
    for numbers, content in _contents(streams, objects, texts):
        if not _shows_text(content):
            continue
        reader = reader or _Reader(Fonts(texts, objects, streams), Resources(objects))
        found = pieces(content, left)
        left -= len(found)
        shown.append([*reader.decoded(found, numbers), (LINE, ())])
        if left <= 0:
            break
    limited = left <= 0 or (reader is not None and reader.limited) or len(streams) > PIECES
    ways = [max(len(texts) for _, texts in page) for page in shown]
    readings: dict[str, None] = {}
    for variant in range(min(VARIANTS, max(ways, default=0))):
        readings[_joined(chain.from_iterable(shown), variant, _APART)] = None
    joined = 0
    for page, several in zip(shown, ways, strict=True):
        for variant in range(VARIANTS, several):
            joined += len(page)
            if joined <= JOINED:
                readings[_joined(page, variant, _APART)] = None
    if readings and any(
        kind in (GAP, MOVE) or (texts and texts[0].endswith("-")) for page in shown for kind, texts in page
    ):
        readings[_joined(chain.from_iterable(shown), 0, _TOGETHER).replace("-\n", "")] = None
    whole = not limited and joined <= JOINED and sum(map(len, readings)) <= most
    return Text("\n".join(reading[:most] for reading in readings)[:most], whole)


def _shows_text(content: bytes) -> bool:
    return b"BT" in content and any(word in content for word in (b"Tj", b"TJ", b"'", b'"'))


def _contents(
    streams: dict[int, list[bytes]], objects: Objects, texts: Sequence[bytes]
) -> Iterator[tuple[tuple[int, ...], bytes]]:
    """The contents of pages, then every other stream, with the objects that each is in; no stream twice."""
    given: set[int] = set()
    count = 0
    for text in texts:
        for found in _CONTENTS.finditer(text):
            count += 1
            if count > CONTENTS:
                break
            value = objects.value_at(text, found.end())
            numbers = tuple(dict.fromkeys(number for number in streams_of(value, objects) if number not in given))
            given.update(numbers)
            if numbers:
                yield numbers, b"\n".join(content for number in numbers for content in streams.get(number, ()))
    for number, contents in streams.items():
        if number not in given:
            for content in contents:
                yield (number,), content


class _Reader:
    """What the strings of contents mean; `limited`: not all that they can mean was read."""

    __slots__ = ("_fonts", "_left", "_limited", "_resources")

    def __init__(self, fonts: Fonts, resources: Resources) -> None:
        self._fonts = fonts
        self._resources = resources
        self._left = DECODED
        self._limited = False

    @property
    def limited(self) -> bool:
        return self._limited or self._fonts.limited

    def decoded(self, found: list[tuple[int, bytes]], numbers: tuple[int, ...]) -> Iterator[Piece]:
        """The pieces of a content with all that their strings can mean."""
        own = self._resources.of(numbers)
        meant = NONE
        for kind, raw in found:
            if kind == FONT:
                meant = self._fonts.meant(raw, own)
            elif kind != TEXT:
                yield kind, ()
            else:
                yield TEXT, self._meanings(raw, meant)

    def _meanings(self, raw: bytes, meant: Meant) -> tuple[str, ...]:
        decoders = meant.decoders
        if len(decoders) > 1:
            self._left -= len(decoders)
            if self._left < 0:
                self._limited = self._limited or meant.most > LIKELY
                decoders = decoders[: min(meant.most, LIKELY)]
        if len(decoders) == 1:
            return (decoders[0].decode(raw),)
        known = [decoder for decoder in decoders if decoder.knows(raw)]
        return tuple(dict.fromkeys(decoder.decode(raw) for decoder in known or decoders))


def _joined(shown: Iterable[Piece], variant: int, between: dict[int, str]) -> str:
    return "".join(texts[min(variant, len(texts) - 1)] if kind == TEXT else between[kind] for kind, texts in shown)
