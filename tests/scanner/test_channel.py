"""Zygote and channel: whatever a child does, the scanner learns what is missing and lives on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.message.containers import Hole, Member
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Budget, Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.scanner import zygote
from bartizan.scanner.channel import Channel
from scanner.acting_zygote import LIMITS, obey


@pytest.fixture(scope="module")
def socket_to_zygote() -> Iterator[socket.socket]:
    """One zygote for all tests, which is part of what they show."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            command = [sys.executable, str(Path(__file__).with_name("acting_zygote.py")), str(theirs.fileno())]
            stage = subprocess.Popen(command, pass_fds=[theirs.fileno()])
        _, (descriptor,), _, _ = socket.recv_fds(ours, 16, 1)
        with socket.socket(fileno=descriptor) as connection:
            yield connection
    assert stage.wait(30.0) == 0


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
    connection = zygote.start(LIMITS, Mode.OFF, obey)
    with connection:
        channel = Channel(connection, LIMITS)
        connection.shutdown(socket.SHUT_RDWR)
        (hole,) = opened(channel, "two")
        assert isinstance(hole, Hole)
        assert hole.reason is Reason.CRASH
        assert not channel.alive
