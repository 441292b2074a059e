"""The manifests of a zip, as its members pass (OpenDocument 1.3 part 2, 4).

Programs do not agree where a zip's entries are; all of them that are read pass here, whichever way they were found. In:
the calls of a Sink, which go on to another. Out: what may be a manifest, and the names that more than one content has.
Limits: MOST bytes of all manifests together.
Not here: what a manifest says (odfkeys.py).
"""

from __future__ import annotations

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB
from bartizan.unpack.sink import Sink

MANIFEST_NAME = "meta-inf/manifest.xml"
MOST = 4 * MIB


def is_manifest(name: str) -> bool:
    """The name of what says which entries are encrypted."""
    return name.replace("\\", "/").lower() == MANIFEST_NAME


class Manifests(Sink):
    """A sink in front of another. `names`: those of manifests; `empty`: those of manifests without content; `doubled`:
    names of more than one content; `whole`: all manifests were kept."""

    def __init__(self, sink: Sink) -> None:
        self.passwords = sink.passwords
        self.room = sink.room
        self.names: set[str] = set()
        self.empty: list[str] = []
        self.doubled: set[str] = set()
        self.whole = True
        self._sink = sink
        self._current: tuple[str, ...] = ()
        self._manifest: str | None = None
        self._content: bytearray | None = None
        self._full: set[str] = set()
        self._contents: dict[bytes, None] = {}
        self._left = MOST

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin the next one."""
        self._end()
        self._current = names
        self._manifest = next(filter(is_manifest, names), None)
        if self._manifest is not None:
            self.names.add(self._manifest)
            self._content = bytearray()
        return self._sink.member(names)

    def data(self, chunk: bytes | memoryview) -> bool:
        """More of it."""
        if self._current and len(chunk):
            self.doubled.update(self._full.intersection(self._current))
            self._full.update(self._current)
            self._current = ()
        if self._content is not None:
            self.whole = self.whole and len(self._content) + len(chunk) <= self._left
            self._content += chunk[: max(0, self._left - len(self._content))]
        return self._sink.data(chunk)

    def gap(self, reason: Reason, detail: str) -> None:
        """Not read."""
        self._sink.gap(reason, detail)

    def opened(self, password: str) -> None:
        """It helped."""
        self._sink.opened(password)

    def contents(self) -> tuple[bytes, ...]:
        """What the manifests say that passed until now, each once."""
        self._end()
        return tuple(self._contents)

    def _end(self) -> None:
        """The last member is over."""
        if self._manifest is None or self._content is None:
            return
        content = bytes(self._content)
        if not content:
            self.empty.append(self._manifest)
        elif content not in self._contents:
            self._contents[content] = None
            self._left -= len(content)
        self._manifest = self._content = None
