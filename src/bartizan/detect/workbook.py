"""Excel's binary workbooks (BIFF 4, 5 and 8, MS-XLS): macro sheets, names that run by themselves, links to programs.

In: the bytes of a `Workbook` stream, or of a file that is one. Out: what its globals say, and what each sheet says that
it is, whichever of both makes it a macro sheet. Never raises.
Limits: RECORDS records of the globals.
Known gaps: what the formulas of a macro sheet do; BIFF 2 and 3 but for the kind of their only sheet.
Not here: streams (unpack/compound.py), encryption (unpack/office.py), OOXML (macros.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field

RECORDS = 200_000
SHOWN = 100
BOF = frozenset((0x0009, 0x0209, 0x0409, 0x0809))
EOF, SHEET, NAME, EXTERN, LINK = 0x000A, 0x0085, 0x0018, 0x0017, 0x01AE
BIFF8 = 0x0600
MACRO_SHEET, MACRO = 0x40, 1
STATES = ("visible", "hidden", "very hidden", "hidden")
BUILT_IN = 0x20
AUTO = {"\1": "auto_open", "\2": "auto_close", "\x0a": "auto_activate", "\x0b": "auto_deactivate"}
"""Built-in names that run by themselves, by their character."""


@dataclass(slots=True)
class Workbook:
    """What a workbook holds: macro sheets as (name, state), names that run by themselves, links as (program, topic).

    `whole`: all of its globals were read.
    """

    macros: list[tuple[str, str]] = field(default_factory=list)
    itself: dict[str, None] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    whole: bool = True


def begins(data: bytes) -> bool:
    """Does this begin like a workbook?"""
    kind, size, version = (int.from_bytes(data[at : at + 2], "little") for at in (0, 2, 4))
    return kind in BOF and 4 <= size <= 20 and version <= BIFF8


def read(data: bytes) -> Workbook:
    """Read the globals of a workbook, and what each sheet says that it is."""
    found = Workbook()
    if not begins(data):
        return found
    wide = _number(data, 4) >= BIFF8
    if _kind(data, 0) == MACRO_SHEET:
        found.macros.append(("", STATES[0]))
    at = 0
    for count in range(RECORDS + 1):
        kind, size = _number(data, at), _number(data, at + 2)
        if (kind == EOF and count) or at + 4 > len(data):
            return found
        body = data[at + 4 : at + 4 + size]
        if kind == SHEET and len(body) > 6:
            place = int.from_bytes(body[:4], "little")
            if body[5] == MACRO or _kind(data, place) == MACRO_SHEET:
                found.macros.append((_text(body, 7, body[6], wide=wide), STATES[body[4] & 3]))
        elif kind == NAME and len(body) > 14:
            _name(body, wide, found)
        elif kind == LINK or (kind == EXTERN and not wide):
            _link(body, kind, wide, found)
        at += 4 + size
    found.whole = False
    return found


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")


def _kind(data: bytes, at: int) -> int:
    """What the sheet that begins at `at` says that it is; 0 where none begins."""
    return _number(data, at + 6) if _number(data, at) in BOF else 0


def _text(body: bytes, at: int, count: int, *, wide: bool) -> str:
    """`count` characters: behind a byte that says how wide they are in BIFF 8."""
    if wide and body[at : at + 1] and body[at] & 1:
        text = body[at + 1 : at + 1 + 2 * count].decode("utf-16-le", "replace")
    else:
        text = body[at + wide : at + wide + count].decode("latin-1")
    return text[: SHOWN * 10]


def _name(body: bytes, wide: bool, found: Workbook) -> None:
    text = _text(body, 14, body[3], wide=wide)
    if _number(body, 0) & BUILT_IN:
        name = AUTO.get(text[:1], "")
    else:
        name = text.lower() if text.lower().startswith(tuple(AUTO.values())) else ""
    if name:
        found.itself[name] = None


def _link(body: bytes, kind: int, wide: bool, found: Workbook) -> None:
    """Programs that are asked for data are told as `program, character 3, topic`."""
    text = (
        _text(body, 4, _number(body, 2), wide=wide)
        if kind == LINK
        else _text(body, 1, body[0] if body else 0, wide=wide)
    )
    program, mark, topic = text.partition("\3")
    if mark:
        found.links.append((program.strip("\0\1\2 "), topic))
