"""Looking names up behind the walls of an smtpd, on the real kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.sandbox.walls import missing_walls
from bench.nameserver import NameServer, Way


@pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")
def test_a_confined_smtpd_looks_names_up() -> None:
    """Over UDP and TCP, with failures, time-outs and names of other scripts; no call of the library kills it."""
    with NameServer() as server:
        server.add("a.example", "TXT", '"found"')
        server.add("xn--bcher-kva.example", "TXT", '"books"')
        server.add("cut.example", "TXT", '"over TCP"')
        for name, way in (("cut", Way.TRUNCATED), ("broken", Way.SERVFAIL), ("silent", Way.SILENCE)):
            server.does(f"{name}.example", way)
        names = ["a.example", "bücher.example", "cut.example", "broken.example", "silent.example", "none.example"]
        command = [sys.executable, str(Path(__file__).with_name("locked.py")), server.address, *names]
        done = subprocess.run(command, capture_output=True, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert json.loads(done.stdout) == {
        "a.example": ["found", "found"],
        "bücher.example": ["found", "books"],
        "cut.example": ["found", "over TCP"],
        "broken.example": ["failed"],
        "silent.example": ["failed"],
        "none.example": ["none"],
    }
