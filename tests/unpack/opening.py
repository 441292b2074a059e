"""Opens a container and keeps everything that comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.base import Sink, open_container

DEFAULTS = Limits()


@dataclass
class Opened:
    """What came out of a container. `died` is the child's exit status where it ended by itself or a signal, else 0."""

    members: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)
    gaps: list[tuple[Reason, str]] = field(default_factory=list)
    died: int = 0
    opened: list[str] = field(default_factory=list)
    """The passwords that helped."""

    @property
    def reasons(self) -> set[Reason]:
        """Why something was not read."""
        return {reason for reason, _ in self.gaps}

    @property
    def names(self) -> list[tuple[str, ...]]:
        """The members' names."""
        return [names for names, _ in self.members]

    @property
    def contents(self) -> dict[str, bytes]:
        """The members' bytes by first name."""
        return {names[0] if names else "": data for names, data in self.members}


class Collector(Sink):
    """A sink that keeps everything, up to a number of members and bytes."""

    def __init__(self, max_members: int, max_bytes: int, passwords: tuple[str, ...] = ()) -> None:
        self.passwords = passwords
        self.tried: list[str] = []
        self.members: list[tuple[tuple[str, ...], bytearray]] = []
        self.gaps: list[tuple[Reason, str]] = []
        self.max_members = max_members
        self.left = self.room = max_bytes

    def member(self, names: tuple[str, ...]) -> bool:
        """Begin a member."""
        assert self.left >= 0
        assert len(self.members) <= self.max_members, "went on after stop"
        self.members.append((names, bytearray()))
        return len(self.members) <= self.max_members

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes."""
        assert self.left >= 0, "went on after stop"
        self.left -= len(chunk)
        self.members[-1][1].extend(chunk)
        return self.left >= 0

    def gap(self, reason: Reason, detail: str) -> None:
        """Not read."""
        assert detail.isprintable()
        self.gaps.append((reason, detail))

    def opened(self, password: str) -> None:
        """It helped."""
        self.tried.append(password)


def opened(
    type: str,
    data: bytes,
    limits: Limits = DEFAULTS,
    max_members: int = 10_000,
    max_bytes: int = 300 * MIB,
    passwords: tuple[str, ...] = (),
) -> Opened:
    """What comes out of it."""
    sink = Collector(max_members, max_bytes, passwords)
    open_container(type, memoryview(data), sink, limits)
    return Opened([(names, bytes(content)) for names, content in sink.members], sink.gaps, opened=sink.tried)
