"""A required sandbox on a kernel that lacks a wall: nothing is served, and the reason is told."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.sandbox.walls import missing_walls

OLDER = str(Path(__file__).with_name("older_kernel.py"))
COMMAND = (sys.executable, "-c", "import sys; from bartizan.cli.main import main; sys.exit(main())")

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock anyway")


@pytest.fixture
def configuration(tmp_path: Path) -> str:
    """A gateway on a free port, with everything it writes in a folder of the test."""
    path = tmp_path / "bartizan.toml"
    path.write_text(
        "[server]\nstate = 'state'\ncache = 'cache'\nscanners = 1\nworkers = 1\nsandbox = 'required'\n"
        "[log]\nevents = 'events'\n"
        "[[listener]]\naddress = '127.0.0.1:0'\nrecipient_domains = ['*']\n"
        "[next_hop]\nhost = '127.0.0.1'\nport = 2\n"
    )
    return str(path)


@pytest.mark.parametrize(
    ("call", "wall"), [("landlock_create_ruleset", "Landlock"), ("seccomp", "seccomp")], ids=["landlock", "seccomp"]
)
@pytest.mark.parametrize("command", ["serve", "check", "scan"])
def test_nothing_starts(command: str, call: str, wall: str, configuration: str, tmp_path: Path) -> None:
    """The kernel itself refuses; exit code 2, one line that names the wall, no traceback."""
    (tmp_path / "mail.eml").write_bytes(b"Subject: x\r\n\r\nhello\r\n")
    arguments = [command, "--config", configuration, *([str(tmp_path / "mail.eml")] if command == "scan" else [])]
    done = subprocess.run(
        [sys.executable, OLDER, call, *COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 2, done.stderr
    assert f"lacks {wall}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("calls", ["landlock_create_ruleset", "seccomp", "landlock_create_ruleset,seccomp"])
def test_best_effort_goes_on(calls: str, configuration: str, tmp_path: Path) -> None:
    """With what there is; what is missing is told."""
    path = Path(configuration)
    path.write_text(path.read_text().replace("'required'", "'best-effort'"))
    (tmp_path / "mail.eml").write_bytes(b"Subject: x\r\n\r\nhello\r\n")
    arguments = ["scan", "--config", configuration, str(tmp_path / "mail.eml")]
    done = subprocess.run(
        [sys.executable, OLDER, calls, *COMMAND, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "warning: the sandbox is incomplete here" in done.stderr
