"""What the scanner tests share: a bundle, and running scanners that obey their messages."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from bartizan.detect import attachments, phrases, signatures
from bartizan.model.limits import Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.scanner.processes import ScannerProcesses

OBEDIENT = (sys.executable, "-P", str(Path(__file__).parent / "hostile_worker.py"))
LIMITS = Limits(soft_seconds=1.0, hard_seconds=2.0)

Start = Callable[..., ScannerProcesses]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bundle with one phrase, the shipped rules and the shipped lists of attachments."""
    place = tmp_path_factory.mktemp("bundle")
    listed = place / "phrases.txt"
    listed.write_text("xyzzy unknown phrase\n")
    phrases.build((listed,), place / "phrases.bin")
    signatures.compile((Path(str(files("bartizan.detect"))) / "eicar.yar",), place / "signatures.yac", False)
    lists = {"block": sorted(attachments.BLOCK), "report": sorted(attachments.REPORT)}
    (place / "attachments.json").write_text(json.dumps(lists))
    return str(place)


@pytest.fixture
def log() -> list[str]:
    """What scanners and their parent said."""
    return []


@pytest.fixture
def start(bundle: str, log: list[str]) -> Iterator[Start]:
    """Starts scanners that obey their messages, with small limits; stops them afterwards."""
    running: list[ScannerProcesses] = []

    def begin(count: int, limits: Limits = LIMITS, **options: object) -> ScannerProcesses:
        chosen = {"program": OBEDIENT, "sandbox": Mode.REQUIRED, "log": log.append, **options}
        processes = ScannerProcesses(bundle, limits, count=count, **chosen)  # type: ignore[arg-type]
        running.append(processes)
        processes.start()
        return processes

    yield begin
    for processes in running:
        processes.stop(seconds=0.0)
