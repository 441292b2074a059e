"""Real scanner processes under real lock-down: deaths, hangs and lies cost one message and nothing beside it."""

from __future__ import annotations

import asyncio
import base64
import io
import os
import select
import signal
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from bartizan.model.errors import ConfigError, TemporaryError
from bartizan.model.limits import MIB, Limits
from bartizan.model.message import Examination
from bartizan.sandbox.walls import missing_walls
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import ScannerProcesses
from scanner.conftest import LIMITS, OBEDIENT, Start

T = TypeVar("T")

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")

STUBBORN = """
import signal, sys
from bartizan.scanner.settings import from_argument
from bartizan.scanner.slot import Slot
Slot(from_argument(sys.argv[1]).slot).set_ready()
signal.pause()
"""
"""Code of a scanner that says that it is ready, and never does anything again."""
PATIENT = Limits(soft_seconds=20.0, hard_seconds=30.0)


def mail(subject: str, body: bytes = b"hello") -> bytes:
    """A plain mail."""
    return b"Subject: %s\r\n\r\n%s\r\n" % (subject.encode(), body)


def with_attachment(name: str, content: bytes) -> bytes:
    """A mail that is one attachment."""
    head = f'Subject: files\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)


def resident(pid: int) -> int:
    """Bytes of memory that a process has now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def during(processes: ScannerProcesses, act: Callable[[ScannerPool], Awaitable[T]], limits: Limits = LIMITS) -> T:
    """Run `act` with a pool, while the processes are looked after."""

    async def look_after() -> None:
        while True:
            processes.tick()
            await asyncio.sleep(0.01)

    async def everything() -> T:
        pool = ScannerPool(processes.directory, limits)
        ticking = asyncio.get_running_loop().create_task(look_after())
        try:
            return await asyncio.wait_for(act(pool), 30)
        finally:
            ticking.cancel()
            pool.close()

    return asyncio.run(everything())


def examine(processes: ScannerProcesses, *raws: bytes, limits: Limits = LIMITS) -> Sequence[Examination]:
    """All of `raws` at once."""

    async def act(pool: ScannerPool) -> Sequence[Examination]:
        return await asyncio.gather(*(pool.examine(f"m{n}", raw, stored=False) for n, raw in enumerate(raws)))

    return during(processes, act, limits)


def gaps(examination: Examination) -> list[tuple[str, str]]:
    """Gap reasons and where."""
    return [(finding.name, finding.part) for finding in examination.findings if finding.kind == "gap"]


def test_a_message_is_looked_into(start: Start) -> None:
    """Two levels of archives, with EICAR at the bottom, through the real walls."""
    eicar = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a/eicar.com", eicar)
    outer = io.BytesIO()
    with tarfile.open(fileobj=outer, mode="w:gz") as tar:
        info = tarfile.TarInfo("inner.zip")
        info.size = len(inner.getvalue())
        tar.addfile(info, io.BytesIO(inner.getvalue()))
    (examination,) = examine(start(1, PATIENT), with_attachment("b.tar.gz", outer.getvalue()), limits=PATIENT)
    assert gaps(examination) == []
    bottom = "1/b.tar.gz!/b.tar!/inner.zip!/a/eicar.com"
    assert bottom in [node.path for node in examination.nodes]
    assert [f.name for f in examination.findings if f.kind == "signature" and f.part == bottom] != []
    assert examination.timings["unpack"] > 0


def test_a_large_message_is_looked_into(start: Start) -> None:
    """Through shared memory."""
    (examination,) = examine(start(1, PATIENT), mail("large", b"x\r\n" * MIB), limits=PATIENT)
    assert (gaps(examination), examination.nodes[0].size) == ([], 3 * MIB + 20)


def test_walls_stand_in_the_running_processes(start: Start) -> None:
    """The kernel itself says that scanner and zygote are filtered and can gain nothing."""
    (scanner,) = start(1).process_ids()
    children = Path(f"/proc/{scanner}/task/{scanner}/children").read_text().split()
    assert len(children) == 1
    for pid in (scanner, int(children[0])):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        status = dict(line.split(":\t", 1) for line in lines)
        assert (status["Seccomp"], status["NoNewPrivs"], int(status["CapEff"], 16)) == ("2", "1", 0)


def test_death_costs_one_message(start: Start, log: list[str]) -> None:
    """Twenty others that travel with it are examined; the scanners are as many as before."""
    processes = start(2, PATIENT)
    before = processes.process_ids()
    deadly, *others = examine(processes, mail("die"), *(mail(f"good {n}") for n in range(20)), limits=PATIENT)
    assert gaps(deadly) == [("crash", "message")]
    assert [gaps(other) for other in others] == [[]] * 20
    assert processes.restarts >= 1
    assert len(processes.process_ids()) == 2
    assert processes.process_ids() != before
    assert any("killed by SIGSYS" in line for line in log)


def test_jobs_in_the_queue_survive_a_restart(start: Start) -> None:
    """With a single scanner, everything behind the deadly message waits for its successor."""
    mails = mail("leave"), *(mail(f"good {n}") for n in range(20))
    deadly, *others = examine(start(1, PATIENT), *mails, limits=PATIENT)
    assert gaps(deadly) == [("crash", "message")]
    assert [gaps(other) for other in others] == [[]] * 20


def test_a_hanging_message_is_killed(start: Start, log: list[str]) -> None:
    """At the hard deadline: Gap timeout, the scanner is replaced, the next message is examined."""
    processes = start(1)
    (hanging,) = examine(processes, mail("hang"))
    assert gaps(hanging) == [("timeout", "message")]
    (other,) = examine(processes, mail("good"), limits=PATIENT)
    assert gaps(other) == []
    assert any("more than 2.5 s" in line for line in log)


def test_a_detector_that_fails_costs_its_node(start: Start, log: list[str]) -> None:
    """A Gap, a traceback for us, and the scanner goes on."""
    processes = start(1, PATIENT)
    before = processes.process_ids()
    failed, starved, other = examine(processes, mail("raise"), mail("eat"), mail("good"), limits=PATIENT)
    assert (gaps(failed), gaps(starved), gaps(other)) == ([("crash", "message")], [("crash", "message")], [])
    assert processes.process_ids() == before
    processes.tick()
    assert any("RuntimeError: told to" in line for line in log)
    assert any("MemoryError" in line for line in log)


@pytest.mark.parametrize("lie", [b"", b"HEAD", b"HEAD\x86", b"\xff\xff\xff\xff" + bytes(100), b"HEAD" + bytes(300)])
def test_a_lying_scanner_is_a_crash(start: Start, lie: bytes) -> None:
    """From the running process, too."""
    liar, other = examine(start(1, PATIENT), mail(f"lie {lie.hex()}"), mail("good"), limits=PATIENT)
    assert (gaps(liar), gaps(other)) == ([("crash", "message")], [])


def test_scanners_are_renewed(start: Start) -> None:
    """After so many jobs each is replaced, and no message notices."""
    processes = start(1, PATIENT, recycle_jobs=3)
    before = processes.process_ids()

    async def act(pool: ScannerPool) -> list[Examination]:
        found: list[Examination] = []
        while len(found) < 12 or processes.process_ids() == before:
            found.append(await pool.examine("m", mail("good"), stored=False))
        return found

    assert all(examination.complete for examination in during(processes, act, PATIENT))
    assert len(processes.process_ids()) == 1


def test_large_scanners_are_renewed(start: Start) -> None:
    """Above a size each is replaced, too."""
    processes = start(1, PATIENT, recycle_bytes=1)
    before = processes.process_ids()

    async def act(pool: ScannerPool) -> None:
        while processes.process_ids() == before:
            await pool.examine("m", mail("good"), stored=False)

    during(processes, act, PATIENT)


def test_memory_is_given_back(start: Start) -> None:
    """What a large message took is not held while small ones follow."""
    processes = start(1, PATIENT)
    examine(processes, mail("small"))
    [pid] = processes.process_ids()
    before = resident(pid)
    [examination] = examine(processes, with_attachment("a.bin", bytes(24 * MIB)), limits=PATIENT)
    assert examination.nodes[-1].size == 24 * MIB
    examine(processes, mail("small"))
    assert resident(pid) - before < 8 * MIB


def test_a_retried_message_never_waits_for_a_death(start: Start) -> None:
    """When all scanners have served already, one is renewed for it."""
    processes = start(1, PATIENT)

    async def act(pool: ScannerPool) -> Examination:
        await pool.examine("first", mail("good"), stored=False)
        pool._paths["scan"] = pool._paths["fresh"]
        return await pool.examine("retried", mail("good"), stored=False)

    assert during(processes, act, PATIENT).complete


def test_retried_messages_outlive_all_scanners(start: Start) -> None:
    """All scanners die while a retried message waits: their successors take it."""
    processes = start(2, PATIENT)

    async def act(pool: ScannerPool) -> Examination:
        pool._paths["scan"] = pool._paths["fresh"]
        for pid in processes.process_ids():
            os.kill(pid, signal.SIGKILL)
        return await pool.examine("retried", mail("good"), stored=False)

    assert during(processes, act, PATIENT).complete


def test_one_that_does_not_go_is_killed(start: Start, log: list[str]) -> None:
    """A scanner that was taken over does not decide how long it lives, nor how long its generation does."""
    limits = Limits(soft_seconds=0.05, hard_seconds=0.1)
    processes = start(1, limits, program=(sys.executable, "-P", "-c", STUBBORN))
    processes.retire()
    end = time.monotonic() + 30
    while not processes.gone:
        assert time.monotonic() < end
        processes.tick()
    assert any("did not end when it was asked to" in line for line in log)


def test_stopping_leaves_nothing(start: Start) -> None:
    """Processes, sockets and directory are gone."""
    processes = start(2)
    before = processes.process_ids()
    processes.stop()
    assert not Path(processes.directory).exists()
    assert [Path(f"/proc/{pid}").exists() for pid in before] == [False, False]


def test_scanners_end_with_their_parent(bundle: str) -> None:
    """A parent that is killed takes scanners and zygotes with it."""
    program = f"""if True:
        import signal, sys
        sys.path.insert(0, {str(Path(__file__).parent.parent)!r})
        from scanner.conftest import LIMITS, OBEDIENT, ScannerProcesses, Mode
        processes = ScannerProcesses({bundle!r}, LIMITS, count=1, sandbox=Mode.REQUIRED, log=print, program=OBEDIENT)
        processes.start()
        print(processes.process_ids()[0], processes.directory, flush=True)
        signal.pause()
    """
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        scanner, directory = parent.stdout.readline().split()
        pidfds = [os.pidfd_open(int(scanner)), *map(os.pidfd_open, _children(int(scanner)))]
        parent.kill()
    for pidfd in pidfds:
        _wait_for_end(pidfd)
    assert len(pidfds) == 2
    for name in os.listdir(directory):
        os.unlink(os.path.join(directory, name))
    os.rmdir(directory)


def test_a_scanner_that_cannot_start_says_why(start: Start) -> None:
    """What it wrote to stderr is in the error."""
    with pytest.raises(TemporaryError, match=r"phrases\.bin"):
        start(1, program=(*OBEDIENT[:2], "-c", _WITHOUT_BUNDLE))


def test_a_sandbox_that_cannot_be_had_is_a_configuration_error(start: Start) -> None:
    """`required` on a kernel without walls: nothing starts."""
    with pytest.raises(ConfigError, match="lacks seccomp"):
        start(1, program=(*OBEDIENT[:2], "-c", _WITHOUT_WALLS))


def test_deaths_at_the_start_are_paced(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scanner that dies again and again before it is ready is not started again at once."""
    processes = start(1)
    processes._program = (sys.executable, "-c", "raise SystemExit(1)")
    os.kill(processes.process_ids()[0], signal.SIGKILL)
    failed = threading.Event()
    pause = processes._pause

    def note() -> None:
        pause()
        if processes._failures == 3:
            failed.set()

    monkeypatch.setattr(processes, "_pause", note)

    async def act(pool: ScannerPool) -> None:
        await asyncio.get_running_loop().run_in_executor(None, failed.wait, 20)

    during(processes, act)
    assert processes.restarts == 3


