"""A child that was taken over, and a zygote: whatever comes out of the pipe, the scanner gets members within the limits
and knows whether that was all."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bartizan.message.containers import Hole, Member
from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB, Budget, Limits
from bartizan.scanner.channel import HOLES, Channel
from bartizan.scanner.frames import DATA, END, GAP, LONGEST, MEMBER, NAME, NAMES
from bartizan.scanner.zygote import CANCEL, MESSAGE
from scanner.acting_zygote import LIMITS
from scanner.liar import odd_values
from scanner.test_channel import channel, socket_to_zygote

__all__ = ["channel", "socket_to_zygote"]

FEW = Limits(soft_seconds=5.0, members=5, member_bytes=200, total_bytes=1000, ratio_floor_bytes=MIB)
CONTAINER = b"container"


def frame(kind: int, body: bytes) -> bytes:
    """One frame."""
    return struct.pack("<BI", kind, len(body)) + body


def _packed(kind: int, value: Any) -> bytes:
    return frame(kind, msgspec.msgpack.encode(value))


_names = st.lists(st.text(max_size=10), max_size=3)
_good = st.one_of(
    _names.map(lambda names: _packed(MEMBER, {"names": names})),
    st.binary(max_size=300).map(lambda data: frame(DATA, data)),
    st.sampled_from(Reason).map(lambda reason: _packed(GAP, {"reason": reason, "detail": "d"})),
    st.just(frame(END, b"")),
)
_bad = st.one_of(
    st.tuples(st.sampled_from((MEMBER, GAP)), odd_values).map(lambda pair: _packed(*pair)),
    odd_values.map(lambda value: _packed(MEMBER, {"names": value})),
    odd_values.map(lambda value: _packed(GAP, {"reason": value, "detail": "d"})),
    st.tuples(st.integers(0, 255), st.integers(0, 2**32 - 1)).map(lambda pair: struct.pack("<BI", *pair)),
    st.binary(max_size=40),
    st.sampled_from(
        (
            _packed(MEMBER, {"names": ["x"] * (NAMES + 1)}),
            _packed(MEMBER, {"names": ["x" * (NAME + 1)]}),
            frame(END, b"x"),
            struct.pack("<BI", DATA, LONGEST[DATA] + 1),
        )
    ),
)
streams = st.one_of(
    st.lists(_good, max_size=12).map(b"".join),
    st.tuples(st.lists(_good, max_size=6).map(b"".join), st.lists(_good | _bad, max_size=6).map(b"".join)).map(
        b"".join
    ),
    st.binary(max_size=200),
)


def _names_in(body: bytes) -> tuple[str, ...] | None:
    """The names in the body of a member's frame; None if it is none."""
    try:
        told = msgspec.msgpack.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    names = told.get("names") if isinstance(told, dict) else None
    if not isinstance(names, list) or len(names) > NAMES:
        return None
    return tuple(names) if all(isinstance(name, str) and len(name) <= NAME for name in names) else None


def expected(stream: bytes, limits: Limits) -> list[object] | None:
    """The members of a stream that is one in every respect and within the limits, told without the code that is
    tested; None for any other."""
    members: list[Member] = []
    spent, at = 0, 0
    while at < len(stream):
        if at + 5 > len(stream):
            return None
        kind, length = struct.unpack_from("<BI", stream, at)
        body = stream[at + 5 : at + 5 + length]
        at += 5 + length
        if kind == END and length == 0:
            return list(members)
        if kind == DATA and members and len(body) == length:
            members[-1] = replace(members[-1], data=bytes(members[-1].data) + body)
            spent += length
        elif kind == MEMBER and len(body) == length:
            names = _names_in(body)
            if names is None:
                return None
            members.append(Member(names, b""))
        else:
            return None
        if spent > limits.total_bytes or len(members) > limits.members or len(members[-1].data) > limits.member_bytes:
            return None
    return None


def assert_bounded(found: list[object], limits: Limits) -> None:
    """Members and holes only, and no more of either than the limits say."""
    members = [one for one in found if isinstance(one, Member)]
    assert len(members) <= limits.members + 1  # the one too many is named, and not read
    assert sum(len(member.data) for member in members) <= limits.total_bytes
    assert all(len(member.data) <= limits.member_bytes for member in members)
    assert all(len(member.names) <= NAMES and all(len(n) <= NAME for n in member.names) for member in members)
    holes = [one for one in found if not isinstance(one, Member)]
    assert all(isinstance(hole, Hole) for hole in holes)
    assert len(holes) <= HOLES + 1
    assert all(len(member.holes) <= HOLES + 1 for member in members)


