"""Which fonts the content of a page may name: those of the page, of what it is in, and of the content's own stream.

In: the objects of a document (ISO 32000-2 section 7.8.3). Out: the fonts for the streams of a content, by name. Readers
differ where a dictionary has the same entry twice: then it is not sure which fonts are meant, as where there are none.
Limits: PARENTS of a page; what pdfobjects.py limits. Never raises.
Not here: what fonts mean (pdffonts.py), which contents there are (pdftext.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bartizan.unpack.pdfobjects import DOUBLED, Objects, Reference, Value
from bartizan.unpack.pdfsyntax import GAP

PARENTS = 8
LONGEST_PAGE = 1000
"""Streams of one page."""
_CONTENTS = re.compile(rb"/" + b"".join(b"(?:%c|#%02x|#%02X)" % (c, c, c) for c in b"Contents") + GAP + rb"(?=\[|\d)")


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The dictionaries of fonts that a content may mean; `sure`: no others."""

    fonts: tuple[dict[bytes, Value], ...]
    sure: bool


def streams_of(value: Value, objects: Objects) -> Iterator[int]:
    """The objects that a page's content is in: a stream, an array of them, or an object that is such an array."""
    for one in (value, *(objects.values(value) if isinstance(value, Reference) else ())):
        for reference in one[:LONGEST_PAGE] if isinstance(one, list) else (one,):
            if isinstance(reference, Reference):
                yield reference.number


class Resources:
    """The resources of one document."""

    __slots__ = ("_objects", "_pages")

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._pages: dict[int, list[dict[bytes, Value]]] = {}
        for page in objects.holding(_CONTENTS):
            if isinstance(page, dict):
                for number in dict.fromkeys(streams_of(page.get(b"Contents"), objects)):
                    self._pages.setdefault(number, []).append(page)

    def of(self, numbers: Iterable[int]) -> Own:
        """The fonts of a content that is in these objects."""
        fonts: list[dict[bytes, Value]] = []
        sure = True
        places = (
            place
            for number in numbers
            for place in (*self._pages.get(number, ()), *self._dictionaries(Reference(number)))
        )
        for place in {id(place): place for place in places}.values():
            for resources in self._resources(place):
                for found in self._dictionaries(resources.get(b"Font")):
                    fonts.append(found)
                    sure = sure and not (DOUBLED in found or DOUBLED in resources or DOUBLED in place)
        return Own(tuple(fonts), sure and bool(fonts))

    def _dictionaries(self, value: Value) -> Iterator[dict[bytes, Value]]:
        return (one for one in self._objects.values(value) if isinstance(one, dict))

    def _resources(self, place: dict[bytes, Value]) -> Iterator[dict[bytes, Value]]:
        """The resources of a page or a stream, or those of the first above it that has any."""
        for _ in range(PARENTS):
            if b"Resources" in place:
                yield from self._dictionaries(place[b"Resources"])
                return
            above = next(self._dictionaries(place.get(b"Parent")), None)
            if above is None:
                return
            place = above
