"""Lockdown: when it refuses, and what it asks of the process that it locks down. What the walls stop: test_canaries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.model.errors import ConfigError
from bartizan.model.limits import Limits
from bartizan.sandbox import landlock, profiles, seccomp
from bartizan.sandbox.lockdown import Lockdown, Mode
from bartizan.sandbox.walls import missing_walls

OLDER = str(Path(__file__).with_name("older_kernel.py"))
LOCK_DOWN = """if True:
    import sys
    from bartizan.model.errors import ConfigError
    from bartizan.sandbox import profiles
    from bartizan.sandbox.lockdown import Lockdown, Mode
    try:
        lockdown = Lockdown(profiles.smtpd(), Mode(sys.argv[1]))
    except ConfigError as problem:
        print(problem)
        raise SystemExit(78)
    lockdown.apply()
    print("locked down without", *lockdown.missing)
"""
TWO_THREADS = """if True:
    import threading
    from bartizan.sandbox import profiles
    from bartizan.sandbox.lockdown import Lockdown, Mode
    go = threading.Event()
    threading.Thread(target=go.wait).start()
    try:
        Lockdown(profiles.admin(), Mode.REQUIRED).apply()
    except RuntimeError as problem:
        print(problem)
    go.set()
"""
PROFILES = {
    "scanner": profiles.scanner(Limits()),
    "zygote": profiles.zygote(Limits()),
    "child": profiles.child(Limits()),
    "smtpd": profiles.smtpd(),
    "admin": profiles.admin(),
}

needs_walls = pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")


def run(*command: str) -> tuple[int, str]:
    """Exit code and output of a Python program."""
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=60)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("role", PROFILES)
def test_required_refuses_a_kernel_without_walls(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Landlock or seccomp a required sandbox is a configuration error that names what is missing."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    monkeypatch.setattr(seccomp, "available", lambda: False)
    with pytest.raises(ConfigError, match="seccomp and Landlock"):
        Lockdown(PROFILES[role], Mode.REQUIRED)


def test_best_effort_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """With best effort the missing walls can be told to people."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    assert Lockdown(PROFILES["scanner"], Mode.BEST_EFFORT).missing == ("Landlock",)


@needs_walls
@pytest.mark.parametrize(
    ("calls", "missing"),
    [
        ("landlock_create_ruleset", "Landlock"),
        ("seccomp", "seccomp"),
        ("landlock_create_ruleset,seccomp", "seccomp and Landlock"),
    ],
)
def test_a_kernel_that_really_lacks_a_wall(calls: str, missing: str) -> None:
    """The kernel itself refuses: `required` does not start, `best-effort` goes on with the walls that are left."""
    command = (OLDER, calls, sys.executable, "-c", LOCK_DOWN)
    code, said = run(*command, "required")
    assert (code, missing in said) == (78, True)
    code, said = run(*command, "best-effort")
    assert (code, said) == (0, f"locked down without {missing.replace(' and', '')}")


@needs_walls
def test_a_second_thread_is_an_error() -> None:
    """It would stay outside."""
    assert run("-c", TWO_THREADS) == (0, "a thread outside the sandbox")


@pytest.mark.parametrize(
    ("version", "connect", "expected"),
    [
        (1, False, (8, 0x1FFF, 0, 0)),
        (2, False, (8, 0x3FFF, 0, 0)),
        (3, True, (8, 0x7FFF, 0, 0)),
        (4, False, (16, 0x7FFF, 3, 0)),
        (4, True, (16, 0x7FFF, 1, 0)),
        (5, True, (16, 0xFFFF, 1, 0)),
        (6, False, (24, 0xFFFF, 3, 3)),
        (9, True, (24, 0xFFFF, 1, 3)),
    ],
)
def test_each_kernel_is_asked_for_what_it_has(
    version: int, connect: bool, expected: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Size of the ruleset, rights on files, on TCP, and scopes."""
    asked = []

    def call(name: str, *arguments: object) -> int:
        if name == "landlock_create_ruleset":
            if arguments[0] is None:
                return version
            ruleset = arguments[0]._obj  # type: ignore[attr-defined]
            asked.append((arguments[1], ruleset.files, ruleset.network, ruleset.scoped))
        return 2**20

    monkeypatch.setattr("bartizan.sandbox.landlock.syscalls.call", call)
    monkeypatch.setattr("bartizan.sandbox.landlock.os.close", lambda descriptor: None)
    landlock.restrict(connect=connect)
    assert asked == [expected]
