"""Zygote and channel: whatever a child does, the scanner learns what is missing and lives on."""

from __future__ import annotations

import os
import signal
import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from bartizan.message.walk import Hole, Member
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Budget, Limits
from bartizan.scanner import sandbox, zygote
from bartizan.scanner.channel import Channel
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
    )
}  # fmt: skip


def obey(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Stands for unpack.open_container."""
    BEHAVIOURS[type](sink, data)


@pytest.fixture(scope="module")
def socket_to_zygote() -> Iterator[socket.socket]:
    """One zygote for all tests, which is part of what they show."""
    mode = sandbox.Mode.BEST_EFFORT if sandbox.missing_walls() else sandbox.Mode.REQUIRED
    with zygote.start(LIMITS, mode, obey) as connection:
        yield connection


@pytest.fixture
def channel(socket_to_zygote: socket.socket) -> Iterator[Channel]:
    """A channel that must still work after the test."""
    channel = Channel(socket_to_zygote, LIMITS)
    channel._serial = int.from_bytes(os.urandom(4), "big")
    yield channel
    assert opened(channel, "two")[0] == Member(("a.txt",), b"container")


def opened(channel: Channel, behaviour: str, data: bytes = b"container", limits: Limits = LIMITS) -> list[object]:
    """Everything that comes out of a container whose child behaves like that."""
    return list(channel.open(behaviour, data, Budget(limits, len(data))))


def test_members_arrive(channel: Channel) -> None:
    """A good child's members, and no hole."""
    assert opened(channel, "two") == [Member(("a.txt",), b"container"), Member(("b.txt", "b"), b"")]


def test_a_large_container_arrives(channel: Channel) -> None:
    """The container itself may be large."""
    data = os.urandom(2 * MIB)
    assert opened(channel, "two", data)[0] == Member(("a.txt",), data)


def test_a_childs_own_gaps_arrive(channel: Channel) -> None:
    """Before the first member they are the container's, afterwards the member's."""
    assert opened(channel, "gaps") == [
        Hole(Reason.UNREADABLE, "of all"),
        Member(("a",), b"", (Hole(Reason.ENCRYPTED, "of a"),)),
    ]


def test_death_is_a_crash(channel: Channel) -> None:
    """What was read before is kept, the container has a hole."""
    member, hole = opened(channel, "die")
    assert member == Member(("a.txt",), b"half")
    assert isinstance(hole, Hole)
    assert hole.reason is Reason.CRASH


@pytest.mark.parametrize("behaviour", ["leave", "end_and_die", "fail", "noise", "headless", "eat", "lie_about_length"])
def test_success_needs_end_frame_and_exit_code(channel: Channel, behaviour: str) -> None:
    """Neither an exit code nor an end frame alone, nor anything that is no frame, passes for complete."""
    last = opened(channel, behaviour)[-1]
    assert isinstance(last, Hole)
    assert last.reason is Reason.CRASH


def test_hanging_ends_at_the_deadline(channel: Channel) -> None:
    """The zygote kills a child when the message's time is up."""
    limits = Limits(soft_seconds=0.2)
    (hole,) = opened(channel, "hang", limits=limits)
    assert isinstance(hole, Hole)
    assert hole.reason is Reason.TIMEOUT


def test_no_time_left_opens_nothing(channel: Channel) -> None:
    """A spent budget is a hole at once."""
    budget = Budget(LIMITS, 10, now=-1e9)
    assert list(channel.open("two", b"container", budget)) == [Hole(Reason.LIMIT_TIME)]


def test_members_are_counted_here(channel: Channel) -> None:
    """A child that does not stop is stopped at the limit of members."""
    found = opened(channel, "many")
    assert found[-1] == Hole(Reason.LIMIT_MEMBERS)
    assert len(found) == LIMITS.members + 2


def test_a_large_member_is_cut(channel: Channel) -> None:
    """Its beginning is kept, it has a hole, and the next member is read."""
    large, small = opened(channel, "large", b"x" * MIB)
    assert isinstance(large, Member)
    assert (large.names, len(large.data)) == (("large",), LIMITS.member_bytes)
    assert large.holes == (Hole(Reason.LIMIT_MEMBER_BYTES),)
    assert small == Member(("small",), b"y")


@pytest.mark.parametrize(("packed", "reason"), [(9, Reason.LIMIT_RATIO), (MIB, Reason.LIMIT_TOTAL_BYTES)])
def test_bytes_are_counted_here(channel: Channel, packed: int, reason: Reason) -> None:
    """A bomb ends at the ratio, or at the total."""
    found = opened(channel, "bomb", b"x" * packed)
    assert found[-1] == Hole(reason)
    assert sum(len(member.data) for member in found if isinstance(member, Member)) <= LIMITS.total_bytes


def test_a_container_can_be_abandoned(channel: Channel) -> None:
    """Closing the generator kills the child; the next container finds a clean channel."""
    members = channel.open("many", b"container", Budget(LIMITS, 9))
    assert next(members) == Member(("x",), b"")
    members.close()


def test_no_descriptor_is_left(channel: Channel) -> None:
    """Whatever the end, all descriptors are closed again."""
    before = len(os.listdir("/proc/self/fd"))
    for behaviour in ("two", "die", "noise", "many", "bomb"):
        opened(channel, behaviour)
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_dead_zygote_is_a_crash_and_the_end() -> None:
    """Without its zygote a scanner cannot go on, and says so."""
    connection = zygote.start(LIMITS, sandbox.Mode.OFF, obey)
    with connection:
        channel = Channel(connection, LIMITS)
        connection.shutdown(socket.SHUT_RDWR)
        (hole,) = opened(channel, "two")
        assert isinstance(hole, Hole)
        assert hole.reason is Reason.CRASH
        assert not channel.alive
