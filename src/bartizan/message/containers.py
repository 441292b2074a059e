"""What the walk knows of containers: how one is opened, what comes out of it, and one that waits to be opened.

Not here: opening (unpack, in other processes), in which order (opening), what is looked at (walk).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Protocol

from bartizan.message.hole import Hole as Hole
from bartizan.message.hole import Opened as Opened
from bartizan.model.limits import Budget
from bartizan.model.message import Node


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a container: its names, the bytes that could be read, and what is missing of it."""

    names: tuple[str, ...]
    data: bytes | memoryview
    holes: tuple[Hole, ...] = ()


class Open(Protocol):
    """Opens a container of a type, spending from the Budget, with passwords to try. A Hole is about the container."""

    def __call__(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = (), /
    ) -> Generator[Member | Hole | Opened, None, None]:
        """Its members, what was not read of it, and which password did its work."""


@dataclass(frozen=True, slots=True)
class Containers:
    """What can be opened, and how.

    `types` are the sniffed types that must be opened or give a Gap. `inner_names` tells what the content of a node is
    called when the container itself names none (a compressed file); () for archives.
    """

    types: frozenset[str]
    open: Open
    inner_names: Callable[[Node], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A node that may hold others: its bytes, and the digests of all that it lies in.

    `loose`: it was found inside other bytes, and may be no container at all: that it cannot be read says nothing.
    """

    node: Node
    data: bytes | memoryview
    above: tuple[str, ...]
    loose: bool = False
