"""Each process has its role, its processor time and its memory, as /proc tells them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench import processes
from bench.memory import Watch, pss
from bench.processes import Process

TICK = os.sysconf("SC_CLK_TCK")
PYTHON = "/usr/bin/python3\0-P\0-X\0utf8\0"


def put(proc: Path, pid: int, parent: int, cmdline: str, ticks: tuple[int, int, int, int], kib: int | None = 0) -> None:
    """A process as /proc shows it: user, system, children's user and system ticks; `kib` None cannot be read."""
    entry = proc / str(pid)
    entry.mkdir(exist_ok=True)
    fields = ["S", str(parent), *["0"] * 9, *map(str, ticks), "20"]
    (entry / "stat").write_text(f"{pid} (a b) c) {' '.join(fields)}\n")
    (entry / "cmdline").write_text(cmdline)
    if kib is not None:
        (entry / "smaps_rollup").write_text(f"00400000-7fff [rollup]\nRss: 99 kB\nPss:  {kib} kB\nPss_Dirty: 1 kB\n")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A gateway of six processes, one child of its zygote, and two that are not its."""
    put(tmp_path, 1, 0, "init", (0, 0, 0, 0))
    put(tmp_path, 10, 1, f"{PYTHON}/bin/bartizan\0serve\0", (100, 50, 30, 0), 1000)
    put(tmp_path, 11, 10, f"{PYTHON}-c\0from bartizan.node.smtpd import main; main()\x005\0", (200, 100, 0, 0), 2000)
    put(tmp_path, 12, 10, f"{PYTHON}-m\0bartizan.scanner.worker\0", (400, 0, 0, 0), 3000)
    put(tmp_path, 13, 12, f"{PYTHON}-m\0bartizan.scanner.worker\0", (10, 0, 60, 30), 400)
    put(tmp_path, 14, 13, f"{PYTHON}-m\0bartizan.scanner.worker\0", (5, 0, 0, 0), 500)
    put(tmp_path, 15, 10, f"{PYTHON}-m\0bartizan.admin\0", (7, 0, 0, 0), None)
    put(tmp_path, 16, 10, f"{PYTHON}-c\0from bartizan.node.builder import main; main()\0", (9, 0, 0, 0), 50)
    put(tmp_path, 99, 1, f"{PYTHON}-m\0bartizan.scanner.worker\0", (999, 0, 0, 0), 999)
    (tmp_path / "version").write_text("not a process")
    return tmp_path


def test_roles(proc: Path) -> None:
    """By module and by parent: what a scanner forks is the zygote's, what builds rules the supervisor's."""
    roles = {pid: one.role for pid, one in processes.tree(10, proc).items()}
    assert roles == {
        10: "supervisor",
        11: "smtpd",
        12: "scanner",
        13: "zygote",
        14: "zygote",
        15: "admin",
        16: "supervisor",
    }
    assert processes.tree(77, proc) == {}


def test_seconds(proc: Path) -> None:
    """Own time and that of reaped children, but for what the supervisor reaped."""
    used = processes.seconds(processes.tree(10, proc).values())
    assert {role: round(seconds * TICK) for role, seconds in used.items()} == {
        "supervisor": 159,
        "smtpd": 300,
        "scanner": 400,
        "zygote": 105,
        "admin": 7,
    }


def test_spent_between_two_looks(proc: Path) -> None:
    """Time since the first look; a scanner that ended meanwhile is in `ended`, without what it had used before."""
    before = processes.tree(10, proc)
    put(proc, 10, 1, f"{PYTHON}/bin/bartizan\0serve\0", (101, 50, 30 + 400 + 100 + 5 + 9 + 25, 0))
    put(proc, 11, 10, f"{PYTHON}-c\0from bartizan.node.smtpd import main\0", (250, 100, 0, 0))
    put(proc, 20, 10, f"{PYTHON}-m\0bartizan.scanner.worker\0", (33, 0, 0, 0))
    after = {pid: one for pid, one in processes.tree(10, proc).items() if pid not in (12, 13, 14, 16)}
    found = {role: round(seconds * TICK) for role, seconds in processes.spent(before, after).items()}
    assert found == {"supervisor": 1, "smtpd": 50, "scanner": 33, "admin": 0, "ended": 25}


def test_own_process() -> None:
    """The real /proc gives a plausible answer for this process, and 0 for one that is gone."""
    mine = processes.tree(os.getpid())[os.getpid()]
    assert isinstance(mine, Process)
    assert 0 < processes.of_process(os.getpid()) <= os.times().user + os.times().system + 0.1
    assert processes.of_process(2**22 + 1) == 0.0


def test_memory(proc: Path) -> None:
    """Sums by role; the peak stays; a role that cannot be read is named, and is in no sum."""
    watch = Watch(10, every=60.0, proc=proc)
    watch.look()
    put(proc, 11, 10, f"{PYTHON}-c\0from bartizan.node.smtpd import main; main()\0", (0, 0, 0, 0), 100)
    put(proc, 12, 10, f"{PYTHON}-m\0bartizan.scanner.worker\0", (0, 0, 0, 0), 3500)
    with watch:
        pass
    assert {role: size // 1024 for role, size in watch.peak.roles.items()} == {
        "supervisor": 1050,
        "smtpd": 2000,
        "scanner": 3500,
        "zygote": 900,
    }
    assert watch.peak.total == (1050 + 2000 + 3000 + 900) * 1024
    assert watch.peak.unreadable == ["admin"]


def test_pss() -> None:
    """The line `Pss:` and no other; nothing is never taken for 0."""
    assert pss("Rss: 5 kB\nPss:                1234 kB\nPss_Anon: 7 kB\n") == 1234 * 1024
    with pytest.raises(ValueError, match="Pss"):
        pss("Pss_Anon: 7 kB\n")


def test_memory_of_this_process() -> None:
    """The real smaps_rollup can be read."""
    watch = Watch(os.getpid())
    watch.look()
    assert watch.peak.total > 2**20
