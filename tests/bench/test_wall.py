"""The benchmarks of the wall run, and notice what was not accepted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import wall
from bench.wall import Figure


@pytest.mark.parametrize(
    "task",
    [
        ["checks", "--messages", "40", "--repeat", "1"],
        ["newconn", "--messages", "40", "--repeat", "1"],
        ["abuse", "--messages", "40", "--repeat", "1", "--slow", "5", "--errors", "2"],
    ],
    ids=lambda task: task[0],
)
def test_runs(task: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A small one of each prints a line for each figure and writes the same as JSON; how well it did is not asked."""
    wall.main([*task, "--json", str(tmp_path / "figures")])
    figures = json.loads((tmp_path / "figures").read_text())["figures"]
    assert len(figures) == 3
    assert all(len(one["values"]) == 1 for one in figures)
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_figures() -> None:
    """The median counts, and is met up to what was wanted."""
    assert Figure("a", "x", [1.0, 1.2, 9.0], 1.25).met
    assert not Figure("a", "x", [1.3, 1.2, 9.0], 1.25).met
    assert "MISSED" in Figure("a", "x", [1.3], 1.25).line()
    assert "at most" not in Figure("a", "x", [1.3], float("inf")).line()
