"""Active content: source of macros, workbooks, fields and tables, whatever the bytes are."""

from __future__ import annotations

from bartizan.detect import vbasource, workbook
from bartizan.detect.macros import MacroDetector
from bartizan.model.message import Node

KINDS = (
    *(("a.vba", ""), ("a.pcode", ""), ("Workbook", ""), ("WordDocument", ""), ("word/document.xml", "xml")),
    *(("fields.txt", "text"), ("a.csv", "text"), ("xl/macrosheets/a.bin", "")),
)
LOOK = MacroDetector().look


def TestOneInput(data: bytes) -> None:
    """Findings that can be shown, the same for the same bytes; what is in a source stays there among other lines."""
    for name, type in KINDS:
        node = Node(f"2/a!/{name}", (name,), "", type, len(data), "")
        found = LOOK(node, data)
        assert found == LOOK(node, memoryview(data))
        assert all(finding.detail.isprintable() and len(finding.detail) <= 300 for finding in found)
        assert len({finding.name for finding in found}) == len(found)
    book = workbook.read(data)
    assert book.whole
    macro = vbasource.read(b"Sub AutoOpen()\r\nShell x\r\nEnd Sub\r\n" + data)
    assert {"autoopen"} <= set(macro.itself)
    assert {"shell"} <= set(macro.calls)
