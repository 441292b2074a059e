"""The sanitized core is what runs, and the sanitizers do see what they are for. Run by `make asan`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan._core import automaton, lines, mime, stream, text, transfer

ROOT = Path(__file__).resolve().parent.parent.parent
LIB = ROOT / "build/asan/lib/bartizan/_core"
WRONG = """
from libc.stdlib cimport free, malloc

def read(int size, int index):
    cdef unsigned char* block = <unsigned char*>malloc(size)
    block[0] = 1
    cdef int found = block[index]
    free(block)
    return found

def shift(int count):
    return 1 << count

def over(bytes data, int index):
    cdef const unsigned char* start = data
    return start[index]
"""

pytestmark = pytest.mark.sanitizer


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a module that reads where it is told to, built as the core is."""
    place = tmp_path_factory.mktemp("wrong")
    (place / "src/_core").mkdir(parents=True)
    (place / "src/_core/wrong.pyx").write_text(f'"""Wrong."""\n{WRONG}')
    shutil.copy(ROOT / "setup.py", place)
    quiet = {"PATH": os.environ["PATH"], "BARTIZAN_SANITIZE": os.environ["BARTIZAN_SANITIZE"]}
    subprocess.run([sys.executable, "setup.py", "--quiet", "build_ext"], cwd=place, env=quiet, check=True)
    return place / "build/asan/lib/bartizan/_core"


def run(wrong: Path, call: str) -> subprocess.CompletedProcess[str]:
    """A Python that imports the wrong module and makes one call, under the sanitizers of this process."""
    environment = {**os.environ, "PYTHONPATH": str(wrong)}
    command = [sys.executable, "-c", f"import wrong; {call}"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", [automaton, lines, mime, stream, text, transfer])
def test_the_sanitized_core_runs(module: object) -> None:
    """What the other tests of this run import is the sanitized build."""
    assert Path(str(module.__file__)).parent == LIB  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("call", "report"),
    [
        ("wrong.read(16, 16)", "heap-buffer-overflow"),
        ("wrong.read(16, -1)", "heap-buffer-overflow"),
        ("wrong.over(b'x' * 100, 101 + 33)", "heap-buffer-overflow"),
    ],
)
def test_a_read_out_of_bounds_is_seen(wrong: Path, call: str, report: str) -> None:
    """A byte beyond a block of malloc, or of a bytes object, ends the process with a report."""
    ended = run(wrong, call)
    assert ended.returncode == -6
    assert report in ended.stderr


def test_undefined_behaviour_is_seen(wrong: Path) -> None:
    """So does an operation that C leaves undefined."""
    ended = run(wrong, "wrong.shift(99)")
    assert ended.returncode == -6
    assert "runtime error: shift exponent 99" in ended.stderr


def test_what_is_right_is_no_finding(wrong: Path) -> None:
    """The same module read within its bounds: nothing is said."""
    ended = run(wrong, "assert wrong.read(16, 0) == 1; assert wrong.over(b'ab', 2) == 0; assert wrong.shift(3) == 8")
    assert (ended.returncode, ended.stderr) == (0, "")
