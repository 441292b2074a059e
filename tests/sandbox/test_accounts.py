"""smtpd and admin under accounts of their own: who they are once they are locked down."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from bartizan.sandbox.users import Account, identity
from bartizan.sandbox.walls import missing_walls
from sandbox.accounts import ADMIN, MAIL, PRELUDE, as_root, assert_confined, python

pytestmark = [as_root, pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")]

LOCK_DOWN = """
import os, sys
from bartizan.sandbox import places, profiles
from bartizan.sandbox.lockdown import Lockdown, Mode
state, own, foreign = sys.argv[2:]
places.prepare()
profile = profiles.admin() if sys.argv[1] == "admin" else profiles.smtpd(places.network(), (state,))
Lockdown(profile, Mode.REQUIRED).apply()
for path in (own, foreign):
    try:
        with open(path, "ab") as file:
            file.write(b"x")
        print("written", flush=True)
    except OSError as problem:
        print(type(problem).__name__, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("role", "account", "expected"),
    [("smtpd", MAIL, ["written", "PermissionError"]), ("admin", ADMIN, ["PermissionError", "PermissionError"])],
)
def test_an_account_of_its_own(role: str, account: Account, expected: list[str]) -> None:
    """The kernel says who it is; only smtpd can write, and only in the state directory."""
    with tempfile.TemporaryDirectory() as folder:
        own, foreign = Path(folder, "own"), Path(folder, "foreign")
        own.mkdir(mode=0o700)
        os.chown(own, account.uid, account.gid)
        foreign.write_bytes(b"")
        foreign.chmod(0o666)
        os.chmod(folder, 0o755)
        with subprocess.Popen(
            [python(), "-P", "-c", PRELUDE + LOCK_DOWN, role, str(own), str(own / "file"), str(foreign)],
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **identity(account),
        ) as process:
            assert process.stdout is not None
            said = [process.stdout.readline().strip() for _ in expected]
            assert_confined(process.pid, account)
            process.communicate(timeout=30)
        assert said == expected
