"""Children that behave as they are told, under a real zygote. Run as a program: the test's own process may hold threads
and fork handlers of other libraries, a scanner does not.

`python acting_zygote.py DESCRIPTOR` starts the zygote, sends its socket through the inherited one, and stays until that
is closed.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from collections.abc import Callable

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.walls import missing_walls
from bartizan.scanner import zygote
from bartizan.scanner.frames import FrameSink
from bartizan.unpack.base import Sink

LIMITS = Limits(soft_seconds=10.0, members=50, member_bytes=2 * MIB, total_bytes=4 * MIB, ratio_floor_bytes=3 * MIB)


def two(sink: Sink, data: memoryview) -> None:
    """Two members."""
    sink.member(("a.txt",))
    sink.data(data)
    sink.member(("b.txt", "b"))


def die(sink: Sink, data: memoryview) -> None:
    """Does what the sandbox forbids after the first member."""
    sink.member(("a.txt",))
    sink.data(b"half")
    os.kill(os.getpid(), signal.SIGSEGV)


def leave(sink: Sink, data: memoryview) -> None:
    """Claims success without the end frame."""
    sink.member(("a.txt",))
    os._exit(0)


def end_and_die(sink: Sink, data: memoryview) -> None:
    """Writes the end frame, but does not exit well."""
    assert isinstance(sink, FrameSink)
    sink.end()
    os._exit(7)


def fail(sink: Sink, data: memoryview) -> None:
    """A bug of ours."""
    raise RuntimeError("told to")


def hang(sink: Sink, data: memoryview) -> None:
    """Never ends."""
    while True:
        pass


def noise(sink: Sink, data: memoryview) -> None:
    """Writes what is no frame."""
    os.write(_pipe(sink), b"\xff" * 100)


def headless(sink: Sink, data: memoryview) -> None:
    """Sends bytes before any member."""
    sink.data(b"x")


def many(sink: Sink, data: memoryview) -> None:
    """Members without end; does not stop when told."""
    while True:
        sink.member(("x",))


def large(sink: Sink, data: memoryview) -> None:
    """One member above its limit, then another."""
    sink.member(("large",))
    sink.data(b"x" * (2 * MIB + 1))
    sink.member(("small",))
    sink.data(b"y")


def bomb(sink: Sink, data: memoryview) -> None:
    """Bytes without end, in members that are small enough."""
    while True:
        sink.member(("bomb",))
        sink.data(bytes(MIB))


def eat(sink: Sink, data: memoryview) -> None:
    """Takes all memory."""
    sink.data(bytes(8 << 30))


def gaps(sink: Sink, data: memoryview) -> None:
    """Says itself what is missing."""
    sink.gap(Reason.UNREADABLE, "of all")
    sink.member(("a",))
    sink.gap(Reason.ENCRYPTED, "of a")


def replay(sink: Sink, data: memoryview) -> None:
    """Writes what the test made up, and ends with the exit code in the first byte."""
    at = 1
    while at < len(data):
        at += os.write(_pipe(sink), data[at:])
    os._exit(data[0])


def babble(sink: Sink, data: memoryview) -> None:
    """Says without end that something is missing."""
    while True:
        sink.gap(Reason.UNREADABLE, "x")


def lie_about_length(sink: Sink, data: memoryview) -> None:
    """Announces more than it sends."""
    os.write(_pipe(sink), struct.pack("<BI", 1, 40) + b"short")


def _pipe(sink: Sink) -> int:
    assert isinstance(sink, FrameSink)
    return sink._pipe


BEHAVIOURS: dict[str, Callable[[Sink, memoryview], None]] = {
    act.__name__: act
    for act in (
        two, die, leave, end_and_die, fail, hang, noise, headless, many, large, bomb, eat, gaps, lie_about_length,
        replay, babble,
    )
}  # fmt: skip


def obey(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Stands for unpack.open_container."""
    BEHAVIOURS[type](sink, data)


def main(descriptor: int) -> None:
    """Start the zygote for the test at the other end of `descriptor`."""
    mode = Mode.BEST_EFFORT if missing_walls() else Mode.REQUIRED
    with socket.socket(fileno=descriptor) as test, zygote.start(LIMITS, mode, obey) as connection:
        socket.send_fds(test, [b"zygote"], [connection.fileno()])
        test.recv(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
