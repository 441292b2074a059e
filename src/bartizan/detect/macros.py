"""Active content of documents: macros that run by themselves or reach outside, Excel 4 macro sheets, DDE.

In: a node: source of VBA as unpack gives it (`NAME.vba`, `NAME.pcode`), workbooks, documents, tables. Out: findings of
kind structure, each once for a node:

- `macro:vba` there is code; `macro:script` there is code of LibreOffice, or a call of some; `macro:autoexec` it runs
  when the document is opened, shown or closed; `macro:calls` it starts programs, downloads, or writes itself;
  `macro:objects` it uses objects and files, as honest macros do
- `macro:stomped` compiled code without its source; `macro:xlm` a macro sheet of Excel 4; `macro:xlm:hidden` one that
  people are not shown
- `dde` a field, link or formula that asks a program for data; `dde:program` that program runs commands
- `document:remote` a template, object or frame that is fetched from elsewhere when the document is opened

Scores are such that code which runs by itself and reaches outside has the shipped threshold. What is encrypted in an
OpenDocument file is a gap.
Not here: what is done about it (policy).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from bartizan.detect import fields, odf, parts, sylk, tables, vbasource, workbook, xmltext
from bartizan.detect.filenames import extensions
from bartizan.message.carve import TEXTS
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node

SCORES = {
    "macro:vba": 0.0,
    "macro:script": 0.0,
    "macro:autoexec": 2.0,
    "macro:calls": 3.0,
    "macro:objects": 0.5,
    "macro:stomped": 3.0,
    "macro:xlm": 3.0,
    "macro:xlm:hidden": 5.0,
    "dde": 1.0,
    "dde:program": 5.0,
    "document:remote": 1.0,
}
LONGEST = 300
TEXT = TEXTS | {""}
"""What a part that is XML, or a table, may be found to be: a comment can make it look like anything."""
MARKUP = frozenset(("html", "xml"))
FLAT = b"office/2006/xmlPackage"
"""In the namespace of a package that is one XML file."""
PROSE = frozenset(("text", "mail"))
BEGINNINGS = (b"\t", b"I", b"\xff", b"\xfe")
"""How a body begins that may be a workbook or a table for all that (workbook, sylk): all others show what they say."""
SOURCES = (".vba", ".bas", ".cls", ".frm")
BOOKS = frozenset(("xla", "xls", "xlt", "xlw", "xlsb", "xlsm", "xlsx", "xml"))
"""Names that Excel opens a text or a page under as a table."""
TABLES = BOOKS | {"csv", "tsv", "slk", "dif", "prn", "iqy", "txt"}

_SHELLS = (
    r"(?:cmd|command|powershell|pwsh|mshta|rundll32|regsvr32|[cw]script|certutil|bitsadmin|wmic|msiexec|forfiles"
    r"|conhost)"
)
_PROGRAM = re.compile(rf"^{_SHELLS}(?:\.exe|\.com)?$|\b{_SHELLS}(?:\.exe\b|\.com\b|\s+[/-])", re.IGNORECASE)
"""What runs commands, as the name of a program or within what it is told."""


class MacroDetector:
    """Looks at what documents are made of; keeps nothing between nodes."""

    def look(self, node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        """What is active in this node."""
        if node.type in PROSE and not node.names and data[:1] not in BEGINNINGS and "!/" not in node.path:
            return ()
        found: dict[str, str] = {}
        last = node.path.rpartition("/")[2].lower()
        gaps: tuple[Finding, ...] = ()
        if last.endswith(SOURCES):
            _vba(bytes(data), found)
        elif last.endswith(".pcode") and not data:
            found["macro:stomped"] = "compiled macros without their source"
        elif bytes(data[:1]) == b"\x09" and workbook.begins(bytes(data[:20])):
            gaps = _workbook(node, bytes(data), found)
        elif last == "worddocument":
            _dde(fields.in_document(bytes(data)), found)
        elif last == "fields.txt":
            _fields(bytes(data), found)
        else:
            gaps = _part(node, last, data, found)
            _table(node, data, found)
        findings = (
            Finding(Kind.STRUCTURE, name, node.path, SCORES[name], _shown(detail)) for name, detail in found.items()
        )
        return (*gaps, *findings)


def _part(node: Node, last: str, data: bytes | memoryview, found: dict[str, str]) -> tuple[Finding, ...]:
    """A part of a document that is a package, or a document that is one part."""
    container, _, inside = node.path.rpartition("!/")
    names = node.names if container else ()
    if any("/macrosheets/" in f"/{name.lower()}" for name in (*names, inside)):
        found["macro:xlm"] = "a macro sheet of Excel 4"
    elif any(name.startswith(odf.FOLDERS) for name in (*names, inside) if container):
        _scripts(odf.in_file(bytes(data)), found)
    if container and bytes(data[: len(parts.BOOK)]) == parts.BOOK:
        _itself(bytes(data), found)
    if not (node.type == "xml" or (node.type in TEXT and (container or node.names) and xmltext.begins(data))):
        return ()
    part = bytes(data)
    if parts.macro_sheet(last, part):
        found["macro:xlm"] = "a macro sheet of Excel 4"
    _itself(part, found)
    relations = last.endswith(parts.RELATIONS) or xmltext.has(part, FLAT)
    for where in chain(parts.fetched(part) if relations else (), odf.fetched(part)):
        found.setdefault("document:remote", where)
    _dde(fields.in_xml(part), found)
    _scripts(odf.in_part(part), found)
    closed = odf.encrypted(last, part)
    return (gap(Reason.ENCRYPTED, node.path, closed),) if closed else ()


def _itself(part: bytes, found: dict[str, str]) -> None:
    if names := (*parts.run_by_names(part), *parts.run_by_ribbon(part)):
        found["macro:autoexec"] = vbasource.listed(names)


def _table(node: Node, data: bytes | memoryview, found: dict[str, str]) -> None:
    """A table: by its name, whatever its first cell looks like, or by how it begins."""
    # ID3 begins a song, and a table as well.
    text = node.type in TEXT or (node.type == "mp3" and sylk.begins(data))
    named = {extension for name in node.names for extension in extensions(name)}
    if text and ("slk" in named or sylk.begins(data)):
        table = bytes(data)
        sheet = sylk.read(table)
        if sheet.macros:
            found["macro:xlm"] = "a macro sheet of Excel 4, as text"
        for name, words in (("autoexec", sheet.itself), ("calls", sheet.calls)):
            if words:
                found[f"macro:{name}"] = vbasource.listed(words)
        _dde(sylk.in_sylk(table), found)
    if named & BOOKS and node.type in MARKUP:
        _dde(tables.in_markup(bytes(data)), found)
    elif named & (TABLES if text else TABLES - BOOKS):
        _dde(tables.in_table(bytes(data)), found)


def _vba(source: bytes, found: dict[str, str]) -> None:
    macro = vbasource.read(source)
    if macro.code:
        found["macro:vba"] = "macros"
    for name, words in (("autoexec", macro.itself), ("calls", macro.calls), ("objects", macro.objects)):
        if words:
            found[f"macro:{name}"] = vbasource.listed(words)


def _scripts(scripts: odf.Scripts, found: dict[str, str]) -> None:
    if scripts.code:
        found["macro:script"] = "macros of LibreOffice"
    for name, words in (("autoexec", scripts.itself), ("calls", scripts.calls)):
        if words:
            found[f"macro:{name}"] = vbasource.listed(words)


def _workbook(node: Node, data: bytes, found: dict[str, str]) -> tuple[Finding, ...]:
    book = workbook.read(data)
    for name, state in book.macros:
        kind = "macro:xlm" if state == workbook.STATES[0] else "macro:xlm:hidden"
        found.setdefault(kind, f'a macro sheet of Excel 4, {state}: "{name}"')
    if book.macros and book.itself:
        found["macro:autoexec"] = vbasource.listed(list(book.itself)[: vbasource.MOST])
    _dde(book.links, found)
    if book.whole:
        return ()
    return (gap(Reason.LIMIT_TIME, node.path, f"more than {workbook.RECORDS} records of a workbook"),)


def _fields(texts: bytes, found: dict[str, str]) -> None:
    """What an RTF or a binary Word document does not show."""
    _dde(fields.in_rtf(texts), found)
    for where in fields.fetched_by_rtf(texts):
        found.setdefault("document:remote", where)


def _dde(links: Iterable[fields.Link], found: dict[str, str]) -> None:
    for program, topic in links:
        runs = _PROGRAM.search(program.rpartition("\\")[2]) or _PROGRAM.search(f"{program} {topic}")
        found.setdefault("dde:program" if runs else "dde", f"{program} {topic}")
        if runs:
            return


def _shown(detail: str) -> str:
    return "".join(c if c.isprintable() else " " for c in detail[:LONGEST])
