"""What an smtpd is told over its control socket: first one order, later changes.

Each message is one packet with descriptors. A change is the folder of a generation, and the descriptors of its phrases
and of the event log (opened anew, so that a log may be rotated).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass, replace

from bartizan.observe import codec

LONGEST = 65536
MOST_DESCRIPTORS = 250
"""The kernel passes 253 at a time."""


@dataclass(frozen=True, slots=True)
class SmtpdOrder:
    """The start of an smtpd; numbers are descriptors.

    `generation` is the folder of the configuration to follow, `phrases` its phrase file; `events` the log; `slot` the
    page shared with the supervisor, `meter` the page of this slot's counters; `sockets` for each listener those to
    accept from. `patient` says that it may wait for the next hop before it serves: nobody waits for a first start.
    """

    generation: str
    phrases: int
    events: int
    slot: int
    meter: int
    sockets: tuple[tuple[int, ...], ...]
    patient: bool

    def descriptors(self) -> list[int]:
        """All of them, in the order in which they travel."""
        return [self.phrases, self.events, self.slot, self.meter, *(one for some in self.sockets for one in some)]

    def received(self, descriptors: list[int]) -> SmtpdOrder:
        """The same order with the numbers that its descriptors have after their travel."""
        phrases, events, slot, meter, *rest = descriptors
        numbers = iter(rest)
        sockets = tuple(tuple(next(numbers) for _ in some) for some in self.sockets)
        return replace(self, phrases=phrases, events=events, slot=slot, meter=meter, sockets=sockets)


@dataclass(frozen=True, slots=True)
class Change:
    """A generation to follow from now on; the descriptors belong to whoever receives it."""

    generation: str
    phrases: int
    events: int


def send_order(control: socket.socket, order: SmtpdOrder) -> None:
    """Tell an smtpd what to do; OSError when it cannot be told. The descriptors stay the caller's."""
    socket.send_fds(control, [codec.pack(order)], order.descriptors())


def receive_order(control: socket.socket) -> SmtpdOrder | None:
    """Wait for the order; None when the supervisor has none any more."""
    data, descriptors, _, _ = socket.recv_fds(control, LONGEST, MOST_DESCRIPTORS)
    return codec.unpack(data, SmtpdOrder).received(descriptors) if data else None


def send_change(control: socket.socket, change: Change) -> None:
    """Tell an smtpd what to follow; OSError when it cannot be told. The descriptors stay the caller's."""
    socket.send_fds(control, [os.fsencode(change.generation)], [change.phrases, change.events])


def receive_change(control: socket.socket) -> Change | None:
    """The change that has arrived; None when the supervisor is gone. OSError when there is nothing to read."""
    data, descriptors, _, _ = socket.recv_fds(control, LONGEST, 2)
    if not data or len(descriptors) != 2:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    return Change(os.fsdecode(data), *descriptors)
