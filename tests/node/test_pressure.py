"""How much memory is in use, by the files of cgroup v2 and /proc."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.node.pressure import Pressure

MEMINFO = "MemTotal:       1000 kB\nMemFree:        100 kB\nMemAvailable:    400 kB\n"


def group(folder: Path, current: int, most: str, inactive: int = 0) -> None:
    """One group's files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.current").write_text(f"{current}\n")
    (folder / "memory.max").write_text(f"{most}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {inactive}\nactive_file 1\n")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A /proc of a process in the group /a/b."""
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/a/b\n")
    (tmp_path / "proc/meminfo").write_text(MEMINFO)
    return tmp_path / "proc"


def test_host(tmp_path: Path, proc: Path) -> None:
    """Without groups: what is not available."""
    assert Pressure(tmp_path / "nothing", proc).share() == pytest.approx(0.6)


def test_the_fullest_group_counts(tmp_path: Path, proc: Path) -> None:
    """Of the own one and those around it; what could be given back is not in use."""
    root = tmp_path / "cgroup"
    group(root / "a/b", 500, "max")
    group(root / "a", 900, "1000", inactive=100)
    pressure = Pressure(root, proc)
    assert pressure.share() == pytest.approx(0.8)
    group(root / "a", 990, "1000")
    assert pressure.share() == pytest.approx(0.99), "the files are read anew"
    pressure.close()
    assert pressure.share() == 0.0


@pytest.mark.parametrize("most", ["0", "", "none", "-1"])
def test_odd_files(tmp_path: Path, proc: Path, most: str) -> None:
    """Say nothing."""
    group(tmp_path / "cgroup/a/b", 500, most)
    (proc / "meminfo").write_text("odd")
    assert Pressure(tmp_path / "cgroup", proc).share() == 0.0


def test_here() -> None:
    """On this machine."""
    pressure = Pressure()
    assert 0.0 < pressure.share() < 1.0
    pressure.close()
