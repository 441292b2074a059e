"""How the walk opens what it finds: a container by a child of the zygote, one that cannot be read here by a look at it.

Not here: the child (zygote.py, unpack), what its frames mean (channel.py), which node is opened (message/walk.py).
"""

from __future__ import annotations

from collections.abc import Generator

from bartizan.message.containers import Containers, Hole, Member, Opened
from bartizan.model.finding import Reason
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from bartizan.scanner.channel import Channel
from bartizan.unpack import base as unpack


class Holes(unpack.Sink):
    """A Sink for containers that have no members to tell of: keeps what was not read."""

    def __init__(self) -> None:
        self.found: list[Hole] = []

    def member(self, names: tuple[str, ...]) -> bool:
        """Never called by an opener of a RECOGNISED type."""
        raise TypeError("a container that is only recognised has no members")

    def data(self, chunk: bytes | memoryview) -> bool:
        """Never called by an opener of a RECOGNISED type."""
        raise TypeError("a container that is only recognised has no members")

    def gap(self, reason: Reason, detail: str) -> None:
        """Keep one thing that was not read."""
        self.found.append(Hole(reason, detail))

    def opened(self, password: str) -> None:
        """Never called by an opener of a RECOGNISED type."""
        raise TypeError("a container that is only recognised is not opened")


def opening(channel: Channel, limits: Limits) -> Containers:
    """The containers of this gateway, opened through `channel` where there is something to read."""

    def open(
        type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Generator[Member | Hole | Opened, None, None]:
        if type in unpack.EMPTY and unpack.EMPTY[type](memoryview(data)):
            return
        if type not in unpack.RECOGNISED:
            yield from channel.open(type, data, budget, passwords)
            return
        holes = Holes()
        unpack.open_container(type, memoryview(data), holes, limits)
        yield from holes.found

    return Containers(unpack.CONTAINERS, open, _inner_names)


def _inner_names(node: Node) -> tuple[str, ...]:
    return unpack.inner_names(node.names) if node.type in unpack.STREAMS else ()