def is_complete(found: list[object]) -> bool:
    """Nothing is said to be missing."""
    return all(isinstance(one, Member) and not one.holes for one in found)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(streams, st.sampled_from((0, 0, 0, 1, 255)))
@example(b"", 0)
def test_a_child_cannot_hide_a_gap(channel: Channel, stream: bytes, code: int) -> None:
    """Complete is exactly what ended well, in a process that ended well, within the limits."""
    found = list(channel.open("replay", bytes([code]) + stream, Budget(FEW, len(stream))))
    assert_bounded(found, FEW)
    assert channel.alive
    whole = expected(stream, FEW) if code == 0 else None
    assert is_complete(found) == (whole is not None)
    assert whole is None or found == whole


@pytest.mark.parametrize(
    "lie",
    [_packed(MEMBER, {"names": [""] * 60_000}), frame(MEMBER, b"\x91" * 60 * KIB), frame(GAP, b"\x91" * 4 * KIB)],
    ids=["names", "nested member", "nested gap"],
)
def test_large_lies_are_no_frames(channel: Channel, lie: bytes) -> None:
    """As large as a frame may be: what came before is kept, and that is all."""
    stream = b"\0" + _packed(MEMBER, {"names": ["a"]}) + lie + frame(END, b"")
    member, hole = channel.open("replay", stream, Budget(FEW, 9))
    assert member == Member(("a",), b"")
    assert isinstance(hole, Hole)
    assert hole.reason is Reason.CRASH


def test_a_child_that_babbles(channel: Channel) -> None:
    """Ten holes are enough; it is killed at the deadline."""
    limits = replace(LIMITS, soft_seconds=0.5)
    found = list(channel.open("babble", CONTAINER, Budget(limits, 9)))
    assert found[:-1] == [Hole(Reason.UNREADABLE, "x")] * HOLES
    assert isinstance(found[-1], Hole)
    assert found[-1].reason is Reason.TIMEOUT


def _told(outcome: Any) -> Callable[[int], bytes]:
    return lambda serial: msgspec.msgpack.encode(
        {key: serial if value == "SERIAL" else value for key, value in outcome.items()}
    )


GOOD = {"serial": "SERIAL", "how": "done", "detail": ""}
outcomes = st.lists(
    st.one_of(
        st.binary(max_size=40).map(lambda noise: lambda serial: noise),
        odd_values.map(lambda value: lambda serial: msgspec.msgpack.encode(value)),
        st.tuples(st.sampled_from(sorted(GOOD)), odd_values).map(lambda pair: _told({**GOOD, pair[0]: pair[1]})),
        st.just(_told(GOOD)),
        st.just(lambda serial: bytes(MESSAGE * 2)),
    ),
    max_size=3,
)


@settings(max_examples=100, deadline=None)
@given(outcomes)
def test_a_zygote_cannot_make_it_complete(told: list[Callable[[int], bytes]]) -> None:
    """Without the END frame nothing is complete, whatever the zygote says; nonsense is the end of the scanner."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)

    def play() -> None:
        data, descriptors, _, _ = socket.recv_fds(theirs, MESSAGE, 2)
        os.write(descriptors[1], _packed(MEMBER, {"names": ["a"]}))
        for descriptor in descriptors:
            os.close(descriptor)
        serial = msgspec.msgpack.decode(data)["serial"]
        with suppress(OSError):
            for one in told:
                theirs.send(one(serial) or CANCEL)
            theirs.shutdown(socket.SHUT_WR)

    zygote = threading.Thread(target=play)
    with ours, theirs:
        zygote.start()
        asked = Channel(ours, FEW)
        found = list(asked.open("zip", CONTAINER, Budget(FEW, 9)))
        zygote.join()
    assert found[0] == Member(("a",), b"")
    assert [type(one) for one in found[1:]] == [Hole]
    assert found[1].reason is Reason.CRASH  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [["x"] * NAMES, ["x" * NAME], []])
def test_names_up_to_the_bound_arrive(channel: Channel, names: list[str]) -> None:
    """What an honest child may send."""
    stream = b"\0" + _packed(MEMBER, {"names": names}) + frame(END, b"")
    assert list(channel.open("replay", stream, Budget(FEW, 9))) == [Member(tuple(names), b"")]
