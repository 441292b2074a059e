"""Peak memory of a gateway while it is under load: proportional set sizes (PSS), added up for each role.

A thread looks at all processes every two seconds: reading a process's maps costs the kernel time, so it is not done
often. Pages that several processes share count once. Processes that may not be dumped can be read by root alone; a
role that could not be read is named, never counted as 0.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import PROC, tree

EVERY = 2.0
"""Seconds between two looks."""
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


@dataclass(slots=True)
class Peak:
    """The most seen at one time, in bytes: all together, and each role at its own peak."""

    total: int = 0
    roles: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    """Roles of which at least one process could not be read; they are missing in the total."""


def pss(text: str) -> int:
    """The bytes in the text of an smaps_rollup; ValueError when there are none."""
    found = _PSS.search(text)
    if found is None:
        raise ValueError("no Pss line")
    return int(found[1]) * 1024


class Watch:
    """Samples the tree below `root` from entering to leaving; then `peak` is what was seen."""

    def __init__(self, root: int, every: float = EVERY, proc: Path = PROC) -> None:
        self.peak = Peak()
        self._root = root
        self._every = every
        self._proc = proc
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self.look()

    def look(self) -> None:
        """One sample."""
        now: dict[str, int] = {}
        for one in tree(self._root, self._proc).values():
            try:
                size = pss((self._proc / str(one.pid) / "smaps_rollup").read_text())
            except ProcessLookupError:
                continue
            except (OSError, ValueError):
                if (self._proc / str(one.pid)).exists() and one.role not in self.peak.unreadable:
                    self.peak.unreadable.append(one.role)
                continue
            now[one.role] = now.get(one.role, 0) + size
        self.peak.total = max(self.peak.total, sum(now.values()))
        for role, size in now.items():
            self.peak.roles[role] = max(self.peak.roles.get(role, 0), size)

    def _run(self) -> None:
        while not self._end.wait(self._every):
            self.look()
