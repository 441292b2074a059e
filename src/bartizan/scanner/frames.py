"""What a zygote's child writes into its pipe: the members of one container, as frames.

A frame is one byte of kind, a little-endian 32-bit length, and that many bytes. The order is (MEMBER (DATA | GAP)*)*
with GAPs of the container before the first member, then END, which says that the child saw all there was to see.
OPENED, which says that a password did its work, may stand anywhere before END.
`FrameSink` writes (in the child, it is unpack's Sink); `frames` reads, and believes nothing: a kind, length or content
that does not fit is a ValueError.
"""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.message.paths import shortened
from bartizan.model.finding import Reason
from bartizan.model.limits import KIB, MIB
from bartizan.observe import codec

MEMBER, DATA, GAP, END, OPENED = 1, 2, 3, 4, 5
LONGEST = {MEMBER: 64 * KIB, DATA: 1 * MIB, GAP: 4 * KIB, END: 0, OPENED: 64}
NAMES = 16
NAME = 1000
"""A member's names: at most 16, 1,000 characters of each."""

_HEAD = struct.Struct("<BI")


@dataclass(frozen=True, slots=True)
class MemberFrame:
    """A member begins."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapFrame:
    """Something was not read."""

    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class OpenedFrame:
    """A password opened something: its number, or -1 for one that programs try."""

    number: int


@dataclass(frozen=True, slots=True)
class EndFrame:
    """The child is done."""


class FrameSink:
    """Writes frames to a pipe. Its methods answer False once nobody reads any more."""

    def __init__(self, pipe: int, passwords: tuple[str, ...] = (), room: int = sys.maxsize) -> None:
        self.passwords = passwords
        self.room = room
        self._pipe = pipe
        self._open = True
        self._told: set[int] = set()

    def member(self, names: tuple[str, ...]) -> bool:
        """A member begins."""
        short = tuple(shortened(n, NAME).encode("utf-8", "replace").decode("utf-8") for n in names[:NAMES])
        begun = self._write(MEMBER, codec.pack(MemberFrame(short)))
        if len(names) > NAMES:
            self.gap(Reason.LIMIT_HEADER, f"more than {NAMES} names")
        return begun

    def data(self, chunk: bytes | memoryview) -> bool:
        """More bytes of the current member."""
        view = memoryview(chunk)
        return all(self._write(DATA, view[at : at + LONGEST[DATA]]) for at in range(0, len(view), LONGEST[DATA]))

    def gap(self, reason: Reason, detail: str) -> None:
        """The current member, or the container before the first one, is not completely read."""
        self._write(GAP, codec.pack(GapFrame(reason, detail[:NAME].encode("utf-8", "replace").decode("utf-8"))))

    def opened(self, password: str) -> None:
        """A password opened the container, or something in it; told once for each."""
        number = self.passwords.index(password) if password in self.passwords else -1
        if number not in self._told:
            self._told.add(number)
            self._write(OPENED, codec.pack(OpenedFrame(number)))

    def end(self) -> None:
        """The container is done."""
        self._write(END, b"")

    def _write(self, kind: int, body: bytes | memoryview) -> bool:
        if not self._open:
            return False
        try:
            sent = os.writev(self._pipe, (_HEAD.pack(kind, len(body)), body))
            while sent < _HEAD.size + len(body):
                sent += os.write(self._pipe, body[sent - _HEAD.size :])
        except BrokenPipeError:
            self._open = False
        return self._open


class _Reader:
    """A pipe's bytes in the pieces that are asked for."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._buffer = b""
        self._at = 0

    def take(self, count: int) -> bytes | None:
        """The next `count` bytes; None if the pipe ends before."""
        end = self._at + count
        if end > len(self._buffer):
            pieces = [self._buffer[self._at :]]
            missing = end - len(self._buffer)
            while missing > 0:
                piece = os.read(self._pipe, max(64 * KIB, missing))
                if not piece:
                    return None
                pieces.append(piece)
                missing -= len(piece)
            self._buffer, self._at, end = b"".join(pieces), 0, count
        start, self._at = self._at, end
        return self._buffer[start:end]


def frames(pipe: int) -> Iterator[MemberFrame | GapFrame | OpenedFrame | EndFrame | bytes]:
    """The frames in a pipe (bytes: a DATA frame) until it ends, complete or not. ValueError for what is no frame."""
    reader = _Reader(pipe)
    while (head := reader.take(_HEAD.size)) is not None:
        kind, length = _HEAD.unpack(head)
        if length > LONGEST.get(kind, -1):
            raise ValueError("no frame")
        body = reader.take(length)
        if body is None:
            return
        if kind == DATA:
            yield body
        elif kind == MEMBER:
            member = codec.unpack(body, MemberFrame)
            if len(member.names) > NAMES or any(len(name) > NAME for name in member.names):
                raise ValueError("names out of bounds")
            yield member
        elif kind == GAP:
            yield codec.unpack(body, GapFrame)
        elif kind == OPENED:
            yield codec.unpack(body, OpenedFrame)
        else:
            yield EndFrame()
