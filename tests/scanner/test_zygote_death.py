"""A zygote that is killed costs its scanner, and no message anything."""

from __future__ import annotations

import io
import os
import signal
import time
import zipfile
from pathlib import Path

import pytest

from bartizan.sandbox.walls import missing_walls
from bartizan.scanner.processes import ScannerProcesses
from scanner.conftest import Start
from scanner.test_processes import PATIENT, examine, gaps, with_attachment

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")


def zygotes(processes: ScannerProcesses) -> list[int]:
    """The scanners' children."""
    found = []
    for pid in processes.process_ids():
        found += [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found


def zipped(size: int) -> bytes:
    """A mail with a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(size))
    return with_attachment("a.zip", packed.getvalue())


def test_an_idle_scanner_notices(start: Start) -> None:
    """It ends at once and is replaced: no container is handed to nobody."""
    processes = start(1, PATIENT)
    (old,) = processes.process_ids()
    (zygote,) = zygotes(processes)
    os.kill(zygote, signal.SIGKILL)
    end = time.monotonic() + 10
    while processes.process_ids() == (old,):
        assert time.monotonic() < end
        processes.tick()
    (examination,) = examine(processes, zipped(1000), limits=PATIENT)
    assert gaps(examination) == []


def test_a_message_that_meets_a_dead_zygote_is_examined_elsewhere(start: Start) -> None:
    """The next container right after the kill is opened all the same, by another scanner."""
    processes = start(1, PATIENT)
    (zygote,) = zygotes(processes)
    os.kill(processes.process_ids()[0], signal.SIGSTOP)
    os.kill(zygote, signal.SIGKILL)
    os.kill(processes.process_ids()[0], signal.SIGCONT)
    (examination,) = examine(processes, zipped(1000), limits=PATIENT)
    assert gaps(examination) == []
