"""Fields and links that ask programs for data (DDE): of Word, RTF, OOXML and ODF. What an RTF fetches by itself.

In: the bytes of a node. Out: what a field asks for, as (program, topic or the rest of the field). Fields that are put
together from runs, or from numbers by QUOTE, are read as Word does. Never raises.
Limits: 300 characters of a field.
Not here: how XML is written (xmltext.py), text tables (tables.py), binary workbooks (workbook.py), other parts of
OOXML (parts.py), what is made of it (macros.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.detect.xmltext import ATTRIBUTES, PREFIX, attributes, has, named, plain, resolved

_DDE = re.compile(r"(?<![\w])DDE(?:AUTO)?[\s\"]++([^\x14\x15]{0,300})", re.IGNORECASE)
_QUOTE = re.compile(r"\bQUOTE\s++(\d{2,3}(?:\s++\d{2,3})++)", re.IGNORECASE)
_BINARY = re.compile(rb"\x13[\s\0]{0,40}+((?:D\0?D\0?E\0?|Q\0?U\0?O\0?T\0?E\0?)[^\x15]{0,600})", re.IGNORECASE)
_RUN = re.compile(
    rb"<" + PREFIX + rb"(?:instrText(?=[\s/>])" + ATTRIBUTES + rb">([^<]*+)<"
    rb"|(?:fldSimple|fldChar)(?=[\s/>])" + ATTRIBUTES + rb">)"
)
_LINK = re.compile(rb"<" + PREFIX + rb"(?:ddeLink|dde-source|dde-connection-decl)(?=[\s/>])" + ATTRIBUTES + rb">")
_INSTRUCTION = re.compile(rb"^fldinst: ([^\n]*+)$", re.MULTILINE)
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
    if not has(data, b"instr", b"ddeLink", b"dde-source", b"dde-connection-decl"):
        return
    text = plain(data)
    if b"instr" in text:
        yield from _links("".join(map(_instruction, _RUN.finditer(text))))
    for link in _LINK.finditer(text):
        said = named(link[1])
        program = said.get(b"ddeService", said.get(b"dde-application", ""))
        yield program, said.get(b"ddeTopic", said.get(b"dde-topic", ""))


def _instruction(run: re.Match[bytes]) -> str:
    """The part of a field's instruction that stands in one element; a line ends where another field begins."""
    if run[2] is not None:
        return resolved(run[2])
    said = attributes(run[3])
    if any(value == "begin" and name.endswith(b"fldCharType") for name, value in said):
        return "\n"
    return "".join(f"\n{value}\n" for name, value in said if name.endswith(b":instr"))


def in_rtf(data: bytes) -> Iterator[Link]:
    """Fields of an RTF, as its reader tells them."""
    return _links("\n".join(match[1].decode("utf-8", "replace") for match in _INSTRUCTION.finditer(data)))


def fetched_by_rtf(data: bytes) -> Iterator[str]:
    """Templates and linked objects of an RTF that are elsewhere."""
    return (match[1].decode("utf-8", "replace") for match in _TEMPLATE.finditer(data))


def _links(text: str) -> Iterator[Link]:
    """The fields in the text of instructions."""
    text = _QUOTE.sub(lambda numbers: "".join(chr(int(number)) for number in numbers[1].split()), text)
    for match in _DDE.finditer(text):
        program, _, rest = match[1].strip().partition(" ")
        yield program.strip('"'), rest.strip()
