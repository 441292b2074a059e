"""Which processes a gateway consists of, and what each role has used of the processors.

Read from /proc: the tree below the supervisor, each process's role by the module it was started with. A scanner's own
descendants are the zygote and its children. Processes that ended are counted with the parent that reaped them: the
zygote's children with the zygote; those of the supervisor (replaced scanners, smtpds) as `ended`.
Limits: processor time comes in ticks of 10 ms on most systems.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

PROC = Path("/proc")
SUPERVISOR, SMTPD, SCANNER, ZYGOTE, ADMIN, ENDED = "supervisor", "smtpd", "scanner", "zygote", "admin", "ended"
_MODULES = (("scanner", SCANNER), ("admin", ADMIN), ("smtpd", SMTPD))
"""What is in the name of a process's module, and its role; the first that fits."""
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """One process: its role, the seconds it has used, and those that its ended children had used."""

    pid: int
    parent: int
    role: str
    own: float
    children: float


def tree(root: int, proc: Path = PROC) -> dict[int, Process]:
    """`root` and its descendants that exist now; empty when `root` does not."""
    found: dict[int, Process] = {}
    stats = _stats(proc)
    below: dict[int, list[int]] = {}
    for pid, fields in stats.items():
        below.setdefault(int(fields[1]), []).append(pid)
    waiting = [root] if root in stats else []
    for pid in waiting:
        fields = stats[pid]
        parent = int(fields[1])
        role = SUPERVISOR if pid == root else _role(_module(proc, pid), found[parent].role)
        own, children = (sum(map(int, ticks)) / _TICK for ticks in (fields[11:13], fields[13:15]))
        found[pid] = Process(pid, parent, role, own, children)
        waiting += below.get(pid, [])
    return found


def seconds(processes: Iterable[Process]) -> dict[str, float]:
    """Seconds used so far by role; children that ended are in the role of who reaped them, the supervisor's in none."""
    used: dict[str, float] = {}
    for one in processes:
        used[one.role] = used.get(one.role, 0.0) + one.own + (0.0 if one.role == SUPERVISOR else one.children)
    return used


def spent(before: Mapping[int, Process], after: Mapping[int, Process]) -> dict[str, float]:
    """Seconds used by role between two looks at the same tree. What ended in between is in `ended`."""
    used: dict[str, float] = {}
    reaped = 0.0
    for pid, now in after.items():
        then = before.get(pid)
        own = now.own - (then.own if then else 0.0)
        children = now.children - (then.children if then else 0.0)
        if now.role == SUPERVISOR:
            reaped += children
            children = 0.0
        used[now.role] = used.get(now.role, 0.0) + own + children
    reaped -= sum(one.own + one.children for pid, one in before.items() if pid not in after)
    if reaped > 0:
        used[ENDED] = reaped
    return used


def of_process(pid: int, proc: Path = PROC) -> float:
    """Seconds that one process has used; 0 when it is gone."""
    fields = _stat(proc / str(pid))
    return sum(map(int, fields[11:13])) / _TICK if fields else 0.0


def _stats(proc: Path) -> dict[int, list[str]]:
    """The fields of every process's stat behind its name."""
    found = {int(entry.name): _stat(entry) for entry in proc.iterdir() if entry.name.isdigit()}
    return {pid: fields for pid, fields in found.items() if fields}


def _stat(entry: Path) -> list[str]:
    try:
        return (entry / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _module(proc: Path, pid: int) -> str:
    """The module that Python was told to run, "" when there is none."""
    try:
        arguments = (proc / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return ""
    return next((after for word, after in pairwise(arguments) if word in ("-m", "-c")), "")


def _role(module: str, parent: str) -> str:
    """The role of a process below the supervisor."""
    if parent in (SCANNER, ZYGOTE):
        return ZYGOTE
    if parent != SUPERVISOR:
        return parent
    return next((role for part, role in _MODULES if part in module), SUPERVISOR)