def test_a_scanner_that_cannot_be_started_now_is_started_later(start: Start, log: list[str]) -> None:
    """A system without room (here: without the program) costs a pause, not the parent."""
    processes = start(1, PATIENT)
    program, processes._program = processes._program, ("/nonexistent/python",)
    os.kill(processes.process_ids()[0], signal.SIGKILL)

    async def act(pool: ScannerPool) -> Examination:
        while not any("cannot be started now" in line for line in log):
            await asyncio.get_running_loop().run_in_executor(None, os.sched_yield)
        processes._program = program
        return await pool.examine("m", mail("good"), stored=False)

    assert during(processes, act, PATIENT).complete


def test_nothing_is_left_of_one_that_cannot_be_watched(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs, but there is no descriptor for it: it is ended, and everything made for it is closed."""
    processes = start(1)
    before = len(os.listdir("/proc/self/fd"))
    children = _children(os.getpid())

    def none_left(pid: int) -> int:
        raise OSError("too many open files")

    with monkeypatch.context() as full:
        full.setattr("bartizan.scanner.process.os.pidfd_open", none_left)
        with pytest.raises(OSError, match="too many"):
            processes._spawn()
    assert len(os.listdir("/proc/self/fd")) == before
    assert _children(os.getpid()) == children


def test_none_is_left_when_one_cannot_be_started(start: Start) -> None:
    """The error says what is missing."""
    with pytest.raises(TemporaryError, match="/nonexistent/python"):
        start(2, program=("/nonexistent/python",))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _wait_for_end(pidfd: int) -> None:
    waiting = select.poll()
    waiting.register(pidfd, select.POLLIN)
    assert waiting.poll(10_000)
    os.close(pidfd)


_WITHOUT_BUNDLE = """if True:
    import sys
    from dataclasses import replace
    from bartizan.scanner import settings, worker
    told = settings.from_argument(sys.argv[1])
    sys.exit(worker.main([settings.to_argument(replace(told, bundle="/nonexistent"))]))
"""
_WITHOUT_WALLS = """if True:
    import sys
    from bartizan.sandbox import seccomp
    from bartizan.scanner import worker
    seccomp.available = lambda: False
    sys.exit(worker.main(sys.argv[1:]))
"""
