"""Fields and formulas that start programs (DDE) and what documents fetch by themselves: Word, RTF, OOXML, text tables.

In: the bytes of a node. Out: what a field asks for, as (program, topic or the rest of the field). Fields that are put
together from runs, or from numbers by QUOTE, are read as Word does. What is fetched: templates, objects and frames from
elsewhere. Never raises.
Limits: 300 characters of a field.
Not here: binary workbooks (workbook.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_DDE = re.compile(r"(?<![\w])DDE(?:AUTO)?[\s\"]++([^\x14\x15]{0,300})", re.IGNORECASE)
_QUOTE = re.compile(r"\bQUOTE\s++(\d{2,3}(?:\s++\d{2,3})++)", re.IGNORECASE)
_BINARY = re.compile(rb"\x13[\s\0]{0,40}+((?:D\0?D\0?E\0?|Q\0?U\0?O\0?T\0?E\0?)[^\x15]{0,600})", re.IGNORECASE)
_RUN = re.compile(
    rb"<\w{0,20}:?instrText\b[^<>]{0,300}>([^<]*+)<|\b\w{1,20}:instr\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')"
    rb"|fldCharType\s*+=\s*+[\"']begin()"
)
_LINK = re.compile(rb"<\w{0,20}:?ddeLink\b([^<>]{0,2000})>")
_SAID = re.compile(rb"\bdde(Service|Topic)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_CELL = re.compile(
    rb"^[\t ]*+\"?[=+@-][^\r\n|]{0,200}?\b([A-Za-z][\w.]{1,30})\|(?:''?|\")([^\r\n'\"!]{1,200})", re.MULTILINE
)
_INSTRUCTION = re.compile(rb"^fldinst: ([^\n]*+)$", re.MULTILINE)
_RELATION = re.compile(rb"<\w{0,20}:?Relationship\b([^<>]{0,5000})>")
_ATTRIBUTE = re.compile(rb"\b(Type|Target|TargetMode)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_FETCHED = ("attachedtemplate", "oleobject", "frame", "subdocument", "externallink", "externallinkpath", "package")
_TEMPLATE = re.compile(rb"^(?:template|link): ((?:https?|ftp|file):[^\n]*+|\\\\[^\n]++)$", re.MULTILINE | re.IGNORECASE)
Link = tuple[str, str]


def in_document(data: bytes) -> Iterator[Link]:
    """Fields of a binary Word document, in 8 or 16 bits."""
    for match in _BINARY.finditer(data):
        yield from _links(match[1].replace(b"\0", b"").decode("latin-1"))


def in_xml(data: bytes) -> Iterator[Link]:
    """Fields of a document in OOXML, and links of a workbook."""
    if b"instr" in data:
        pieces = (b"\n" if match[4] is not None else b"".join(match.groups(b"")) for match in _RUN.finditer(data))
        yield from _links(unescape(b"".join(pieces).decode("utf-8", "replace")))
    for link in _LINK.finditer(data):
        said = {
            name: unescape((one or other).decode("utf-8", "replace")) for name, one, other in _SAID.findall(link[1])
        }
        yield said.get(b"Service", ""), said.get(b"Topic", "")


def in_rtf(data: bytes) -> Iterator[Link]:
    """Fields of an RTF, as its reader tells them."""
    return _links("\n".join(match[1].decode("utf-8", "replace") for match in _INSTRUCTION.finditer(data)))


def fetched_by_parts(data: bytes) -> Iterator[str]:
    """What the relations of a part of OOXML fetch from elsewhere (ECMA-376 part 2, 9.3)."""
    for relation in _RELATION.finditer(data):
        said = {
            name: unescape((one or other).decode("utf-8", "replace"))
            for name, one, other in _ATTRIBUTE.findall(relation[1])
        }
        kind = said.get(b"Type", "").rpartition("/")[2].lower()
        if said.get(b"TargetMode", "").lower() == "external" and kind in _FETCHED:
            yield f"{kind} {said.get(b'Target', '')}"


def fetched_by_rtf(data: bytes) -> Iterator[str]:
    """Templates and linked objects of an RTF that are elsewhere."""
    return (match[1].decode("utf-8", "replace") for match in _TEMPLATE.finditer(data))


def in_table(data: bytes) -> Iterator[Link]:
    """Formulas in a table that is text."""
    for match in _CELL.finditer(data):
        yield match[1].decode("latin-1"), match[2].decode("latin-1")


def _links(text: str) -> Iterator[Link]:
    """The fields in the text of instructions."""
    text = _QUOTE.sub(lambda numbers: "".join(chr(int(number)) for number in numbers[1].split()), text)
    for match in _DDE.finditer(text):
        program, _, rest = match[1].strip().partition(" ")
        yield program.strip('"'), rest.strip()
