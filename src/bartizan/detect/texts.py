"""Listed phrases in text that the one pass over the mail did not read: members of containers, undeclared text.

In: a node whose found type is text of some kind. Out: each phrase once, with the span of the lines it lies on. The
charset is UTF-8, or UTF-16 where a byte order mark says so. Parts that were read are read again only where people may
see another text: without what a style hides, folded lines of a calendar joined, plain text as the HTML that it is.
Limits: HIDDEN bytes of one hidden element.

Not here: parts declared as text, in the message or in a mail inside it (message/parse); compiling (phrases.py).
"""

from __future__ import annotations

import re
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan._core.text import scan_text
from bartizan.message.parse import phrase
from bartizan.model.finding import Finding
from bartizan.model.message import Node

MARKUP = frozenset({"hta", "html", "svg", "wsf", "xml"})
PLAIN = frozenset(
    {
        "bat",
        "binhex",
        "ics",
        "inf",
        "js",
        "pem",
        "php",
        "ps1",
        "py",
        "reg",
        "rtf",
        "sh",
        "text",
        "url",
        "uu",
        "vbs",
        "vcf",
    }
)
"""Found types that people can read with any editor."""
HIDDEN = 2000
HIDING = (b":none", b": none", b":hidden", b": hidden", b"font-size:0", b"font-size: 0")

_FOLD = re.compile(rb"\r?\n[ \t]")
_TAG = re.compile(rb"<([a-z][a-z0-9]*)\b([^<>]{0,2000})>")
_STYLE = re.compile(
    rb"style\s*=[^<>]*?(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.0-9]*[1-9]))"
)


class PhraseDetector:
    """The phrases of one automaton; keeps nothing between nodes."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._idle = len(automaton) == 0

    @classmethod
    def load(cls, path: Path) -> PhraseDetector:
        """From a file that phrases.build wrote. Raises ValueError if it is damaged, OSError if it cannot be read."""
        return cls(Automaton.open(str(path)))

    def look(self, node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        """The phrases in this node's text that the pass over the mail did not see."""
        html = node.type in MARKUP
        if self._idle or node.path == "message" or not (html or node.type in PLAIN):
            return ()
        declared = node.declared.startswith("text/")
        plain = html and node.declared == "text/plain"
        others = _otherwise(node, data, html=html)
        if declared and not plain and not others:
            return ()
        charset = "utf-16" if bytes(data[:2]) in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        seen = scan_text(data, charset, html and not plain, self._automaton)
        known = {index for index, _, _ in seen}
        found = [] if declared else seen
        for text in (data, *others) if plain else others:
            for index, start, end in scan_text(text, charset, html, self._automaton):
                if index not in known:
                    known.add(index)
                    found.append((index, start, end) if text is data else (index, 0, len(data)))
        return tuple(phrase(self._automaton, index, node.path, (start, end)) for index, start, end in found)


def _otherwise(node: Node, data: bytes | memoryview, *, html: bool) -> list[bytes]:
    """The text as a reader sees it who is not shown all of it, or gets its lines joined."""
    if node.type == "ics":
        return [_FOLD.sub(b"", bytes(data))]
    if html:
        text = bytes(data)
        lower = text.lower()
        if any(mark in lower for mark in HIDING):
            return _shown(text, lower)
    return []


def _shown(text: bytes, lower: bytes) -> list[bytes]:
    """The HTML without elements that their style hides; nothing when there are none."""
    kept: list[bytes] = []
    at = 0
    for tag in _TAG.finditer(lower):
        if tag.start() < at or b"style" not in tag[2] or not _STYLE.search(tag[2]):
            continue
        end = lower.find(b"</" + tag[1], tag.end(), tag.end() + HIDDEN)
        if end >= 0:
            kept.append(text[at : tag.start()])
            at = end
    return [b"".join((*kept, text[at:]))] if kept else []
