"""The sandbox: each wall is tried by a real locked-down process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.model.errors import ConfigError
from bartizan.model.limits import Limits
from bartizan.sandbox import landlock, profiles, seccomp
from bartizan.sandbox.lockdown import Lockdown, Mode
from bartizan.sandbox.walls import missing_walls, probe

CANARY = Path(__file__).parent / "canary.py"
KILLED = -signal.SIGSYS
WORKS = 0
REFUSED = 13

pytestmark = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")


def canary(profile: str, action: str) -> int:
    """The exit code of the canary, negative for a signal."""
    done = subprocess.run([sys.executable, str(CANARY), profile, action], capture_output=True, timeout=60)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode


@pytest.mark.parametrize("profile", ["scanner", "zygote", "child"])
@pytest.mark.parametrize("action", ["read_file", "write_file", "stat_file", "list_directory"])
def test_opening_is_refused(profile: str, action: str) -> None:
    """Files can neither be opened nor looked for; the process lives on."""
    assert canary(profile, action) == REFUSED


@pytest.mark.parametrize("profile", ["scanner", "zygote", "child"])
@pytest.mark.parametrize(
    "action",
    [
        "internet_socket",
        "unix_socket",
        "connect",
        "execute",
        "thread",
        "executable_memory",
        "trace",
        "kill_parent",
        "unlink",
    ],
)
def test_reaching_out_kills(profile: str, action: str) -> None:
    """Sockets, programs, threads, executable memory, other processes: the first attempt is the last."""
    assert canary(profile, action) == KILLED


@pytest.mark.parametrize(("profile", "expected"), [("scanner", KILLED), ("child", KILLED), ("zygote", WORKS)])
def test_only_the_zygote_forks(profile: str, expected: int) -> None:
    """Scanner and child cannot make processes."""
    assert canary(profile, "fork") == expected


@pytest.mark.parametrize("profile", ["scanner", "zygote", "child"])
def test_foreign_limits_kill(profile: str) -> None:
    """prlimit64 is for the process itself only."""
    assert canary(profile, "raise_limit") == KILLED


@pytest.mark.parametrize("profile", ["scanner", "zygote", "child"])
@pytest.mark.parametrize("action", ["nothing", "decode_everything"])
def test_work_goes_on(profile: str, action: str) -> None:
    """What Python needs for computing, and every charset, works inside."""
    assert canary(profile, action) == WORKS


@pytest.mark.parametrize("action", ["read_file", "write_file", "list_directory"])
def test_landlock_alone_closes_files(action: str) -> None:
    """The second wall stands without the first."""
    assert canary("landlock", action) == REFUSED


def test_required_refuses_a_kernel_without_walls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Landlock or seccomp a required sandbox is a configuration error that names what is missing."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    with pytest.raises(ConfigError, match="seccomp and Landlock"):
        Lockdown(profiles.scanner(Limits()), Mode.REQUIRED)


def test_best_effort_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With best effort the missing walls can be told to people."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    lockdown = Lockdown(profiles.scanner(Limits()), Mode.BEST_EFFORT)
    assert lockdown.missing == ("Landlock",)


def test_probe_names_every_wall() -> None:
    """`bartizan check` shows one line for each wall."""
    walls = {wall.name: wall.present for wall in probe()}
    assert walls["system calls"]
    assert walls["files"]
    assert set(walls) == {"system calls", "files", "TCP ports", "signals, abstract sockets", "kill by pidfd"}
