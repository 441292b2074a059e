"""What our own examination sees of a mail, without the processes around it: marks, names, and whether it is held.

In: the bytes of a mail that the grammar made (containers are opened in this process). Out: a View. Not here: other
parsers (peers).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable

from bartizan.detect.attachments import BLOCK, REPORT, AttachmentDetector
from bartizan.message.containers import Containers, Hole, Member
from bartizan.message.walk import Walk
from bartizan.model.finding import Finding, Kind, Reason
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from bartizan.unpack import base as unpack
from differential.view import View, marks


class _Shelf(unpack.Sink):
    """A Sink that keeps the members of one container."""

    def __init__(self, passwords: tuple[str, ...]) -> None:
        self.passwords = passwords
        self.members: list[tuple[tuple[str, ...], bytearray, list[Hole]]] = []
        self.holes: list[Hole] = []

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin a member."""
        self.members.append((names, bytearray(), []))
        return True

    def data(self, chunk: bytes | memoryview) -> bool:
        """Keep more of it."""
        self.members[-1][1].extend(chunk)
        return True

    def opened(self, password: str) -> None:
        """Nothing of the grammar's is encrypted."""

    def gap(self, reason: Reason, detail: str) -> None:
        """Keep what was not read."""
        (self.members[-1][2] if self.members else self.holes).append(Hole(reason, detail))


def _open(
    type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
) -> Generator[Member | Hole, None, None]:
    shelf = _Shelf(passwords)
    unpack.open_container(type, memoryview(data), shelf, Limits())
    yield from shelf.holes
    for names, content, holes in shelf.members:
        yield Member(names, bytes(content), tuple(holes))


def _inner_names(node: Node) -> tuple[str, ...]:
    return unpack.inner_names(node.names) if node.type in unpack.STREAMS else ()


CONTAINERS = Containers(unpack.CONTAINERS, _open, _inner_names)
DETECTOR = AttachmentDetector(BLOCK, REPORT)


def view(raw: bytes) -> View:
    """What the walk and the detector of attachments see; `held` says why the mail would not pass, if it would not."""
    seen: set[bytes] = set()
    names: set[str] = set()

    def look(node: Node, data: bytes | memoryview) -> Iterable[Finding]:
        seen.update(marks(bytes(data), zipped=False))
        names.update(node.names)
        return DETECTOR.look(node, data)

    limits = Limits()
    walk = Walk(limits, Budget(limits, len(raw)), look, CONTAINERS, None)
    walk.run(raw, stored=False)
    held = {f.name for f in walk.findings if f.kind is Kind.GAP or f.name.startswith("block:")}
    return View(frozenset(seen), frozenset(names), held=frozenset(held), anomalies=frozenset(walk.anomalies))
