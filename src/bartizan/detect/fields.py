"""Fields and formulas that start programs (DDE) and what documents fetch by themselves: Word, RTF, OOXML, ODF, text
tables. And macro sheets of workbooks in OOXML, by what the package says of its parts, whose names are anything.

In: the bytes of a node. Out: what a field asks for, as (program, topic or the rest of the field). Fields that are put
together from runs, or from numbers by QUOTE, are read as Word does. What is fetched: templates, objects and frames from
elsewhere. Never raises.
Limits: 300 characters of a field; LINE bytes in which a part names itself.
Not here: how XML is written (xmltext.py), binary workbooks (workbook.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from bartizan.detect.xmltext import ATTRIBUTES, PREFIX, as_utf8, plain

LINE = 8000
_DDE = re.compile(r"(?<![\w])DDE(?:AUTO)?[\s\"]++([^\x14\x15]{0,300})", re.IGNORECASE)
_QUOTE = re.compile(r"\bQUOTE\s++(\d{2,3}(?:\s++\d{2,3})++)", re.IGNORECASE)
_BINARY = re.compile(rb"\x13[\s\0]{0,40}+((?:D\0?D\0?E\0?|Q\0?U\0?O\0?T\0?E\0?)[^\x15]{0,600})", re.IGNORECASE)
_RUN = re.compile(
    rb"<" + PREFIX + rb"instrText(?=[\s/>])" + ATTRIBUTES + rb">([^<]*+)<"
    rb"|(?<=\s)[^\s<>/:\"'=]{1,200}+:instr\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')"
    rb"|fldCharType\s*+=\s*+[\"']begin()"
)
_LINK = re.compile(rb"<" + PREFIX + rb"(?:ddeLink|dde-source|dde-connection-decl)(?=[\s/>])" + ATTRIBUTES + rb">")
_SAID = re.compile(
    rb"(?<=\s)(?:dde(?=[ST])|" + PREFIX + rb"dde-(?=[at]))(Service|Topic|application|topic)"
    rb"\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')"
)
_SHEET = re.compile(rb"<" + PREFIX + rb"macrosheet(?=[\s/>])", re.IGNORECASE)
_RUNS = re.compile(rb"<" + PREFIX + rb"definedName(?=[\s/>])" + ATTRIBUTES + rb">")
_AUTO = re.compile(rb"(?<=\s)name\s*+=\s*+[\"'](?:_xlnm\.)?(auto_(?:open|close|activate|deactivate))", re.IGNORECASE)
_ASKED = re.compile(
    rb"(?<![\w.])([A-Za-z][\w.]{1,60})(?:\"\"?|')?\|(?:''?|\"\"?)([^\r\n'\"!]{1,200})"
    rb"|\bDDE\(\s*+\"{1,2}([^\"\r\n]{1,200})\"{1,2}\s*+[,;]\s*+\"{1,2}([^\"\r\n]{0,200})",
    re.IGNORECASE,
)
_FORMULA = re.compile(rb"(?:^|[,;\t|])[\t \"']*+[=+@-]")
_LINE_END = re.compile(rb"[\r\n]")
_INSTRUCTION = re.compile(rb"^fldinst: ([^\n]*+)$", re.MULTILINE)
_RELATION = re.compile(rb"<" + PREFIX + rb"Relationship(?=[\s/>])" + ATTRIBUTES + rb">")
_ATTRIBUTE = re.compile(rb"(?<=\s)(Type|Target|TargetMode)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
_FETCHED = (
    *("attachedtemplate", "oleobject", "frame", "subdocument", "externallink", "externallinkpath", "package"),
    *("afchunk", "mailmergesource", "mailmergeheadersource", "recipientdata"),
)
_TEMPLATE = re.compile(
    rb"^(?:template|link): \s*+((?:https?|ftp|file):[^\n]*+|\\\\[^\n]++)$", re.MULTILINE | re.IGNORECASE
)
Link = tuple[str, str]


def in_document(data: bytes) -> Iterator[Link]:
    """Fields of a binary Word document, in 8 or 16 bits."""
    for match in _BINARY.finditer(data):
        yield from _links(match[1].replace(b"\0", b"").decode("latin-1"))


def in_xml(data: bytes) -> Iterator[Link]:
    """Fields of a document in OOXML or ODF, and links of a workbook."""
    text = plain(data)
    if b"instr" in text:
        pieces = (b"\n" if match[5] is not None else b"".join(match.groups(b"")[1:]) for match in _RUN.finditer(text))
        yield from _links(unescape(b"".join(pieces).decode("utf-8", "replace")))
    for link in _LINK.finditer(text):
        said = {
            name.lower(): unescape((one or other).decode("utf-8", "replace"))
            for name, one, other in _SAID.findall(link[1])
        }
        yield said.get(b"service", said.get(b"application", "")), said.get(b"topic", "")


def macro_sheet(last: str, data: bytes) -> bool:
    """Does a part say that it is a macro sheet, or the package that it has one?"""
    text = plain(data)
    if last == "[content_types].xml":
        return b"macrosheet+xml" in text.lower() or b"ms-excel.macrosheet" in text.lower()
    if last.endswith(".rels"):
        return any(kind.endswith("macrosheet") for kind, _, _ in _relations(text))
    return _SHEET.search(text[:LINE]) is not None


def run_by_names(data: bytes) -> tuple[str, ...]:
    """The names in a workbook of OOXML that run by themselves."""
    found = (_AUTO.search(tag[1]) for tag in _RUNS.finditer(plain(data)))
    return tuple(dict.fromkeys(name[1].decode("ascii").lower() for name in found if name is not None))


def in_rtf(data: bytes) -> Iterator[Link]:
    """Fields of an RTF, as its reader tells them."""
    return _links("\n".join(match[1].decode("utf-8", "replace") for match in _INSTRUCTION.finditer(data)))


def fetched_by_parts(data: bytes) -> Iterator[str]:
    """What the relations of a part of OOXML fetch from elsewhere (ECMA-376 part 2, 9.3)."""
    for kind, target, mode in _relations(plain(data)):
        if mode == "external" and kind in _FETCHED:
            yield f"{kind} {target}"


def _relations(text: bytes) -> Iterator[tuple[str, str, str]]:
    """Kind, target and mode of each."""
    for relation in _RELATION.finditer(text):
        said = {
            name: unescape((one or other).decode("utf-8", "replace"))
            for name, one, other in _ATTRIBUTE.findall(relation[1])
        }
        kind = said.get(b"Type", "").rpartition("/")[2].strip().lower()
        yield kind, said.get(b"Target", ""), said.get(b"TargetMode", "").strip().lower()


def fetched_by_rtf(data: bytes) -> Iterator[str]:
    """Templates and linked objects of an RTF that are elsewhere."""
    return (match[1].decode("utf-8", "replace") for match in _TEMPLATE.finditer(data))


def in_table(data: bytes) -> Iterator[Link]:
    """Formulas in a table that is text, in any of its cells."""
    text = as_utf8(data)
    if b"|" not in text and b"DDE(" not in text.upper():
        return
    start = stop = formula = 0
    for match in _ASKED.finditer(text):
        if match.start() >= stop:
            start = max(text.rfind(b"\n", stop, match.start()), text.rfind(b"\r", stop, match.start()), stop - 1) + 1
            found = _LINE_END.search(text, match.start())
            stop = len(text) if found is None else found.start()
            first = _FORMULA.search(text[start:stop])
            formula = stop if first is None else start + first.start()
        cell_of_sylk = text.startswith(b"C;", start) and text[match.start() - 1 : match.start()] == b";"
        if formula < match.start() or cell_of_sylk:
            program = match[1] or match[3]
            if cell_of_sylk:
                program = program.removeprefix(b"E")  # the field of a cell that is its formula
            yield program.decode("latin-1"), (match[2] or match[4] or b"").decode("latin-1")


def _links(text: str) -> Iterator[Link]:
    """The fields in the text of instructions."""
    text = _QUOTE.sub(lambda numbers: "".join(chr(int(number)) for number in numbers[1].split()), text)
    for match in _DDE.finditer(text):
        program, _, rest = match[1].strip().partition(" ")
        yield program.strip('"'), rest.strip()
