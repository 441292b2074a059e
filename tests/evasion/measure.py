"""What a mail costs: processor time and memory of the first pass, of the scanner and of the children that it forks.

Read from /proc (Linux): `utime` and `stime` of every process below this one, ended children included, and the height of
resident memory, which is set back for each mail. Children live for milliseconds: their memory is looked at every
PAUSE seconds, as long as they live.
"""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
PAUSE = 0.002
KIB = 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of processor time, bytes of memory."""

    seconds: float
    memory: int


class Meter:
    """Measures one mail after the other; everything below this process belongs to it."""

    def __init__(self) -> None:
        """Find the scanner and its zygote."""
        self._lasting = _below(os.getpid())
        self._children = 0
        self._stop = threading.Event()
        self._watch = threading.Thread(target=self._look, name="memory", daemon=True)
        self._watch.start()
        self._began = 0.0
        self._own = 0.0

    def begin(self) -> None:
        """From here on."""
        if any(not (PROC / str(pid)).exists() for pid in self._lasting):
            self._lasting = _below(os.getpid())
        for pid in self._lasting:
            with suppress(OSError):
                (PROC / str(pid) / "clear_refs").write_text("5")
        self._children = 0
        self._began = sum(map(_seconds, self._lasting))
        self._own = time.thread_time()

    def end(self) -> Cost:
        """Up to here."""
        seconds = sum(map(_seconds, self._lasting)) - self._began + time.thread_time() - self._own
        return Cost(seconds, max(map(_height, self._lasting), default=0) + self._children)

    def close(self) -> None:
        """Look no longer."""
        self._stop.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._stop.wait(PAUSE):
            for zygote in self._lasting:
                for child in _children(zygote):
                    if child not in self._lasting:
                        self._children = max(self._children, _height(child))


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()]
    return []


def _below(pid: int) -> list[int]:
    """All descendants of a process."""
    found, work = [], [pid]
    while work:
        for stat in PROC.glob("[0-9]*/stat"):
            with suppress(OSError):
                if int(stat.read_text().rpartition(")")[2].split()[1]) == work[0]:
                    found.append(int(stat.parent.name))
                    work.append(found[-1])
        work.pop(0)
    return found


def _seconds(pid: int) -> float:
    """Processor time of a process and of its children that ended."""
    with suppress(OSError):
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / TICK
    return 0.0


def _height(pid: int) -> int:
    with suppress(OSError):
        for line in (PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KIB
    return 0
