"""The pool, against scanners that are played by the test: what it makes of every way a scanner can answer, or not."""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
import socket
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.model.errors import TemporaryError
from bartizan.model.limits import MIB, Limits
from bartizan.model.message import Examination, Node
from bartizan.scanner.arena import SEALS
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.protocol import ANSWER_HEAD, ScanAnswer, encode_answer
from scanner.stage import Stage, Visit

LIMITS = Limits(soft_seconds=1.0, hard_seconds=20.0)
HURRY = Limits(soft_seconds=0.1, hard_seconds=0.3)
OTHER = b"Subject: x\r\n\r\nolleh\r\n"
RAW = b"Subject: x\r\n\r\nhello\r\n"

Run = Callable[[Coroutine[Any, Any, Examination]], Examination]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Both event loops must do."""
    return asyncio.run if request.param == "asyncio" else uvloop.run


def truth(visit: Visit) -> bytes:
    """A right answer, without findings."""
    request = visit.request
    node = Node("message", (), "message/rfc822", "mail", request.size, "0" * 64)
    return encode_answer(ScanAnswer(request.id, request.size, (), (node,), (), {"scan": 1.0}))


def answer(visit: Visit) -> None:
    """Say the truth."""
    visit.connection.sendall(truth(visit))


def answer_slowly(visit: Visit) -> None:
    """Say the truth in pieces."""
    for byte in truth(visit):
        visit.connection.sendall(bytes((byte,)))


def die(visit: Visit) -> None:
    """End without a word."""


def die_late(visit: Visit) -> None:
    """End in the middle of the answer."""
    visit.connection.sendall(truth(visit)[:-1])


def talk_on(visit: Visit) -> None:
    """Say more than the answer."""
    visit.connection.sendall(truth(visit) + b"x")


def boast(visit: Visit) -> None:
    """Announce an answer that is too long."""
    visit.connection.sendall(ANSWER_HEAD.pack(1 << 30) + bytes(1000))


def say(lie: bytes) -> Callable[[Visit], None]:
    """Say just that, framed as an answer."""
    return lambda visit: visit.connection.sendall(ANSWER_HEAD.pack(len(lie)) + lie)


def wait(visit: Visit) -> None:
    """Say nothing until the pool gives up."""
    visit.connection.recv(1)


def gaps(examination: Examination) -> list[str]:
    """The names of all gaps."""
    return [finding.name for finding in examination.findings if finding.kind == "gap"]


async def examine(directory: Path, raw: bytes = RAW, limits: Limits = LIMITS) -> Examination:
    """One message through a new pool."""
    pool = ScannerPool(str(directory), limits, unreachable_seconds=0.2)
    try:
        return await pool.examine("abc", raw, stored=False)
    finally:
        pool.close()


@pytest.mark.parametrize("play", [answer, answer_slowly])
def test_an_answer_is_the_examination(run: Run, tmp_path: Path, play: Callable[[Visit], None]) -> None:
    """Whole or in pieces."""
    with Stage(tmp_path, "scan", (play,)) as stage:
        examination = run(examine(tmp_path))
    assert (examination.complete, examination.nodes[0].size, examination.timings) == (True, len(RAW), {"scan": 1.0})
    assert [(visit.id, visit.size, visit.stored) for visit in stage.visits] == [("abc", len(RAW), False)]


@pytest.mark.parametrize("play", [die, die_late, talk_on, boast, say(b""), say(b"\xc0")])
def test_a_death_is_tried_again_alone(run: Run, tmp_path: Path, play: Callable[[Visit], None]) -> None:
    """An end without an answer, or nonsense, costs a second attempt on the socket for new scanners."""
    with Stage(tmp_path, "scan", (play,)), Stage(tmp_path, "fresh", (answer,)) as fresh:
        assert run(examine(tmp_path)).complete
    assert len(fresh.visits) == 1


def test_the_second_death_is_remembered(run: Run, tmp_path: Path) -> None:
    """Gap crash; the same message again gets it without a scanner, another message of the same size does not."""

    found: list[Examination] = []

    async def three() -> Examination:
        pool = ScannerPool(str(tmp_path), LIMITS)
        try:
            found.extend([await pool.examine("abc", raw, stored=False) for raw in (RAW, RAW, OTHER)])
        finally:
            pool.close()
        return found[0]

    with Stage(tmp_path, "scan", (die, answer)) as scan, Stage(tmp_path, "fresh", (die,)) as fresh:
        run(three())
    first, second, other = found
    assert (gaps(first), gaps(second), gaps(other)) == (["crash"], ["crash"], [])
    assert (len(scan.visits), len(fresh.visits)) == (2, 1)


def test_memory_of_deadly_messages_is_bounded(tmp_path: Path) -> None:
    """The oldest is forgotten first."""
    pool = ScannerPool(str(tmp_path), LIMITS, remembered=2)
    for size in (1, 1, 2):
        pool._remember(size, os.urandom(32))
    assert (len(pool._deadly), pool._deadly_sizes) == (2, {1: 1, 2: 1})


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_a_lying_scanner_never_says_clean(tmp_path_factory: pytest.TempPathFactory, lie: bytes) -> None:
    """Whatever bytes come instead of an answer: Gap crash."""
    directory = tmp_path_factory.mktemp("lie")
    with Stage(directory, "scan", (say(lie),)), Stage(directory, "fresh", (say(lie),)):
        assert gaps(asyncio.run(examine(directory))) == ["crash"]


def test_the_deadline_is_a_timeout(run: Run, tmp_path: Path) -> None:
    """A scanner that says nothing: Gap timeout, and no second attempt."""
    with Stage(tmp_path, "scan", (wait,)), Stage(tmp_path, "fresh", (answer,)) as fresh:
        assert gaps(run(examine(tmp_path, limits=HURRY))) == ["timeout"]
    assert fresh.visits == []


def test_a_job_that_nobody_took_is_our_failure(run: Run, tmp_path: Path) -> None:
    """The deadline passes in the queue: 451, since nothing is known about the message."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "scan"))
        listener.listen(8)
        with pytest.raises(TemporaryError, match="no scanner was free"):
            run(examine(tmp_path, limits=HURRY))


