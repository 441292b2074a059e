"""Throw-away accounts for tests that run as root, and a Python that they can start.

The accounts have numbers and no entries in the account files; nothing is made, nothing is left.
"""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from bartizan.sandbox.users import Account, identity

SCAN = Account("bartizan-scan", 64711, 64711)
MAIL = Account("bartizan", 64712, 64712)
ADMIN = Account("bartizan-admin", 64713, 64713)
PRELUDE = f"import site; site.addsitedir({sysconfig.get_paths()['purelib']!r})\n"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@functools.cache
def _interpreter() -> str | None:
    """The first of this Python and the system's of the same version that a stranger can start."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        command = [python, "-P", "-c", PRELUDE + "import bartizan.scanner.worker"]
        try:
            if subprocess.run(command, cwd="/", capture_output=True, **identity(SCAN)).returncode == 0:
                return python
        except OSError:
            continue
    return None


def python() -> str:
    """An interpreter for the accounts; the test is skipped where Python and this tree are out of their reach."""
    found = _interpreter()
    if found is None:
        pytest.skip("neither this Python nor /usr/bin/python3 can be started by a foreign account")
    return found


def status(pid: int) -> dict[str, str]:
    """What the kernel says about a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def assert_confined(pid: int, account: Account) -> None:
    """It is `account` and nobody else, has no capability and can get none, is filtered, and cannot be looked into."""
    found = status(pid)
    assert found["Uid"].split() == [str(account.uid)] * 4
    assert found["Gid"].split() == [str(account.gid)] * 4
    assert found["Groups"].split() == []
    assert [int(found[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")] == [0, 0, 0, 0]
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")
    assert os.stat(f"/proc/{pid}/status").st_uid == 0, "dumpable: its memory could be read by its own account"
