"""Opens containers for the tests: in this process what a test made, in a child of its own what may kill it."""

from __future__ import annotations

import faulthandler
import os
import pickle
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.base import Sink, open_container, prepare

SECONDS = 10
MEMORY = 1024 * MIB
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
        self.left = max_bytes

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


Unpack = Callable[..., Opened]


def _open(
    type: str,
    data: bytes,
    limits: Limits = DEFAULTS,
    max_members: int = 10_000,
    max_bytes: int = 300 * MIB,
    passwords: tuple[str, ...] = (),
) -> Opened:
    sink = Collector(max_members, max_bytes, passwords)
    open_container(type, memoryview(data), sink, limits)
    return Opened([(names, bytes(content)) for names, content in sink.members], sink.gaps, opened=sink.tried)


def _held() -> int:
    """Bytes of address space that this process has."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()


@pytest.fixture(scope="session")
def unpack() -> Unpack:
    """Open a container in this process."""
    return _open


@pytest.fixture(scope="session")
def unpack_apart() -> Unpack:
    """Open a container in a child that can open no file and has limits of memory and time, as the scanner's have.

    It may crash libarchive, or want what `prepare` should have loaded.
    """
    prepare()

    def run(*arguments: object, **options: object) -> Opened:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                faulthandler.disable()
                os.close(reading)
                os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
                signal.alarm(SECONDS)
                memory = _held() + MEMORY  # what a long run of tests holds already is none of the archive's
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
                resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
                with os.fdopen(writing, "wb") as pipe:
                    pickle.dump(_open(*arguments, **options), pipe)  # type: ignore[arg-type]
                code = 0
            finally:
                os._exit(code)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            told = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if status:
            return Opened(died=status)
        opened = pickle.loads(told)
        assert isinstance(opened, Opened)
        return opened

    return run
