"""SYLK tables (`.slk`): macro sheets of Excel 4, names that run by themselves, formulas that ask programs for data.

In: the bytes of a text. Out: what its records say, one a line: `O;E` makes it a macro sheet, `NN` names a cell, `C`
with a field `E` is a cell with a formula, whatever fields stand in front. Excel takes any text that begins with `ID`
for one, whatever it is called. An escape sign and two more stand for a character by its halves. Linear. Never raises.
Not here: what is made of it (macros.py), tables of other kinds (tables.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bartizan.detect.fields import Link
from bartizan.detect.parts import itself
from bartizan.detect.tables import asked
from bartizan.detect.xmltext import as_utf8

BEGINNING = b"ID"

_RECORD = re.compile(rb"(?:^|[\r\n])[ \t]*+(O|NN|C)(;[^\r\n]*+)", re.IGNORECASE)
_ESCAPE = re.compile(rb"\x1b([\x20-\x2f])([\x30-\x3f])")
_FORMULA = re.compile(rb";[ \t]*+E", re.IGNORECASE)
_CALL = re.compile(
    rb"(?<![\w.])(EXEC|CALL|REGISTER(?:\.ID)?|EXECUTE|INITIATE|POKE|SEND\.KEYS|FOPEN|FWRITE(?:LN)?|FILE\.DELETE|FILES"
    rb"|DIRECTORY\.CREATE|ON\.TIME)\(",
    re.IGNORECASE,
)
_MACRO = re.compile(
    rb"(?<![\w.])(?:HALT|RETURN|RUN|GOTO|FORMULA(?:\.FILL)?|SET\.(?:VALUE|NAME)|ALERT|ACTIVE\.CELL|WORKBOOK\.\w+)\(",
    re.IGNORECASE,
)
"""Functions that only macro sheets have."""


@dataclass(slots=True)
class Sheet:
    """What a table is: `macros` a macro sheet; names that run by themselves, and functions that reach outside."""

    macros: bool = False
    itself: dict[str, None] = field(default_factory=dict)
    calls: dict[str, None] = field(default_factory=dict)


def begins(data: bytes | memoryview) -> bool:
    """Would Excel take a text that begins so for a table of this kind?"""
    return as_utf8(bytes(data[:8])).startswith(BEGINNING)


def read(data: bytes) -> Sheet:
    """What all records say together."""
    sheet = Sheet()
    for kind, fields in _records(data):
        if kind == b"O":
            sheet.macros |= any(one.strip().upper() == b"E" for one in fields.split(b";"))
        elif kind == b"NN":
            names = (one.strip().lower() for one in fields.split(b";"))
            found = (itself(name[1:].decode("latin-1").strip('" ')) for name in names if name.startswith(b"n"))
            sheet.itself.update((name, None) for name in found if name)
        else:
            formula = _formula(fields)
            calls = (call[1].decode("ascii").lower() for call in _CALL.finditer(formula))
            sheet.calls.update((call, None) for call in calls)
            sheet.macros = sheet.macros or _MACRO.search(formula) is not None
    sheet.macros = sheet.macros or bool(sheet.calls or sheet.itself)
    return sheet


def in_sylk(data: bytes) -> Iterator[Link]:
    """What the formulas ask of programs."""
    for kind, fields in _records(data):
        if kind == b"C":
            yield from asked(_formula(fields))


def _records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Options, names and cells: the kind of each, and its fields."""
    for record in _RECORD.finditer(as_utf8(data)):
        yield record[1].upper(), _ESCAPE.sub(_character, record[2])


def _formula(fields: bytes) -> bytes:
    """The formula of a cell, and what follows it."""
    begin = _FORMULA.search(fields)
    return b"" if begin is None else fields[begin.end() :]


def _character(halves: re.Match[bytes]) -> bytes:
    return bytes(((halves[1][0] & 15) << 4 | halves[2][0] & 15,))
