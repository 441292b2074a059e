"""The scanner's side of its zygote: opens a container in a child and reads what comes out as hostile input.

Every member and every byte is spent from the message's Budget here, whatever the child counted itself. What is yielded
is complete only if the child wrote its END frame *and* the zygote saw it exit 0; anything else ends in a Hole:
`timeout` (killed at the deadline), `crash` (died, failed, or wrote what is no frame), or the limit that was reached.
"""

from __future__ import annotations

import array
import fcntl
import os
import socket
from collections.abc import Generator

from bartizan.message.containers import Hole, Member, Opened
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Budget, Limits
from bartizan.observe import codec
from bartizan.scanner.frames import EndFrame, GapFrame, MemberFrame, OpenedFrame, frames
from bartizan.scanner.zygote import CANCEL, MESSAGE, How, OpenRequest, Outcome

HOLES = 10
"""Of a container before its first member, and of each member; one would do."""


class Channel:
    """Opens containers, one at a time. `alive` turns False when the zygote is gone: then the scanner should end,
    without an answer to the message in hand, which is not to blame. Readable while nothing is opened: gone, too."""

    def __init__(self, zygote: socket.socket, limits: Limits) -> None:
        self.alive = True
        self._zygote = zygote
        self._limits = limits
        self._serial = 0

    def fileno(self) -> int:
        """The descriptor to wait on."""
        return self._zygote.fileno()

    def open(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Generator[Member | Hole | Opened, None, None]:
        """The members of a container of sniffed `type`; a Hole outside a member is about the container."""
        reason = budget.spend_time()
        if reason is not None:
            yield Hole(reason)
            return
        self._serial += 1
        request = OpenRequest(self._serial, type, len(data), budget.left_seconds(), passwords, budget.left_bytes())
        try:
            pipe = self._send(request, data)
        except OSError as problem:
            self.alive = False
            yield Hole(Reason.CRASH, f"zygote: {problem.strerror}")
            return
        stream = _Members(pipe, budget, self._limits, len(passwords))
        settled = False
        try:
            yield from stream.read()
            if stream.stopped is not None:
                self._cancel()
            outcome = self._outcome()
            settled = True
            hole = _judge(stream, outcome)
            if hole is not None:
                yield hole
        finally:
            os.close(pipe)
            if not settled:
                self._cancel()
                self._outcome()

    def _send(self, request: OpenRequest, data: bytes | memoryview) -> int:
        """Hand a container to the zygote; the answer is the pipe to read from."""
        container = os.memfd_create("container", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        reading = writing = -1
        try:
            view = memoryview(data)
            written = 0
            while written < len(view):
                written += os.write(container, view[written:])
            fcntl.fcntl(container, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE)
            reading, writing = os.pipe2(os.O_CLOEXEC)
            rights = array.array("i", (container, writing))
            self._zygote.sendmsg((codec.pack(request),), ((socket.SOL_SOCKET, socket.SCM_RIGHTS, rights),))
        except BaseException:
            if reading >= 0:
                os.close(reading)
            raise
        finally:
            os.close(container)
            if writing >= 0:
                os.close(writing)
        return reading

    def _cancel(self) -> None:
        try:
            self._zygote.send(CANCEL)
        except OSError:
            self.alive = False

    def _outcome(self) -> Outcome | None:
        """How the child of the latest request ended; None if the zygote cannot say."""
        try:
            while message := self._zygote.recv(MESSAGE):
                outcome = codec.unpack(message, Outcome)
                if outcome.serial == self._serial:
                    return outcome
        except (OSError, ValueError):
            pass
        self.alive = False
        return None


class _Members:
    """Puts frames together to members, under the limits."""

    def __init__(self, pipe: int, budget: Budget, limits: Limits, passwords: int) -> None:
        """`passwords`: how many were sent."""
        self.stopped: Hole | None = None
        self.ended = False
        self._pipe = pipe
        self._budget = budget
        self._limits = limits
        self._names: tuple[str, ...] | None = None
        self._data = bytearray()
        self._holes: list[Hole] = []
        self._early = 0
        self._untold = set(range(-1, passwords))

    def read(self) -> Generator[Member | Hole | Opened, None, None]:
        """Members and holes until the pipe ends, the END frame, or a limit (`stopped`)."""
        try:
            for frame in frames(self._pipe):
                if isinstance(frame, bytes):
                    self.stopped = self._more(frame)
                elif isinstance(frame, MemberFrame):
                    yield from self._finish()
                    self._names = frame.names
                    reason = self._budget.spend_member()
                    self.stopped = Hole(reason) if reason else None
                elif isinstance(frame, OpenedFrame):
                    if frame.number in self._untold:
                        self._untold.remove(frame.number)
                        yield Opened(frame.number)
                elif isinstance(frame, GapFrame):
                    hole = Hole(frame.reason, frame.detail)
                    if self._names is None:
                        self._early += 1
                        if self._early <= HOLES:
                            yield hole
                    elif len(self._holes) < HOLES:
                        self._holes.append(hole)
                else:
                    assert isinstance(frame, EndFrame)
                    self.ended = True
                if self.stopped is not None or self.ended:
                    break
        except ValueError as problem:
            self.stopped = Hole(Reason.CRASH, str(problem))
        yield from self._finish()

    def _more(self, chunk: bytes) -> Hole | None:
        if self._names is None:
            return Hole(Reason.CRASH, "bytes without a member")
        reason = self._budget.spend_bytes(len(chunk))
        if reason is not None:
            return Hole(reason)
        room = self._limits.member_bytes - len(self._data)
        if len(chunk) > room:
            hole = Hole(Reason.LIMIT_MEMBER_BYTES)
            if hole not in self._holes:
                self._holes.append(hole)
            chunk = chunk[:room]
        self._data += chunk
        return None

    def _finish(self) -> Generator[Member | Hole, None, None]:
        if self._names is None:
            return
        data = bytes(self._data) if len(self._data) <= MIB else memoryview(self._data).toreadonly()
        member = Member(self._names, data, tuple(self._holes))
        self._names, self._data, self._holes = None, bytearray(), []
        yield member


def _judge(stream: _Members, outcome: Outcome | None) -> Hole | None:
    """What is missing of the container, given how reading and the child ended."""
    if stream.stopped is not None:
        return stream.stopped
    if outcome is None:
        return Hole(Reason.CRASH, "zygote is gone")
    if outcome.how is How.DEADLINE:
        return Hole(Reason.TIMEOUT, outcome.detail)
    if outcome.how is How.DONE and stream.ended:
        return None
    return Hole(Reason.CRASH, outcome.detail)
