"""A scanner process: `python -m bartizan.scanner.worker SETTINGS`, started by scanner.processes.

It forks its zygote, loads the rules, locks itself down, and then takes one job after another: accept, receive, look,
answer, close. Whatever goes wrong, the connection ends without a complete answer, which the other side takes for a
death. A scanner that has not served anything yet also takes jobs from the `fresh` socket, and takes those first. It
ends when its lifeline does (the parent wants it gone), after the job in hand. Not here: who restarts it and kills it
when it is overdue (processes.py), what is looked for (examination.py).
"""

from __future__ import annotations

import array
import fcntl
import gc
import math
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bartizan.detect import base as detect
from bartizan.message.walk import Automaton
from bartizan.model.errors import ConfigError
from bartizan.observe import codec
from bartizan.sandbox import profiles
from bartizan.sandbox.lockdown import Lockdown, die_with_parent
from bartizan.scanner import codecs, heap, zygote
from bartizan.scanner.arena import SEALS
from bartizan.scanner.channel import Channel
from bartizan.scanner.containers import opening
from bartizan.scanner.examination import Examiner
from bartizan.scanner.protocol import (
    INLINE_BYTES,
    REQUEST_BYTES,
    REQUEST_HEAD,
    ScanAnswer,
    ScanRequest,
    encode_answer,
)
from bartizan.scanner.settings import EX_CONFIG, WorkerSettings, from_argument
from bartizan.scanner.slot import Slot
from bartizan.unpack import base as unpack

CPU_GRACE = 5
LONGEST_WAIT = 0.25
"""Seconds. A new job wakes one idle scanner only; if that one ends at this moment, another finds the job so."""

Load = Callable[[str], Sequence[detect.Detector]]


def main(arguments: Sequence[str], load: Load = detect.load) -> int:
    """Run a scanner until its lifeline ends. Returns only when it cannot even start: 78, the sandbox cannot be had."""
    settings = from_argument(arguments[0])
    for meant_for_all in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(meant_for_all, signal.SIG_IGN)
    die_with_parent(settings.parent)
    heap.give_back()
    codecs.preload()
    try:
        lockdown = Lockdown(profiles.scanner(settings.limits), settings.sandbox)
    except ConfigError as problem:
        print(problem, file=sys.stderr)
        return EX_CONFIG
    for wall in lockdown.missing:
        print(f"sandbox: this kernel lacks {wall}", file=sys.stderr)
    unpack.prepare()
    channel = Channel(zygote.start(settings.limits, settings.sandbox, unpack.open_container), settings.limits)
    containers = opening(channel, settings.limits)
    automaton = Automaton.open(str(Path(settings.bundle) / "phrases.bin"))
    examiner = Examiner(load(settings.bundle), containers, automaton, settings.limits)
    worker = Worker(settings, examiner, channel)
    gc.collect()
    gc.freeze()
    lockdown.apply()
    code = 1
    try:
        code = worker.run()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)  # tearing down the interpreter does things that the sandbox kills for


