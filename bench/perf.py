"""`--perf ROLE`: the functions in which processes of one role spend their time, by Linux's perf where it is there.

Samples the processor clock, so that it needs no hardware counters. Sees C and the kernel; Python functions only from
3.12 on and with PYTHONPERFSUPPORT set.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

FREQUENCY = 499
SHOWN = 30
_SECONDS = 60.0
_FUNCTION = re.compile(r"\s*(\d+\.\d+%)\s+(\S+)\s+\[.\]\s+(.*?)(?:\s+-)*\s*$")


def available() -> bool:
    """perf is installed."""
    return shutil.which("perf") is not None


class Recording:
    """perf record on `pids` from entering to leaving; afterwards `hottest` tells what was seen."""

    def __init__(self, pids: Sequence[int], file: Path) -> None:
        self._file = file
        self._command = ["perf", "record", "-q", "-e", "cpu-clock", "-F", str(FREQUENCY), "-o", str(file)]
        self._command += ["-p", ",".join(map(str, pids))]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Recording:
        self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def hottest(self) -> list[str]:
        """One line for each of the hottest functions: share, file, name. RuntimeError when perf could not read it."""
        done = subprocess.run(
            ["perf", "report", "-i", str(self._file), "--stdio", "--no-children", "-s", "dso,symbol"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"perf report ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return functions(done.stdout.decode(errors="replace"))


def functions(text: str) -> list[str]:
    """The first lines of a perf report that name functions, without its empty columns."""
    found = (_FUNCTION.match(line) for line in text.splitlines())
    return [f"{line[1]:>7}  {line[2]}  {line[3]}" for line in found if line is not None][:SHOWN]
