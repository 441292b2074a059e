"""Frames: what a child writes is read back, and what is no frame is refused."""

from __future__ import annotations

import os
import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.finding import Reason
from bartizan.scanner.frames import EndFrame, FrameSink, GapFrame, MemberFrame, frames


def read(written: bytes) -> list[object]:
    """All frames in `written`, sent through a pipe."""
    reading, writing = os.pipe()

    def write() -> None:
        left = memoryview(written)
        with suppress(BrokenPipeError):
            while left:
                left = left[os.write(writing, left) :]
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        return list(frames(reading))
    finally:
        os.close(reading)
        writer.join()


def written_by(act: object) -> bytes:
    """What a FrameSink writes while `act` uses it."""
    assert callable(act)
    descriptor = os.memfd_create("frames")
    try:
        act(FrameSink(descriptor))
        return os.pread(descriptor, 1 << 24, 0)
    finally:
        os.close(descriptor)


def container(sink: FrameSink) -> None:
    """Two members, a gap of the container and one of a member."""
    sink.gap(Reason.UNREADABLE, "damaged")
    assert sink.member(("a.txt", "\udcffb"))
    assert sink.data(b"x" * (3 << 20))
    sink.gap(Reason.ENCRYPTED, "")
    assert sink.member(())
    assert sink.data(memoryview(b"y"))
    sink.end()


def test_frames_survive_the_pipe() -> None:
    """Names, bytes in chunks of at most one MiB, gaps, and the end."""
    found = read(written_by(container))
    chunk = b"x" * (1 << 20)
    assert found == [
        GapFrame(Reason.UNREADABLE, "damaged"),
        MemberFrame(("a.txt", "?b")),
        chunk,
        chunk,
        chunk,
        GapFrame(Reason.ENCRYPTED, ""),
        MemberFrame(()),
        b"y",
        EndFrame(),
    ]


def test_long_names_keep_their_ends() -> None:
    """The end of a name says what opens it."""
    (frame,) = read(written_by(lambda sink: sink.member(("x" * 100_000 + ".exe",) * 16)))
    assert isinstance(frame, MemberFrame)
    assert [len(name) for name in frame.names] == [1000] * 16
    assert frame.names[0].endswith(".exe")


def test_a_torn_frame_ends_the_reading() -> None:
    """Half a frame is no frame, and not the end frame either."""
    assert read(written_by(container)[:-6])[-1] == MemberFrame(())


def test_nobody_reads_any_more() -> None:
    """A sink whose reader is gone says stop instead of raising."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        sink = FrameSink(writing)
        assert not sink.member(("a",))
        assert not sink.data(b"x")
    finally:
        os.close(writing)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(noise: bytes) -> None:
    """Arbitrary bytes give frames or a ValueError, nothing else."""
    try:
        found = read(noise)
    except ValueError:
        return
    assert all(isinstance(frame, MemberFrame | GapFrame | EndFrame | bytes) for frame in found)


@pytest.mark.parametrize("head", [b"\x02\xff\xff\xff\xff", b"\x01\x01\x00\x01\x00", b"\x00", b"\x04\x01"])
def test_wrong_kinds_and_lengths_are_refused(head: bytes) -> None:
    """A length above the kind's longest, or an unknown kind, is no frame."""
    with pytest.raises(ValueError, match="no frame"):
        read(head.ljust(5, b"\0"))


def test_long_names_and_many() -> None:
    """Both ends of a name arrive; that there are more names than are sent is told."""
    long = "invoice.vbs" + " " * 3000 + "end"
    [member] = read(written_by(lambda sink: sink.member((long,))))
    assert isinstance(member, MemberFrame)
    assert (member.names[0][:11], member.names[0][-3:]) == ("invoice.vbs", "end")
    _, told = read(written_by(lambda sink: sink.member(tuple(map(str, range(17))))))
    assert told == GapFrame(Reason.LIMIT_HEADER, "more than 16 names")
