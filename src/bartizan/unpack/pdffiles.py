"""Files that a PDF names: those that it holds, and those that it would start (ISO 32000-2 section 7.11, 12.6.4.6).

In: the texts of a document, its objects. Out: names of embedded files and the objects that their bytes are in; names of
what launch actions start. Names are looked for near the word that gives them away, which damage does not hide, and in
the object that it is in, wherever in it they stand. Never raises.
Limits: FILES names, each said SAME times; VALUES values of one object; those of pdfobjects.py.
Not here: the bytes (pdf.py), other actions (pdfactions.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bartizan.unpack.give import ends
from bartizan.unpack.pdfobjects import VALUES, Name, Objects, Reference, Value
from bartizan.unpack.pdfsyntax import GAP, shown, string_at

FILES = 1000
SAME = 20
"""How often each of them may be said."""
NEAR = 500
"""Bytes around the word in which a name stands, and of a name there."""
NAMES = (b"UF", b"F", b"DOS", b"Mac", b"Unix")
SYSTEMS = (b"Win", b"Mac", b"Unix")

_EMBEDDED = re.compile(rb"/EF" + GAP + rb"(?:<<|\d)")
_NAME = re.compile(rb"/U?F" + GAP + rb"(?=\(|<(?!<))")
_LAUNCH = re.compile(rb"/Launch(?![A-Za-z0-9_])")


@dataclass(slots=True)
class Files:
    """What was found; `limited`: not all."""

    names: dict[str, None] = field(default_factory=dict)
    numbers: dict[int, None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    limited: bool = False

    def call(self, names: dict[str, None], name: str) -> None:
        """One more name."""
        if name and len(names) < FILES:
            names[ends(name)] = None
        elif name and ends(name) not in names:
            self.limited = True


def find(texts: Sequence[bytes], objects: Objects) -> Files:
    """All files that are named; `texts` have their names as they are meant."""
    found = Files()
    for text in texts:
        for count, name in enumerate(_near(text)):
            found.call(found.names, name)
            if found.limited or count > SAME * FILES:
                found.limited = True
                break
    for value in objects.holding(_EMBEDDED):
        for entries in _dictionaries(value):
            files = entries.get(b"EF")
            for target in objects.values(files) if files is not None else ():
                if isinstance(target, dict):
                    found.numbers.update((one.number, None) for one in target.values() if isinstance(one, Reference))
                    for name in _names(entries, objects):
                        found.call(found.names, name)
    for value in objects.holding(_LAUNCH):
        for entries in _dictionaries(value):
            if entries.get(b"S") == Name(b"Launch"):
                for name in _started(entries, objects):
                    found.call(found.programs, name)
    return found


def _near(text: bytes) -> Iterator[str]:
    """The names around each word that leads to a file."""
    stop = 0
    for found in _EMBEDDED.finditer(text):
        # Nothing is looked at twice.
        start, stop = max(stop, found.start() - NEAR), max(stop, found.start() + NEAR)
        for name in _NAME.finditer(text, start, stop):
            yield shown(string_at(text, name.end(), NEAR) or b"")


def _dictionaries(value: Value) -> Iterator[dict[bytes, Value]]:
    """All dictionaries of a value."""
    work = [value]
    for _ in range(VALUES):
        if not work:
            return
        one = work.pop()
        if isinstance(one, dict):
            yield one
            work += one.values()
        elif isinstance(one, list):
            work += one


def _names(entries: dict[bytes, Value], objects: Objects) -> Iterator[str]:
    """The names that a file specification gives."""
    for key in NAMES:
        for value in objects.values(entries.get(key)):
            if isinstance(value, bytes):
                yield shown(value)


def _started(entries: dict[bytes, Value], objects: Objects) -> Iterator[str]:
    """What a launch action starts: a file as such, or by the system."""
    for key in (b"F", *SYSTEMS):
        for value in objects.values(entries.get(key)):
            if isinstance(value, bytes):
                yield shown(value)
            elif isinstance(value, dict):
                yield from _names(value, objects)
                yield from (shown(one) for one in objects.values(value.get(b"P")) if isinstance(one, bytes))
