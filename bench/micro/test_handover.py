"""Hand-over of a message to a scanner and back: 5 kB over a Unix socket, 1 MB through shared memory, 32 in flight.

The scanner is a real one, locked down, with no detectors, so that what is timed is the way there and back and reading
the MIME structure. Every answer is checked. `cpu_us` in the extra information is processor time for each message here,
and `scanner_us` that of the scanner.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvloop
from pytest_benchmark.fixture import BenchmarkFixture

from bartizan.detect import phrases
from bartizan.model.limits import KIB, MIB, Limits
from bartizan.model.message import Examination
from bartizan.sandbox.lockdown import Mode
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import ScannerProcesses

IN_FLIGHT = 32
PROGRAM = "import sys; from bartizan.scanner import worker; sys.exit(worker.main(sys.argv[1:], lambda directory: ()))"


@pytest.fixture(scope="module")
def scanners(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScannerProcesses]:
    """One scanner without detectors."""
    bundle = tmp_path_factory.mktemp("bundle")
    phrases.build((), bundle / "phrases.bin")
    processes = ScannerProcesses(
        str(bundle),
        Limits(),
        count=1,
        sandbox=Mode.BEST_EFFORT,
        log=print,
        program=(sys.executable, "-P", "-c", PROGRAM),
    )
    processes.start()
    yield processes
    processes.stop()


def mail(size: int) -> bytes:
    """A plain mail of about that size."""
    return b"Subject: hand-over\r\n\r\n" + b"The quick brown fox jumps over the lazy dog.\r\n" * (size // 46)


def processor_seconds(pid: int) -> float:
    """Processor time that a process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@pytest.mark.parametrize(("size", "count"), [(5 * KIB, 640), (MIB, 64)], ids=["5kB", "1MB"])
def test_handover(benchmark: BenchmarkFixture, scanners: ScannerProcesses, size: int, count: int) -> None:
    """`count` messages there and back."""
    raw = mail(size)
    loop = uvloop.new_event_loop()
    (scanner,) = scanners.process_ids()

    async def some(pool: ScannerPool) -> list[Examination]:
        return [await pool.examine(f"m{number}", raw, stored=False) for number in range(count // IN_FLIGHT)]

    async def everything(pool: ScannerPool) -> list[Examination]:
        found = await asyncio.gather(*(some(pool) for _ in range(IN_FLIGHT)))
        return [examination for examinations in found for examination in examinations]

    async def open_pool() -> ScannerPool:
        return ScannerPool(scanners.directory, Limits())

    async def close(pool: ScannerPool) -> None:
        pool.close()

    pool = loop.run_until_complete(open_pool())
    timed = _Timed(lambda: loop.run_until_complete(everything(pool)), scanner)
    try:
        benchmark.pedantic(timed, rounds=5, warmup_rounds=1)
    finally:
        loop.run_until_complete(close(pool))
        loop.close()
    assert len(timed.found) == count
    assert all(e.complete and [node.size for node in e.nodes[:1]] == [len(raw)] for e in timed.found)
    benchmark.extra_info["cpu_us"] = round(min(timed.here) / count * 1e6, 1)
    benchmark.extra_info["scanner_us"] = round(min(timed.there) / count * 1e6, 1)


class _Timed:
    """Calls `act`, and keeps what it returned and what it cost on both sides."""

    def __init__(self, act: Callable[[], list[Examination]], scanner: int) -> None:
        self.found: list[Examination] = []
        self.here: list[float] = []
        self.there: list[float] = []
        self._act = act
        self._scanner = scanner

    def __call__(self) -> None:
        """One round."""
        here, there = time.process_time(), processor_seconds(self._scanner)
        self.found = self._act()
        self.here.append(time.process_time() - here)
        self.there.append(processor_seconds(self._scanner) - there)
