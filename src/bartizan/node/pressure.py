"""How much of its memory the container, or else the host, has in use: read from files that were opened before a
process is locked down, since afterwards none can be.

cgroup v2: memory.current and memory.max of the own group and of those around it, the fullest counts; what the kernel
could give back at once (inactive files) is not in use. Without a limit: MemAvailable of /proc/meminfo.
Not here: what follows from it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_KIB = 1024
_TOTAL = re.compile(rb"^MemTotal: *(\d+) kB", re.M)
_AVAILABLE = re.compile(rb"^MemAvailable: *(\d+) kB", re.M)
_INACTIVE = re.compile(rb"^inactive_file (\d+)$", re.M)


class Pressure:
    """Made before the lock-down."""

    def __init__(self, root: Path = _ROOT, proc: Path = Path("/proc")) -> None:
        self._groups: list[tuple[int, int, int]] = []
        group = _own_group(root, proc)
        while group is not None:
            with suppress(OSError):
                self._groups.append(_opened(group))
            group = group.parent if group != root else None
        try:
            self._host = os.open(proc / "meminfo", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            self._host = -1

    def share(self) -> float:
        """In use, from 0.0 to 1.0; 0.0 where nothing can be read."""
        shares = [share for group in self._groups if (share := _share_of(group)) is not None]
        host = self._share_of_host()
        return max((*shares, host)) if shares or host else 0.0

    def close(self) -> None:
        """Give the files back."""
        for descriptor in (*(one for group in self._groups for one in group), self._host):
            if descriptor >= 0:
                os.close(descriptor)
        self._groups, self._host = [], -1

    def _share_of_host(self) -> float:
        text = _read(self._host)
        total, available = _TOTAL.search(text), _AVAILABLE.search(text)
        if total is None or available is None or not int(total[1]):
            return 0.0
        return 1.0 - int(available[1]) / int(total[1])


def _own_group(root: Path, proc: Path) -> Path | None:
    """The folder of this process's group; None where there are no groups of version 2."""
    try:
        lines = (proc / "self/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("0::"):
            return root / line[3:].lstrip("/")
    return None


def _opened(group: Path) -> tuple[int, int, int]:
    descriptors: list[int] = []
    try:
        for name in ("memory.current", "memory.max", "memory.stat"):
            descriptors.append(os.open(group / name, os.O_RDONLY | os.O_CLOEXEC))
    except OSError:
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    return descriptors[0], descriptors[1], descriptors[2]


def _share_of(group: tuple[int, int, int]) -> float | None:
    """Of one group; None for one without a limit."""
    current, most, stat = map(_read, group)
    if not most.strip().isdigit() or not current.strip().isdigit() or not int(most):
        return None
    inactive = _INACTIVE.search(stat)
    used = int(current) - (int(inactive[1]) if inactive else 0)
    return min(1.0, max(0.0, used / int(most)))


def _read(descriptor: int) -> bytes:
    with suppress(OSError):
        return os.pread(descriptor, 16 * _KIB, 0)
    return b""
