"""A lying scanner: whatever it says, smtpd gets an examination that is one, or a Gap, and never an exception."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bartizan.model.finding import Finding, Kind
from bartizan.model.limits import MIB, Limits
from bartizan.model.message import Examination, Node
from bartizan.observe import codec
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.protocol import ANOMALIES, FINDINGS, NODES, TIMINGS, ScanRequest, decode_answer
from bartizan.scanner.slot import Slot
from scanner.liar import HONEST_WAYS, Lie, act, crowded, honest, lies, nested, ways
from scanner.stage import Stage, Visit

REQUEST = ScanRequest("abc", 20, False)
RAW = b"Subject: x\r\n\r\nhello\r\n"
LIMITS = Limits(soft_seconds=1.0, hard_seconds=20.0)


def assert_sound(examination: Examination, size: int) -> None:
    """Of the types that policy and log expect, within the bounds that they count on."""
    assert all(type(finding) is Finding and type(finding.kind) is Kind for finding in examination.findings)
    assert all(math.isfinite(finding.score) and finding.score >= 0 for finding in examination.findings)
    assert all(type(node) is Node and type(node.size) is int for node in examination.nodes)
    assert examination.nodes[0].path == "message"
    assert examination.nodes[0].size == size
    assert len(examination.findings) <= FINDINGS + 1
    assert len(examination.nodes) <= NODES
    assert len(examination.anomalies) <= ANOMALIES
    assert len(examination.timings) <= TIMINGS
    assert all(type(text) is str for text in examination.anomalies)
    assert all(math.isfinite(number) for number in examination.timings.values())
    codec.to_json(examination)


@settings(max_examples=400, deadline=None)
@given(lies)
@example(nested(100_000))
def test_an_answer_is_sound_or_refused(lie: Lie) -> None:
    """The first line: nothing but an answer to this request, in every respect, gets through; else ValueError."""
    try:
        examination = decode_answer(lie(REQUEST), REQUEST)
    except ValueError:
        return
    assert_sound(examination, REQUEST.size)


@pytest.mark.parametrize(
    ("field", "entry"),
    [
        ("findings", {"kind": "phrase", "name": "", "part": ""}),
        ("nodes", {"path": "", "names": [], "declared": "", "type": "", "size": 0, "sha256": ""}),
        ("anomalies", ""),
        ("anomalies", "x" * 31),
    ],
)
def test_crowds_are_refused(field: str, entry: object) -> None:
    """As many entries as fit: refused, and what was needed to see that stays below 128 MiB."""
    body = crowded(field, entry)(REQUEST)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="too many entries"):
            decode_answer(body, REQUEST)
        assert tracemalloc.get_traced_memory()[1] < 128 * MIB
    finally:
        tracemalloc.stop()


def truth(visit: Visit) -> None:
    """An honest scanner."""
    HONEST_WAYS[0](visit.connection, codec.pack(honest(visit.request)))


async def both(directory: Path) -> tuple[Examination, Examination]:
    """One message that goes to the liar, and at the same time, over another pool, one that does not."""
    pools = [ScannerPool(str(directory / name), LIMITS, unreachable_seconds=0.2) for name in ("liar", "honest")]
    try:
        first, second = await asyncio.gather(*(pool.examine("abc", RAW, stored=False) for pool in pools))
        return first, second
    finally:
        for pool in pools:
            pool.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(lies, ways), st.tuples(lies, ways))
def test_the_pool_believes_no_lie(
    tmp_path_factory: pytest.TempPathFactory,
    first: tuple[Lie, Callable[[socket.socket, bytes], None]],
    second: tuple[Lie, Callable[[socket.socket, bytes], None]],
) -> None:
    """Two liars in a row: what comes out was claimed by one of them and is sound, or is the Gap `crash`."""
    directory = tmp_path_factory.mktemp("liars")
    for name in ("liar", "honest"):
        (directory / name).mkdir()
    open_before = len(os.listdir("/proc/self/fd"))
    with (
        Stage(directory / "liar", "scan", (act(*first),)),
        Stage(directory / "liar", "fresh", (act(*second),)),
        Stage(directory / "honest", "scan", (truth,)),
    ):
        examination, other = asyncio.run(both(directory))
    assert other.findings == honest(ScanRequest("abc", len(RAW), False)).findings
    claimed = [_claimed(*one) for one in (first, second)]
    believed = next((one for one in claimed if one is not None), None)
    if believed is None:
        assert [(finding.kind, finding.name) for finding in examination.findings] == [(Kind.GAP, "crash")]
    else:
        assert examination == believed
        assert_sound(examination, len(RAW))
    assert len(os.listdir("/proc/self/fd")) <= open_before


def _claimed(lie: Lie, way: Callable[[socket.socket, bytes], None]) -> Examination | None:
    """What this liar may claim; None when it has to be taken for dead."""
    request = ScanRequest("abc", len(RAW), False)
    if way not in HONEST_WAYS:
        return None
    try:
        return decode_answer(lie(request), request)
    except ValueError:
        return None


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=8, max_size=8))
def test_a_page_may_say_anything(cells: list[int]) -> None:
    """The parent reads numbers; it cannot be made to fail, or to be killed by a page that was cut off."""
    descriptor = Slot.create()
    try:
        slot = Slot(descriptor)
        os.pwrite(descriptor, b"".join(cell.to_bytes(8, "little") for cell in cells), 0)
        assert (slot.ready, slot.jobs) == (cells[0] == 1, cells[1])
        assert slot.working_seconds() >= 0.0
        for size in (0, 1 << 20):
            with pytest.raises(PermissionError):
                os.ftruncate(descriptor, size)
        slot.close()
    finally:
        os.close(descriptor)
