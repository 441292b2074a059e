"""What the parts of OOXML packages say of themselves: macro sheets, what runs by itself, what is fetched.

In: the bytes of a part, in XML or the records of a binary workbook (MS-XLSB), and the last piece of its name in lower
case. A sheet is a macro sheet by its root element, or by what the package says of it; the names of parts are anything.
Case is ignored where Office ignores it, and values mean the same with character references. Fetched are templates,
objects and frames that are elsewhere. Never raises.
Not here: fields and links of programs (fields.py), how XML is written (xmltext.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.detect.xmltext import ATTRIBUTES, PREFIX, attributes, has, plain

TYPES, RELATIONS = "[content_types].xml", ".rels"
AUTO = ("auto_open", "auto_close", "auto_activate", "auto_deactivate")
"""How the names begin that run by themselves."""
_SHEET = re.compile(rb"<" + PREFIX + rb"macrosheet(?=[\s/>])", re.IGNORECASE)
_TYPE = re.compile(rb"<" + PREFIX + rb"(?:Override|Default)(?=[\s/>])" + ATTRIBUTES + rb">")
_NAME = re.compile(rb"<" + PREFIX + rb"definedName(?=[\s/>])" + ATTRIBUTES + rb">")
_RIBBON = re.compile(rb"<" + PREFIX + rb"customUI(?=[\s/>])" + ATTRIBUTES + rb">")
_RELATION = re.compile(rb"<" + PREFIX + rb"Relationship(?=[\s/>])" + ATTRIBUTES + rb">")
BOOK = b"\x83\x01\0"
"""How a binary workbook begins: BrtBeginBook."""
# BrtName: number, size, flags, key, sheet, and the name's length in front of its characters.
_BINARY_NAME = re.compile(
    rb"\x27[\x80-\xff]{0,3}[\0-\x7f].{9}[\1-\xff]\0\0\0(?:_\0x\0l\0n\0m\0\.\0)?("
    + b"|".join(b"".join(b"%c\0" % letter for letter in name.encode()) for name in AUTO)
    + b")",
    re.IGNORECASE | re.DOTALL,
)
_FETCHED = frozenset(
    (
        *("attachedtemplate", "oleobject", "frame", "subdocument", "externallink", "externallinkpath", "package"),
        *("afchunk", "mailmergesource", "mailmergeheadersource", "recipientdata"),
    )
)


def macro_sheet(last: str, data: bytes) -> bool:
    """Does a part say that it is a macro sheet, or the package that it has one?"""
    if last == TYPES:
        types = (dict(attributes(tag[1])) for tag in _TYPE.finditer(plain(data)))
        return any("macrosheet" in said.get(b"ContentType", "").lower() for said in types)
    if last.endswith(RELATIONS):
        return any(kind.endswith("macrosheet") for kind, _, _ in _relations(data))
    return has(data, b"acrosheet", b"ACROSHEET") and _SHEET.search(plain(data)) is not None


def run_by_names(data: bytes) -> tuple[str, ...]:
    """The names in a workbook that run by themselves."""
    if data.startswith(BOOK):
        return tuple(
            dict.fromkeys(name[1].replace(b"\0", b"").decode().lower() for name in _BINARY_NAME.finditer(data))
        )
    if not has(data, b"definedName"):
        return ()
    names = (dict(attributes(tag[1])).get(b"name", "") for tag in _NAME.finditer(plain(data)))
    found = (itself(name.strip().lower().removeprefix("_xlnm.")) for name in names)
    return tuple(dict.fromkeys(name for name in found if name))


def run_by_ribbon(data: bytes) -> tuple[str, ...]:
    """The macros that the ribbon of a document calls when it is loaded (MS-CUSTOMUI 2.2.8)."""
    if not has(data, b"customUI"):
        return ()
    found = (dict(attributes(tag[1])) for tag in _RIBBON.finditer(plain(data)))
    calls = [f"{name.decode()} {said[name]}" for said in found for name in (b"onLoad", b"loadImage") if said.get(name)]
    return tuple(dict.fromkeys(calls))


def itself(name: str) -> str:
    """How a name in lower case begins that runs by itself, whatever follows; "" for all others."""
    return next((auto for auto in AUTO if name.startswith(auto)), "")


def fetched(data: bytes) -> Iterator[str]:
    """What the relations of a part fetch from elsewhere (ECMA-376 part 2, 9.3)."""
    for kind, target, mode in _relations(data):
        if mode == "external" and kind in _FETCHED:
            yield f"{kind} {target}"


def _relations(data: bytes) -> Iterator[tuple[str, str, str]]:
    """Kind, target and mode of each."""
    for relation in _RELATION.finditer(plain(data)):
        said = dict(attributes(relation[1]))
        kind = said.get(b"Type", "").rpartition("/")[2].strip().lower()
        yield kind, said.get(b"Target", ""), said.get(b"TargetMode", "").strip().lower()
