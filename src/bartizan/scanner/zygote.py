"""The zygote: a small locked-down process that forks one child for each container, and tells how it ended.

A scanner forks its zygote before it loads any rules, so that forks stay cheap. Over one socket (a message each) the
scanner sends an OpenRequest with two descriptors: a memfd with the container's bytes, and the pipe into which the child
writes frames. The child never holds that socket, so how it ended is the zygote's word alone: `Outcome`, sent after the
child is reaped. A child is killed at its deadline, when the scanner says so (an empty CANCEL), and when the scanner is
gone. Not here: what is in a container (unpack), what the scanner makes of it (channel.py).
"""

from __future__ import annotations

import enum
import gc
import mmap
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from bartizan.model.limits import KIB, Limits
from bartizan.observe import codec
from bartizan.sandbox import profiles
from bartizan.sandbox.lockdown import Lockdown, Mode, die_with_parent
from bartizan.scanner.frames import FrameSink

CANCEL = b"cancel"
MESSAGE = 32 * KIB
"""More than the longest request: 50 passwords of 64 characters."""

Unpack = Callable[[str, memoryview, FrameSink, Limits], None]


class How(enum.StrEnum):
    """How a child ended."""

    DONE = "done"
    FAILED = "failed"
    """Killed by a signal, or ended with an error of ours."""
    DEADLINE = "deadline"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """Open a container: `type` as sniffed, `size` in bytes, `seconds` until the child is killed. `serial` counts up.
    `passwords` are to be tried, best first; of what comes out, `room` bytes are taken."""

    serial: int
    type: str
    size: int
    seconds: float
    passwords: tuple[str, ...] = ()
    room: int = sys.maxsize


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the child for request `serial`; `detail` says which signal or exit code."""

    serial: int
    how: How
    detail: str


def start(limits: Limits, mode: Mode, unpack: Unpack) -> socket.socket:
    """Fork the zygote of this (single-threaded) process; the answer is this process's end of the socket."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    parent = os.getpid()
    if os.fork() != 0:
        theirs.close()
        return ours
    try:
        ours.close()
        die_with_parent(parent)
        _only(theirs.fileno())
        gc.freeze()
        gc.disable()
        tight = Lockdown(profiles.child(limits), mode)
        Lockdown(profiles.zygote(limits), mode).apply()
        _serve(theirs, limits, tight, unpack)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


def _only(*kept: int) -> None:
    """Close every descriptor above stderr except these."""
    low = 3
    for descriptor in sorted(kept):
        os.closerange(low, descriptor)
        low = descriptor + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def _serve(channel: socket.socket, limits: Limits, tight: Lockdown, unpack: Unpack) -> None:
    while True:
        message, descriptors, _, _ = socket.recv_fds(channel, MESSAGE, 2, socket.MSG_CMSG_CLOEXEC)
        if not message:
            return
        if message == CANCEL:
            continue  # crossed with the outcome of a child that had ended by itself
        request = codec.unpack(message, OpenRequest)
        container, pipe = descriptors
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            _child(parent, channel, request, container, pipe, limits, tight, unpack)
        os.close(container)
        os.close(pipe)
        outcome = _await(channel, pid, request)
        if outcome is None:
            return
        channel.send(codec.pack(outcome))


def _child(
    parent: int,
    channel: socket.socket,
    request: OpenRequest,
    container: int,
    pipe: int,
    limits: Limits,
    tight: Lockdown,
    unpack: Unpack,
) -> NoReturn:
    """What the forked child does: lock itself down further, open the container, exit 0 if all of it was told."""
    code = 1
    try:
        channel.close()
        die_with_parent(parent)
        data = mmap.mmap(container, request.size, access=mmap.ACCESS_COPY)
        tight.tighten()
        sink = FrameSink(pipe, request.passwords, request.room)
        unpack(request.type, memoryview(data), sink, limits)
        sink.end()
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _await(channel: socket.socket, pid: int, request: OpenRequest) -> Outcome | None:
    """Wait for the child and reap it; None if the scanner is gone."""
    how, gone = How.DONE, False
    pidfd = os.pidfd_open(pid)
    try:
        waiting = select.poll()
        waiting.register(pidfd, select.POLLIN)
        waiting.register(channel, select.POLLIN)
        deadline = time.monotonic() + request.seconds
        while True:
            ready = dict(waiting.poll(max(0.0, deadline - time.monotonic()) * 1000 + 1))
            if pidfd in ready:
                break
            if ready:
                how, gone = How.CANCELLED, channel.recv(MESSAGE) == b""
            elif time.monotonic() >= deadline:
                how = How.DEADLINE
            else:
                continue
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
            break
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(pidfd)
    if gone:
        return None
    code = os.waitstatus_to_exitcode(status)
    if how is How.DONE and code != 0:
        how = How.DEADLINE if code == -signal.SIGXCPU else How.FAILED
    return Outcome(request.serial, how, f"signal {-code}" if code < 0 else f"exit {code}")