def test_a_full_queue_is_our_failure(run: Run, tmp_path: Path) -> None:
    """The queue stays full until the deadline: 451."""
    with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
        listener.bind(str(tmp_path / "scan"))
        listener.listen(0)
        first.connect(str(tmp_path / "scan"))
        with pytest.raises(TemporaryError, match="queue"):
            run(examine(tmp_path, limits=HURRY))


def test_a_full_queue_is_waited_for(run: Run, tmp_path: Path) -> None:
    """Room that appears in time is used."""
    with Stage(tmp_path, "scan", (answer,)) as stage:
        others = []
        stage._listener.listen(0)

        async def crowd() -> Examination:
            pool = ScannerPool(str(tmp_path), LIMITS)
            try:
                others.extend(await asyncio.gather(*(pool.examine(str(n), RAW, stored=False) for n in range(20))))
            finally:
                pool.close()
            return others[0]

        run(crowd())
    assert all(examination.complete for examination in others)


def test_no_scanner_at_all_is_our_failure(run: Run, tmp_path: Path) -> None:
    """Nobody listens, or the sockets are not even there: 451 after a while."""
    with pytest.raises(TemporaryError, match="no scanner listens"):
        run(examine(tmp_path))


def test_a_large_message_comes_sealed(run: Run, tmp_path: Path) -> None:
    """Above 64 KiB a memfd is handed over: readable, sealed, not writable by the scanner; and used again."""
    raw = os.urandom(3 * MIB)
    seen: list[tuple[int, bytes, int]] = []

    def look(visit: Visit) -> None:
        with mmap.mmap(visit.descriptor, visit.request.size, prot=mmap.PROT_READ) as mapped:
            seals = fcntl.fcntl(visit.descriptor, fcntl.F_GET_SEALS)
            seen.append((seals, mapped[:], os.fstat(visit.descriptor).st_ino))
        with pytest.raises(PermissionError):
            mmap.mmap(visit.descriptor, visit.request.size)
        answer(visit)

    async def twice() -> Examination:
        pool = ScannerPool(str(tmp_path), LIMITS)
        try:
            await pool.examine("a", raw, stored=False)
            return await pool.examine("b", raw[::-1], stored=False)
        finally:
            pool.close()

    with Stage(tmp_path, "scan", (look,)):
        run(twice())
    assert [(seals & SEALS, data) for seals, data, _ in seen] == [(SEALS, raw), (SEALS, raw[::-1])]
    assert seen[0][2] == seen[1][2]


def test_an_arena_that_may_be_read_is_never_used_again(run: Run, tmp_path: Path) -> None:
    """After a timeout the scanner may still look at it."""
    raw = bytes(MIB)
    inodes: list[int] = []

    def note(visit: Visit) -> None:
        inodes.append(os.fstat(visit.descriptor).st_ino)
        wait(visit)

    async def twice() -> Examination:
        pool = ScannerPool(str(tmp_path), HURRY)
        try:
            await pool.examine("a", raw, stored=False)
            return await pool.examine("b", raw, stored=False)
        finally:
            pool.close()

    with Stage(tmp_path, "scan", (note,)):
        run(twice())
    assert len(set(inodes)) == 2


@pytest.mark.parametrize("size", [len(RAW), MIB])
def test_cancelling_leaves_nothing_behind(run: Run, tmp_path: Path, size: int) -> None:
    """A session that ends takes its connection and descriptors with it."""
    taken: list[Callable[[], object]] = []

    def hold(visit: Visit) -> None:
        taken[0]()
        wait(visit)

    async def cancel() -> Examination:
        pool = ScannerPool(str(tmp_path), LIMITS)
        event, loop = asyncio.Event(), asyncio.get_running_loop()
        taken.append(lambda: loop.call_soon_threadsafe(event.set))
        task = loop.create_task(pool.examine("a", RAW.ljust(size), stored=False))
        await event.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        pool.close()
        return Examination(())

    before = len(os.listdir("/proc/self/fd"))
    with Stage(tmp_path, "scan", (hold,)):
        run(cancel())
    assert len(os.listdir("/proc/self/fd")) == before
