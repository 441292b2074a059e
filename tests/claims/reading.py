"""A mail through everything that reads its texts and names, in one process: the first pass, the walk, the detectors.

In: the bytes of a mail, and the phrases that are listed. Out: which of them are found, which findings there are.
Not here: containers (none is opened), signatures, scanners and policy.
"""

from __future__ import annotations

import base64
from collections.abc import Generator, Sequence
from pathlib import Path

from bartizan._core.automaton import Automaton
from bartizan._core.stream import MessageStream
from bartizan.detect.attachments import BLOCK, REPORT, AttachmentDetector
from bartizan.detect.phrases import build
from bartizan.detect.texts import PhraseDetector
from bartizan.message.containers import Containers, Member
from bartizan.message.hole import Hole
from bartizan.message.parse import from_stream
from bartizan.message.walk import Walk
from bartizan.model.finding import Finding, Kind
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node

LIMITS = Limits()
PHRASE = "claim your prize before midnight"
FOREIGN = (
    *("заберите приз до полуночи", "领取您的奖品", "領取您的獎品", "賞品を受け取る", "상품을 받으세요"),
    *("πάρτε το δώρο", "קבל את הפרס", "احصل على الجائزة", "รับรางวัล", "відшкодування ґрунту", "mürekkep şişesi"),
)
PHRASES = (PHRASE, *FOREIGN)
TOP = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"


class Reader:
    """Reads mails, one after another, for the same phrases."""

    def __init__(self, folder: Path, phrases: Sequence[str]) -> None:
        """The compiled phrases go to `folder`."""
        source = folder / "phrases.txt"
        source.write_text("\n".join(phrases) + "\n", encoding="utf-8")
        build([source], folder / "phrases.bin")
        self._automaton = Automaton.open(str(folder / "phrases.bin"))
        self._detectors = (AttachmentDetector(BLOCK, REPORT), PhraseDetector(self._automaton))

    def findings(self, raw: bytes, chunk: int = 1 << 30) -> tuple[Finding, ...]:
        """All that is found in a mail that arrives in chunks of this size."""
        stream = MessageStream(self._automaton, max_bytes=1 << 30)
        wire = raw.replace(b"\r\n.", b"\r\n..") + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")
        for at in range(0, len(wire), chunk):
            stream.feed(wire[at : at + chunk])
        message = from_stream(stream, self._automaton)
        containers = Containers(frozenset(), _nothing, lambda node: ())
        walk = Walk(LIMITS, Budget(LIMITS, len(raw)), self._look, containers, self._automaton)
        walk.run(message.raw, stored=False)
        return (*message.findings, *walk.findings)

    def phrases(self, raw: bytes, chunk: int = 1 << 30) -> set[str]:
        """The listed phrases that are found."""
        return {finding.name for finding in self.findings(raw, chunk) if finding.kind is Kind.PHRASE}

    def attachments(self, raw: bytes) -> set[str]:
        """What is found of attachments: `block:EXT`, `report:EXT`."""
        return {finding.name for finding in self.findings(raw) if finding.kind is Kind.ATTACHMENT}

    def _look(self, node: Node, data: bytes | memoryview) -> list[Finding]:
        return [finding for detector in self._detectors for finding in detector.look(node, data)]


def _nothing(type: str, data: bytes | memoryview, budget: Budget) -> Generator[Member | Hole, None, None]:
    yield from ()


def mail(body: bytes, kind: str = "text/plain; charset=utf-8", encoding: str = "8bit") -> bytes:
    """A mail of one part; the body is encoded as `encoding` says."""
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    if encoding == "base64":
        body = base64.encodebytes(body).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        body = b"=\r\n".join(b"".join(b"=%02X" % byte for byte in body[at : at + 20]) for at in range(0, len(body), 20))
    return TOP + head + body + b"\r\n"


def page(body: bytes) -> bytes:
    """A mail that is a page of HTML."""
    return mail(b"<html><body>" + body + b"</body></html>", "text/html; charset=utf-8")


def subject(value: bytes, field: bytes = b"Subject") -> bytes:
    """A mail with this field."""
    return field + b": " + value + b"\r\nX-Next: x\r\nMIME-Version: 1.0\r\n\r\nhello\r\n"
