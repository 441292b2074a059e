"""Formulas that ask programs for data (DDE) in tables that are text or markup, in any of their cells.

In: the bytes of a table whose lines are rows, or of a page or XML that Excel opens as a table. Out: what is asked, as
(program, topic). Linear. Never raises.
Not here: tables of SYLK (sylk.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.detect.fields import Link
from bartizan.detect.xmltext import ATTRIBUTES, as_utf8, attributes, plain, resolved

_ASKED = re.compile(
    rb"(?<![\w.])([A-Za-z][\w.]{1,60})(?:\"\"?|')?\|(?:''?|\"\"?)([^\r\n'\"!]{1,200})"
    rb"|\bDDE\(\s*+\"{1,2}([^\"\r\n]{1,200})\"{1,2}\s*+[,;]\s*+\"{1,2}([^\"\r\n]{0,200})",
    re.IGNORECASE,
)
_FORMULA = re.compile(rb"(?:^|[,;\t|])[\t \"']*+[=+@-]")
FORMULAS = frozenset((b"formula", b"fmla"))
"""Attributes of cells in XML and in pages."""
_TAG = re.compile(rb"<[!/?A-Za-z]" + ATTRIBUTES + rb">")
_LINE_END = re.compile(rb"[\r\n]")


def in_table(data: bytes) -> Iterator[Link]:
    """What is asked behind the beginning of a formula in the same line."""
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
        if formula < match.start():
            yield _link(match)


def in_markup(data: bytes) -> Iterator[Link]:
    """What formulas ask that are attributes, or texts of elements."""
    text = plain(data)
    for tag in _TAG.finditer(text):
        for name, value in attributes(tag[1]):
            if name.rpartition(b":")[2].lower() in FORMULAS:
                yield from asked(value.encode("utf-8", "replace"))
    cells = _TAG.sub(b"\n", text)
    yield from in_table(resolved(cells).encode("utf-8", "replace"))


def asked(formula: bytes) -> Iterator[Link]:
    """What a formula asks."""
    return map(_link, _ASKED.finditer(formula))


def _link(match: re.Match[bytes]) -> Link:
    return (match[1] or match[3]).decode("latin-1"), (match[2] or match[4] or b"").decode("latin-1")
