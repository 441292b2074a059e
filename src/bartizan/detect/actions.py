"""What PDFs do: scripts, programs that they start, forms that they send, media that other programs play.

In: the list of what acts that unpack makes of a PDF (`actions.txt`). Out: findings of kind structure, each once:

- `pdf:javascript` there is a script, as in many forms; `pdf:javascript:opens` and something is done on opening
- `pdf:launch` it opens a file with another program; that is also a name among the attachments, so that a program or
  script is blocked as one
- `pdf:submit` it sends what was filled in, or fetches what fills it; `pdf:media` Flash, film, sound or 3D;
  `pdf:xfa` a form of the older, dynamic kind

Scores are low: forms do such things honestly. None of them has the shipped threshold, nor have all together.
Not here: what is done about it (policy), what the scripts say (signatures.py, texts.py).
"""

from __future__ import annotations

from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Node

SCORES = {
    "pdf:javascript": 0.5,
    "pdf:javascript:opens": 0.5,
    "pdf:launch": 2.0,
    "pdf:submit": 0.5,
    "pdf:media": 0.5,
    "pdf:xfa": 0.0,
}
NAME = "actions.txt"
BEGINNING = b"PDF\n"
LONGEST = 300

_FINDINGS = {
    "JavaScript": "pdf:javascript",
    "Launch": "pdf:launch",
    "SubmitForm": "pdf:submit",
    "ImportData": "pdf:submit",
    "RichMedia": "pdf:media",
    "XFA": "pdf:xfa",
}
_OPENING = ("OpenAction", "AA")


class ActionDetector:
    """Looks at lists of what acts; keeps nothing between nodes."""

    def look(self, node: Node, data: bytes | memoryview) -> tuple[Finding, ...]:
        """What the document of this list does."""
        if node.names[-1:] != (NAME,) or "!/" not in node.path or bytes(data[:4]) != BEGINNING:
            return ()
        found: dict[str, str] = {}
        lines = bytes(data).decode("utf-8", "replace").split("\n")[1:]
        for line in lines:
            kind = line.partition(":")[0]
            if kind in _FINDINGS:
                found.setdefault(_FINDINGS[kind], line)
        opening = next((line for line in lines if line in _OPENING), "")
        if opening and "pdf:javascript" in found:
            found["pdf:javascript:opens"] = f"JavaScript, {opening}"
        return tuple(
            Finding(Kind.STRUCTURE, name, node.path, SCORES[name], _shown(detail)) for name, detail in found.items()
        )


def _shown(detail: str) -> str:
    return "".join(c if c.isprintable() else " " for c in detail[:LONGEST])