class Worker:
    """The loop of one scanner."""

    def __init__(self, settings: WorkerSettings, examiner: Examiner, channel: Channel) -> None:
        self._settings = settings
        self._examiner = examiner
        self._channel = channel
        self._slot = Slot(settings.slot)
        self._scan = _listener(settings.scan)
        self._fresh = _listener(settings.fresh)
        self._first = select.epoll()
        self._first.register(settings.fresh, select.EPOLLIN)
        self._later = select.epoll()
        for waiting in (self._first, self._later):
            waiting.register(settings.lifeline, select.EPOLLIN | select.EPOLLHUP)
            waiting.register(channel, select.EPOLLIN | select.EPOLLRDHUP)
            waiting.register(settings.scan, select.EPOLLIN | select.EPOLLEXCLUSIVE)
        self._cpu_seconds = 0
        self._buffer = bytearray(REQUEST_HEAD.size + REQUEST_BYTES + INLINE_BYTES)

    def run(self) -> int:
        """Serve until the lifeline ends (0) or the zygote is gone (1)."""
        self._slot.set_ready()
        listeners: tuple[socket.socket, ...] = (self._fresh, self._scan)
        waiting = self._first
        while self._channel.alive:
            ready = [descriptor for descriptor, _ in waiting.poll(LONGEST_WAIT)]
            if self._channel.fileno() in ready:
                return 1
            leaving = self._settings.lifeline in ready
            connection = _accept(listeners)
            if connection is not None:
                listeners, waiting = (self._scan,), self._later
                self._slot.begin()
                with connection:
                    try:
                        self._serve(connection)
                    except MemoryError:
                        raise
                    except Exception:
                        traceback.print_exc()
                self._slot.end()
            if leaving:
                return 0
        return 1

    def _serve(self, connection: socket.socket) -> None:
        """One job. Raises for a broken connection or request."""
        self._limit_cpu()
        received, descriptors = self._receive(connection)
        try:
            view = memoryview(self._buffer)
            length, inline = REQUEST_HEAD.unpack_from(view)
            start = REQUEST_HEAD.size + length
            if length > REQUEST_BYTES or inline > INLINE_BYTES or received != start + inline:
                raise ValueError("request with wrong lengths")
            request = codec.unpack(view[REQUEST_HEAD.size : start], ScanRequest)
            if not descriptors:
                answer = self._examiner.examine(request, bytes(view[start : start + inline]))
            else:
                answer = self._examine_mapped(descriptors[0], request)
        finally:
            for descriptor in descriptors:
                os.close(descriptor)
        if not self._channel.alive:
            raise RuntimeError("the zygote is gone: another scanner can look into the containers")
        connection.sendall(encode_answer(answer))

    def _examine_mapped(self, descriptor: int, request: ScanRequest) -> ScanAnswer:
        mapped = _mapped(descriptor, request.size)
        try:
            return self._examiner.examine(request, memoryview(mapped))
        finally:
            try:
                mapped.close()
            except BufferError:  # a cycle of objects still refers to the message: do not wait until it is found
                gc.collect()

    def _receive(self, connection: socket.socket) -> tuple[int, list[int]]:
        """A whole request into the buffer: how many bytes, and the descriptors that came along."""
        view = memoryview(self._buffer)
        descriptors = array.array("i")
        received = wanted = 0
        try:
            while received < REQUEST_HEAD.size or received < wanted:
                count, ancillary, _, _ = connection.recvmsg_into(
                    (view[received:],), socket.CMSG_SPACE(4 * descriptors.itemsize), socket.MSG_CMSG_CLOEXEC
                )
                for level, kind, data in ancillary:
                    if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                        descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
                if count == 0:
                    raise ValueError("request ended early")
                received += count
                if received >= REQUEST_HEAD.size:
                    length, inline = REQUEST_HEAD.unpack_from(view)
                    wanted = REQUEST_HEAD.size + length + inline
                    if wanted > len(view):
                        raise ValueError("request too long")
        except BaseException:
            for descriptor in descriptors:
                os.close(descriptor)
            raise
        return received, list(descriptors)

    def _limit_cpu(self) -> None:
        """Leave this message its share of processor time, at least.

        The limit counts what the whole process has used, and moving it takes the kernel as long as a small examination
        takes us: so it is moved by two shares when less than one is left.
        """
        used, share = time.process_time(), self._settings.limits.hard_seconds
        if used + share + CPU_GRACE <= self._cpu_seconds:
            return
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = math.ceil(used + 2 * share) + CPU_GRACE
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
        self._cpu_seconds = soft


def _accept(listeners: tuple[socket.socket, ...]) -> socket.socket | None:
    """The next job, from the first of `listeners` that has one; None if another scanner was quicker."""
    for listener in listeners:
        with suppress(OSError):
            return listener.accept()[0]
    return None


def _listener(descriptor: int) -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=descriptor)


def _mapped(descriptor: int, size: int) -> mmap.mmap:
    """The message in a memfd. ValueError unless nobody can shrink it under us or is given the right to write to it."""
    if fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) & SEALS != SEALS or not 0 < size <= os.fstat(descriptor).st_size:
        raise ValueError("memfd without its seals or too small")
    return mmap.mmap(descriptor, size, flags=mmap.MAP_SHARED, prot=mmap.PROT_READ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
