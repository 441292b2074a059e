"""Active content of documents: macros that run by themselves or reach outside, Excel 4 macro sheets, DDE.

In: a node: source of VBA as unpack gives it (`NAME.vba`, `NAME.pcode`), workbooks, documents, tables. Out: findings of
kind structure, each once for a node:

- `macro:vba` there is code; `macro:autoexec` it runs when the document is opened, shown or closed; `macro:calls` it
  starts programs, downloads, or writes itself; `macro:objects` it uses objects and files, as honest macros do
- `macro:stomped` compiled code without its source; `macro:xlm` a macro sheet of Excel 4; `macro:xlm:hidden` one that
  people are not shown
- `dde` a field, link or formula that asks a program for data; `dde:program` that program runs commands
- `document:remote` a template, object or frame that is fetched from elsewhere when the document is opened

Scores are such that code which runs by itself and reaches outside has the shipped threshold.
Not here: what is done about it (policy).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bartizan.detect import fields, vbasource, workbook
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node

SCORES = {
    "macro:vba": 0.0,
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
MARKUP = frozenset(("xml", "text", "html", "svg", ""))
"""What a part that is XML may be found to be."""
SOURCES = (".vba", ".bas", ".cls", ".frm")
TABLES = ("csv", "tsv", "slk", "dif", "prn", "iqy", "txt")

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
        found: dict[str, str] = {}
        last = node.path.rpartition("/")[2].lower()
        gaps: tuple[Finding, ...] = ()
        if last.endswith(SOURCES):
            _vba(bytes(data), found)
        elif last.endswith(".pcode") and not data:
            found["macro:stomped"] = "compiled macros without their source"
        elif bytes(data[:1]) == b"\x09" and workbook.begins(bytes(data[:20])):
            gaps = _workbook(node, bytes(data), found)
        else:
            _part(node, last, data, found)
            _dde(_fields(node, last, data), found)
            for where in _fetched(last, data):
                found.setdefault("document:remote", where)
        findings = (
            Finding(Kind.STRUCTURE, name, node.path, SCORES[name], _shown(detail)) for name, detail in found.items()
        )
        return (*gaps, *findings)


def _part(node: Node, last: str, data: bytes | memoryview, found: dict[str, str]) -> None:
    """A part of a document in OOXML: macro sheets, and names that run by themselves."""
    if "/macrosheets/" in f"/{node.path.rpartition('!/')[2].lower()}":
        found["macro:xlm"] = "a macro sheet of Excel 4"
    elif _is_markup(node):
        part = bytes(data)
        if _has(part, b"acrosheet", b"ACROSHEET") and fields.macro_sheet(last, part):
            found["macro:xlm"] = "a macro sheet of Excel 4"
        if _has(part, b"definedName") and (names := fields.run_by_names(part)):
            found["macro:autoexec"] = vbasource.listed(names)


def _is_markup(node: Node) -> bool:
    """A member that may be XML."""
    return "!/" in node.path and node.type in MARKUP


def _has(part: bytes, *words: bytes) -> bool:
    """Is one of these words in it, in UTF-8 or UTF-16?"""
    return any(word in part for word in words) or (b"\0" in part[:4] and any(_wide(word) in part for word in words))


def _wide(word: bytes) -> bytes:
    return b"\0".join(word[at : at + 1] for at in range(len(word)))


def _vba(source: bytes, found: dict[str, str]) -> None:
    macro = vbasource.read(source)
    if macro.code:
        found["macro:vba"] = "macros"
    for name, words in (("autoexec", macro.itself), ("calls", macro.calls), ("objects", macro.objects)):
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


def _fields(node: Node, last: str, data: bytes | memoryview) -> Iterable[fields.Link]:
    """The links in what may hold some."""
    if last == "worddocument":
        return fields.in_document(bytes(data))
    if last == "fields.txt":
        return fields.in_rtf(bytes(data))
    if node.type == "xml" or _is_markup(node):
        part = bytes(data)
        if _has(part, b"instr", b"ddeLink", b"dde-source", b"dde-connection-decl"):
            return fields.in_xml(part)
    if node.type in ("text", "") and any(name.lower().endswith(TABLES) for name in node.names):
        return fields.in_table(bytes(data))
    return ()


def _fetched(last: str, data: bytes | memoryview) -> Iterable[str]:
    """What is fetched by what may fetch something."""
    if last.endswith(".rels"):
        return fields.fetched_by_parts(bytes(data))
    return fields.fetched_by_rtf(bytes(data)) if last == "fields.txt" else ()


def _dde(links: Iterable[fields.Link], found: dict[str, str]) -> None:
    for program, topic in links:
        runs = _PROGRAM.search(program.rpartition("\\")[2]) or _PROGRAM.search(f"{program} {topic}")
        found.setdefault("dde:program" if runs else "dde", f"{program} {topic}")
        if runs:
            return


def _shown(detail: str) -> str:
    return "".join(c if c.isprintable() else " " for c in detail[:LONGEST])
