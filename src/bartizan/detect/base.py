"""What a detector is, and the list of them.

A detector is made once for each scanner, from a file of the rule bundle; it looks at one node at a time and says what
it found. It decides nothing, changes nothing and remembers nothing of a node it has looked at.

Not here: which nodes there are (message/walk), what findings lead to (policy).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from bartizan.detect.actions import ActionDetector
from bartizan.detect.attachments import AttachmentDetector
from bartizan.detect.macros import MacroDetector
from bartizan.detect.signatures import SignatureDetector
from bartizan.detect.texts import PhraseDetector
from bartizan.model.finding import Finding
from bartizan.model.message import Node


class Detector(Protocol):
    """Looks at nodes, one after another, in one thread."""

    def look(self, node: Node, data: bytes | memoryview) -> Iterable[Finding]:
        """What is found in a node and its bytes; gaps for what could not be examined. Never raises for content."""


def load(directory: str) -> tuple[Detector, ...]:
    """All detectors, from a bundle's directory, cheapest first. Raises ValueError for a damaged file, OSError."""
    bundle = Path(directory)
    return (
        AttachmentDetector.load(bundle / "attachments.json"),
        MacroDetector(),
        ActionDetector(),
        PhraseDetector.load(bundle / "phrases.bin"),
        SignatureDetector.load(bundle / "signatures.yac"),
    )
