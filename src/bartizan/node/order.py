"""What an smtpd is told: at its start in an order, later over its control socket.

A control message is the folder of a generation, and the descriptors of its phrases and of the event log (opened
anew, so that a log may be rotated).
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

LONGEST_PATH = 4096


@dataclass(frozen=True, slots=True)
class SmtpdOrder:
    """The start of an smtpd; numbers are inherited descriptors, but for `parent`, a process id.

    `patient` says that it may wait for the next hop before it serves: nobody waits for a first start.
    `generation` is the folder of the configuration to follow, `phrases` its phrase file; `events` the log; `sockets`
    for each listener those to accept from; `slot` the page shared with the supervisor; `control` where later
    generations come from; `meter` the page of this slot's counters.
    """

    generation: str
    phrases: int
    events: int
    sockets: tuple[tuple[int, ...], ...]
    slot: int
    control: int
    meter: int
    parent: int
    patient: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A generation to follow from now on; the descriptors belong to whoever receives it."""

    generation: str
    phrases: int
    events: int


def send_change(control: socket.socket, change: Change) -> None:
    """Tell an smtpd; OSError when it cannot be told. The descriptors stay the caller's."""
    socket.send_fds(control, [os.fsencode(change.generation)], [change.phrases, change.events])


def receive_change(control: socket.socket) -> Change | None:
    """The change that has arrived; None when the supervisor is gone. OSError when there is nothing to read."""
    data, descriptors, _, _ = socket.recv_fds(control, LONGEST_PATH, 2)
    if not data or len(descriptors) != 2:
        for descriptor in descriptors:
            os.close(descriptor)
        return None
    return Change(os.fsdecode(data), *descriptors)
