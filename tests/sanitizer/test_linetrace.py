"""The build for coverage does trace lines. Run by `make asan`, with the other build that is made apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
CALL = """
import sys
seen = set()
def trace(frame, event, value):
    seen.add((frame.f_code.co_filename.rpartition("/")[2], event, frame.f_lineno))
    return trace
import traced
sys.settrace(trace)
traced.twice(4)
sys.settrace(None)
print(("traced.pyx", "line", 4) in seen)
"""

pytestmark = pytest.mark.sanitizer


def test_lines_are_traced(tmp_path: Path) -> None:
    """A module built with BARTIZAN_LINETRACE tells Python's trace function which of its lines run."""
    (tmp_path / "src/_core").mkdir(parents=True)
    (tmp_path / "src/_core/traced.pyx").write_text('"""Traced."""\n\ndef twice(int number):\n    return 2 * number\n')
    shutil.copy(ROOT / "setup.py", tmp_path)
    plain = {"PATH": os.environ["PATH"], "BARTIZAN_LINETRACE": "1"}
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_ext"], cwd=tmp_path, env=plain, check=True)
    place = {**plain, "PYTHONPATH": str(tmp_path / "build/trace/lib/bartizan/_core")}
    told = subprocess.run([sys.executable, "-c", CALL], env=place, capture_output=True, text=True, check=True)
    assert told.stdout == "True\n"
