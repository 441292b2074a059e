"""A whole gateway that root starts: every process is somebody else, confined, and mail goes its way.

Accounts that every Debian has stand for those of an installation.
"""

from __future__ import annotations

import os
import pwd
import signal
import smtplib
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bartizan.sandbox.users import Account
from bartizan.sandbox.walls import missing_walls
from bench import processes
from bench.sink import free_port, stop, wait_for
from end_to_end.recorder import Recorder
from sandbox.accounts import PRELUDE, as_root, assert_confined, python, status

ACCOUNTS = {"smtpd": "mail", "scanner": "nobody", "zygote": "nobody", "admin": "daemon"}
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SPARE = "smtpd-spare"
SERVE = "import sys; from bartizan.cli.main import main; sys.exit(main())"
CLEAN = "Subject: clean\r\n\r\nhello\r\n"


def present() -> bool:
    """The accounts are there."""
    try:
        return all(pwd.getpwnam(name).pw_uid for name in ACCOUNTS.values())
    except KeyError:
        return False


pytestmark = [
    as_root,
    pytest.mark.skipif(bool(missing_walls()), reason="this kernel lacks seccomp or Landlock"),
    pytest.mark.skipif(not present(), reason="no accounts mail, nobody and daemon here"),
]


@dataclass
class Running:
    """The gateway, where it listens, and what its next hop got."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int
    admin_port: int
    recorder: Recorder

    def send(self, text: str) -> None:
        """One message."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as client:
            client.sendmail("a@example.org", ["b@example.net"], text)

    def page(self, path: str) -> str:
        """What the admin process answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin_port}{path}", timeout=30) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def gateway() -> Iterator[Running]:
    """Below a folder that only root may enter, but for the state, which is handed over."""
    with tempfile.TemporaryDirectory() as name, Recorder() as recorder:
        folder = Path(name)
        site = folder / "site"
        site.mkdir()
        (site / "sitecustomize.py").write_text(PRELUDE)
        folder.chmod(0o711)
        site.chmod(0o755)
        port, admin_port = free_port(), free_port()
        configuration = folder / "bartizan.toml"
        configuration.write_text(
            f"[server]\nstate = 'state'\ncache = 'private/cache'\nscanners = 1\nworkers = 1\nsandbox = 'required'\n"
            f"user = 'mail'\nscanner_user = 'nobody'\nadmin_user = 'daemon'\n"
            f"[log]\nevents = 'events'\n[admin]\naddress = '127.0.0.1:{admin_port}'\n"
            f"[[listener]]\naddress = '127.0.0.1:{port}'\nrecipient_domains = ['*']\ntrusted = ['127.0.0.0/8']\n"
            f"[next_hop]\nhost = 'localhost'\nport = {recorder.port}\n"
        )
        (folder / "private").mkdir(mode=0o700)
        with (folder / "stderr").open("wb") as log:
            process = subprocess.Popen(
                [python(), "-P", "-c", PRELUDE + SERVE, "serve", "--config", str(configuration)],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(site)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(port, process, 120.0)
            wait_for(admin_port, process, 30.0)
            yield Running(process, folder, port, admin_port, recorder)
        finally:
            stop(process, 60.0)


def settled(gateway: Running) -> dict[int, str]:
    """The processes and their roles, once all are there, have said who they are, and are done with starting."""
    end = time.monotonic() + 30.0
    while time.monotonic() < end:
        found = {pid: one.role for pid, one in processes.tree(gateway.process.pid).items()}
        try:
            said = {pid: status(pid) for pid in found}
        except OSError:
            continue
        names = {said[pid]["Name"] for pid, role in found.items() if role == "smtpd"}
        open_ones = {found[pid] for pid, one in said.items() if one["Seccomp"] != "2" and one["Name"] != SPARE}
        if (
            set(found.values()) == {"supervisor", *ACCOUNTS}
            and names == {"smtpd", SPARE}
            and open_ones == {"supervisor"}
        ):
            return found
    raise AssertionError(f"not settled: {found}")


def assert_every_role_is_confined(gateway: Running) -> None:
    """Who each process is, and that it cannot become anybody else."""
    for pid, role in settled(gateway).items():
        if role == "supervisor":
            continue
        entry = pwd.getpwnam(ACCOUNTS[role])
        account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
        if status(pid)["Name"] == SPARE:  # waits for the place of one that dies, and is confined when it takes it
            assert status(pid)["Uid"].split() == [str(account.uid)] * 4
            assert int(status(pid)["CapEff"], 16) == 0
        else:
            assert_confined(pid, account)


def test_every_role_is_confined(gateway: Running) -> None:
    """smtpd, admin, scanner and zygote."""
    assert_every_role_is_confined(gateway)


def test_mail_goes_its_way(gateway: Running) -> None:
    """Clean mail is sent on, a signature is kept in a store that belongs to the account of the smtpds."""
    gateway.send(CLEAN)
    assert gateway.recorder.transactions[-1].message.endswith(b"\r\n\r\nhello\r\n")
    before = len(gateway.recorder.transactions)
    gateway.send(f"Subject: bad\r\n\r\n{EICAR}\r\n")
    assert len(gateway.recorder.transactions) == before
    store = gateway.folder / "state" / "quarantine.db"
    assert store.stat().st_uid == pwd.getpwnam("mail").pw_uid
    assert store.stat().st_mode & 0o777 == 0o600


def test_admin_answers(gateway: Running) -> None:
    """From pages that it can only read."""
    assert "bartizan_" in gateway.page("/metrics")


def test_those_that_are_killed_come_back_confined(gateway: Running) -> None:
    """A new smtpd, scanner and admin are what the old ones were, and a reload changes nothing about it."""
    for pid, one in processes.tree(gateway.process.pid).items():
        if one.role != "supervisor":
            os.kill(pid, signal.SIGKILL)
    gateway.send(CLEAN)
    gateway.process.send_signal(signal.SIGHUP)
    gateway.send(CLEAN)
    wait_for(gateway.admin_port, gateway.process, 30.0)
    assert "bartizan_" in gateway.page("/metrics")
    assert_every_role_is_confined(gateway)
