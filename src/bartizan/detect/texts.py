"""Listed phrases in text that the one pass over the mail did not read: members of containers, undeclared text.

In: a node whose found type is text of some kind. Out: each phrase once, with the span of the lines it lies on. The
charset is UTF-8, or UTF-16 where a byte order mark says so.

Not here: parts declared as text, in the message or in a mail inside it (message/parse); compiling (phrases.py).
"""

from __future__ import annotations

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
        """The phrases in this node's text."""
        html = node.type in MARKUP
        if (
            self._idle
            or node.path == "message"
            or node.declared.startswith("text/")
            or not (html or node.type in PLAIN)
        ):
            return ()
        charset = "utf-16" if bytes(data[:2]) in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        hits = scan_text(data, charset, html, self._automaton)
        return tuple(phrase(self._automaton, index, node.path, (start, end)) for index, start, end in hits)
