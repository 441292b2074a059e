"""Scanners under an account of their own: who they are, who may reach them, and that mail is examined."""

from __future__ import annotations

import asyncio
import io
import os
import select
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.model.limits import Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.users import Account, identity
from bartizan.sandbox.walls import missing_walls
from bartizan.scanner.pool import ScannerPool
from bartizan.scanner.processes import ScannerProcesses
from sandbox.accounts import ADMIN, MAIL, PRELUDE, SCAN, as_root, assert_confined, python
from scanner.test_processes import gaps, with_attachment

pytestmark = [as_root, pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock")]

LIMITS = Limits(soft_seconds=5.0, hard_seconds=20.0)
SCANNER = (
    PRELUDE
    + """
import sys, time
from bartizan.scanner import worker
from bartizan.unpack import base
opened = base.open_container
base.open_container = lambda type, data, *rest: time.sleep(60) if len(data) > 5000 else opened(type, data, *rest)
sys.exit(worker.main(sys.argv[1:]))
"""
)
CLIENT = (
    PRELUDE
    + """
import asyncio, sys
from bartizan.model.limits import Limits
from bartizan.scanner.pool import ScannerPool
async def ask():
    pool = ScannerPool(sys.argv[1], Limits(), unreachable_seconds=0.2)
    return await pool.examine("m", b"Subject: x\\r\\n\\r\\n" + bytes(int(sys.argv[2])), stored=False)
print("complete" if asyncio.run(ask()).complete else "incomplete")
"""
)


PARENT = """
import signal
from bartizan.model.limits import Limits
from bartizan.sandbox.lockdown import Mode
from bartizan.sandbox.users import Account
from bartizan.scanner.processes import ScannerProcesses
processes = ScannerProcesses(
    {bundle!r}, Limits(), count=1, sandbox=Mode.REQUIRED, log=print, program={program!r}, account={account!r}
)
processes.start()
print(processes.process_ids()[0], processes.directory, flush=True)
signal.pause()
"""


@pytest.fixture
def scanners(bundle: str) -> Iterator[ScannerProcesses]:
    """One scanner as SCAN, for MAIL; its bundle lies where SCAN cannot go by name."""
    os.chmod(bundle, 0o755)
    assert Path(bundle).parent.stat().st_mode & 0o077 == 0
    processes = ScannerProcesses(
        bundle,
        LIMITS,
        count=1,
        sandbox=Mode.REQUIRED,
        log=print,
        program=(python(), "-P", "-X", "utf8", "-c", SCANNER),
        account=SCAN,
        clients=MAIL,
    )
    try:
        processes.start()
        yield processes
    finally:
        processes.stop(seconds=0.0)


def children(pid: int) -> list[int]:
    """Process ids of a process's children."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def awaited_children(pid: int) -> list[int]:
    """The same, as soon as there are any."""
    end = time.monotonic() + 4.0
    while not (found := children(pid)) and time.monotonic() < end:
        continue
    return found


def zipped(content: bytes) -> bytes:
    """A mail with a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", content)
    return with_attachment("a.zip", packed.getvalue())


def ask(scanners: ScannerProcesses, account: Account, size: int = 10) -> subprocess.CompletedProcess[str]:
    """Have a process of `account` send a message to the scanners."""
    command = [python(), "-P", "-c", CLIENT, scanners.directory, str(size)]
    return subprocess.run(command, cwd="/", capture_output=True, text=True, timeout=60, **identity(account))


def test_all_three_are_the_account(scanners: ScannerProcesses) -> None:
    """Scanner, zygote, and a child that is opening a container."""
    (scanner,) = scanners.process_ids()
    (zygote,) = children(scanner)

    async def act() -> list[int]:
        pool = ScannerPool(scanners.directory, LIMITS)
        examining = asyncio.create_task(pool.examine("m", zipped(bytes(6000)), stored=False))
        found = await asyncio.to_thread(awaited_children, zygote)
        for pid in (scanner, zygote, *found):
            assert_confined(pid, SCAN)
        assert gaps(await examining) == [("timeout", "1/a.zip")]
        pool.close()
        return found

    assert len(asyncio.run(act())) == 1


def test_mail_is_examined(scanners: ScannerProcesses) -> None:
    """With an archive in it; rules and phrases were found."""

    async def act() -> list[tuple[str, str]]:
        pool = ScannerPool(scanners.directory, LIMITS)
        found = await pool.examine("m", zipped(b"xyzzy unknown phrase"), stored=False)
        pool.close()
        return [(finding.kind, finding.part) for finding in found.findings]

    assert asyncio.run(act()) == [("phrase", "1/a.zip!/a.txt")]


@pytest.mark.parametrize("size", [10, 1 << 20])
def test_clients_may_ask(scanners: ScannerProcesses, size: int) -> None:
    """The account of the smtpds reaches scanners of another account, with a message in memory too."""
    done = ask(scanners, MAIL, size)
    assert (done.stdout, done.stderr) == ("complete\n", "")


@pytest.mark.parametrize("account", [SCAN, ADMIN])
def test_others_may_not(scanners: ScannerProcesses, account: Account) -> None:
    """Neither the scanners' own account nor any other reaches the sockets."""
    assert ask(scanners, account).returncode != 0
    for name in ("scan", "fresh"):
        found = os.stat(os.path.join(scanners.directory, name))
        assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (MAIL.uid, MAIL.gid, 0o600)


def test_they_end_with_their_parent(bundle: str) -> None:
    """Root's death reaches processes of another account: scanner and zygote are gone."""
    os.chmod(bundle, 0o755)
    program = PARENT.format(bundle=bundle, program=(python(), "-P", "-X", "utf8", "-c", SCANNER), account=SCAN)
    with subprocess.Popen(
        [python(), "-P", "-c", PRELUDE + program], cwd="/", stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        scanner, directory = parent.stdout.readline().split()
        pidfds = [os.pidfd_open(int(pid)) for pid in (scanner, *children(int(scanner)))]
        parent.kill()
    shutil.rmtree(directory)
    assert len(pidfds) == 2
    for pidfd in pidfds:
        waiting = select.poll()
        waiting.register(pidfd, select.POLLIN)
        assert waiting.poll(10_000)
        os.close(pidfd)


def test_an_account_that_cannot_read_the_bundle(bundle: str) -> None:
    """Nothing is started half: the error says which file."""
    os.chmod(bundle, 0o700)
    processes = ScannerProcesses(
        bundle, LIMITS, count=1, sandbox=Mode.REQUIRED, log=print, program=(python(), "-P", "-c", SCANNER), account=SCAN
    )
    with pytest.raises(Exception, match=r"phrases\.bin"):
        processes.start()
