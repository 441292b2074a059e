"""What programs take a node for because of its name or type, whatever it begins with: mails, cards, pages of Office.

In: a node, its bytes. Out: whether it is one, or where in it a mail begins. A web page in one file (MHTML) is a mail;
Word and Excel open one under names of their own, and pass over anything in front of its header.
Not here: how mails and cards are read (parse, calendars), what a node is found to be (bartizan._core.sniff).
"""

from __future__ import annotations

import re

from bartizan.message.carve import TEXTS
from bartizan.model.message import Node

MAIL_NAMES = (".eml", ".emlx", ".mht", ".mhtml", ".nws", ".mim", ".mime")
"""How files are named that open as mails."""
CARD_TYPES = frozenset(("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/x-vcalendar"))
CARD_NAMES = (".ics", ".ical", ".icalendar", ".ifb", ".vcs", ".vcf", ".vcard")
_OFFICE = (
    "doc docm docx dot dotm dotx mht mhtml pot potm potx pps ppt pptm pptx rtf wbk wiz xla xlam xls xlsb xlsm xlsx xlt "
    "xltm xltx"
)
OFFICE_NAMES = tuple(f".{extension}" for extension in _OFFICE.split())
"""How files are named that Office opens as whatever they are, and web pages in one file."""

_PAGE = re.compile(rb"mime[^\r\n]{0,20}version|content-type[ \t]*+:\s*+(multipart)")
_HEADER = re.compile(rb"(?:[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+")


def named_as_mail(node: Node) -> bool:
    """A text that a mail program opens for its name."""
    return node.type in TEXTS and _named(node, MAIL_NAMES)


def named_as_card(node: Node) -> bool:
    """A text that a calendar or address book opens for its name or type."""
    meant = node.declared in CARD_TYPES or _named(node, CARD_NAMES)
    return meant and node.type in ("text", "")


def pages_within(node: Node, data: bytes | memoryview) -> tuple[int, ...]:
    """Where a web page in one file begins behind something else: at its first field, and, if there is more than
    fields between them, at the one that says what it is made of."""
    if node.type == "mail" or not _named(node, OFFICE_NAMES):
        return ()
    text = bytes(data).lower()
    last = text.rfind(b"\n--")
    if b"multipart" not in text or last < 0:
        return ()
    first = -1
    for found in _PAGE.finditer(text, 0, last):
        first = found.start() if first < 0 else first
        if found[1] is not None:
            whole = _HEADER.fullmatch(text, first, found.start()) is not None
            return (first,) if whole else (first, found.start())
    return ()


def _named(node: Node, ends: tuple[str, ...]) -> bool:
    """Has it a name with one of these ends, as Windows saves it?"""
    return any(name.lower().rstrip(" .").endswith(ends) for name in node.names)
