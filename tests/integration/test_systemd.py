"""The units work under a real systemd of Debian 12: started, reloaded, restarted, socket activated, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import wire
from bench.sink import ROOT
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder
from integration import machine
from integration.image import Image
from integration.inside import confined, processes
from integration.machine import Machine

pytestmark = pytest.mark.integration

PACKAGING = ROOT / "packaging"
HOP = 2600
RAW = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nWelcome\r\n"
BAD = wire.with_part(RAW, wire.zip_part("a.txt", wire.test_virus(), "a.zip"), b"=_x")


@pytest.fixture(scope="module")
def root(work: Path, built: Image) -> Path:
    """A host with everything installed as docs/operations.md says."""
    root = work / "host"
    machine.prepare(root, "ca-certificates libarchive13 python3")
    subprocess.run(["cp", "--archive", built.root / "opt" / "bartizan", root / "opt"], check=True)
    for folder, place in (
        ("systemd", "etc/systemd/system"),
        ("sysusers.d", "etc/sysusers.d"),
        ("tmpfiles.d", "etc/tmpfiles.d"),
    ):
        shutil.copytree(PACKAGING / folder, root / place, dirs_exist_ok=True)
    text = (PACKAGING / "bartizan.toml").read_text()
    for old, new in (
        ("\n# hostname = ", '\nhostname = "mx.here.example" # '),
        ("\n# recipient_domains = ", '\nrecipient_domains = ["here.example"]\ndns_failure = "ignore" # '),
        ("\n# host = ", '\nhost = "127.0.0.1" # '),
        ("\nport = 25\n", f"\nport = {HOP}\n"),
    ):
        assert old in text
        text = text.replace(old, new)
    (root / "etc" / "bartizan").mkdir()
    (root / "etc" / "bartizan" / "bartizan.toml").write_text(text)
    return root


@pytest.fixture(scope="module")
def host(root: Path, work: Path) -> Iterator[Machine]:
    """The host, booted, its users and folders made."""
    with Machine(root, work) as running:
        running.output("systemd-sysusers && systemd-tmpfiles --create")
        yield running


@pytest.fixture
def hop(host: Machine) -> Iterator[Recorder]:
    """The next hop, on the host."""
    with host.network():
        server = Recorder(port=HOP)
    with server:
        yield server


@pytest.fixture
def service(host: Machine, hop: Recorder) -> Iterator[Machine]:
    """The host with the service started; stopped at the end."""
    host.output("systemctl start bartizan.service")
    yield host
    host.output("systemctl stop bartizan.service")


def show(host: Machine, name: str) -> str:
    """One property of the service."""
    return host.output(f"systemctl show --property {name} --value bartizan.service").strip()


def wait(host: Machine, command: str) -> None:
    """Wait until a shell command there succeeds."""
    host.output(f"timeout 60 sh -c 'until {command}; do :; done'")


def test_units_are_well_formed(host: Machine) -> None:
    """systemd has nothing to say against either unit."""
    done = host.run(
        "systemd-analyze verify --man=no /etc/systemd/system/bartizan.service /etc/systemd/system/bartizan.socket"
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_serves_mail_as_users_of_its_own(service: Machine, hop: Recorder) -> None:
    """Ready means that mail is taken: relayed or held by processes that are not root, nor have any privilege."""
    with service.network():
        assert mail(25, RAW).code == 250
        assert mail(25, BAD).code == 250
    assert len(hop.finished) == 1
    ids = {
        user: tuple(map(int, service.output(f"id -u {user}; id -g {user}").split()))
        for user in ("root", "bartizan", "bartizan-scan", "bartizan-admin")
    }
    main = service.host_pid(int(show(service, "MainPID")))
    service.until(lambda: confined(processes(main)), 20.0)
    found = processes(main)
    users = {"supervisor": "root", "smtpd": "bartizan", "scanner": "bartizan-scan", "admin": "bartizan-admin"}
    assert {(one.role, one.uid, one.gid) for one in found} - {("spare", *ids["bartizan"])} == {
        (role, *ids[user]) for role, user in users.items()
    }


def test_reload(service: Machine) -> None:
    """A reload keeps the process and its sessions, and systemd hears when it is over."""
    before = show(service, "MainPID")
    with service.network(), Client(25) as session:
        service.output("systemctl reload bartizan.service")
        wait(service, "systemctl show --property ActiveState --value bartizan | grep -qx active")
        assert session.say(b"NOOP").code == 250
    assert show(service, "MainPID") == before
    assert '"what":"reload"' in service.output("journalctl --no-pager --unit bartizan --output cat --boot")


def test_restarted_after_a_kill(service: Machine) -> None:
    """A supervisor that is killed is started again, and serves."""
    before = int(show(service, "MainPID"))
    os.kill(service.host_pid(before), signal.SIGKILL)
    again = "systemctl show --property NRestarts --value bartizan | grep -qx 1"
    wait(service, f"{again} && systemctl show --property ActiveState --value bartizan | grep -qx active")
    with service.network():
        assert mail(25, RAW).code == 250


def test_stops_well(host: Machine, hop: Recorder) -> None:
    """A stop ends it with success, an idle session notwithstanding."""
    host.output("systemctl start bartizan.service")
    with host.network(), Client(25) as idle:
        host.output("systemctl stop bartizan.service")
        assert idle.answer().code == 421
    assert (show(host, "Result"), show(host, "ExecMainStatus")) == ("success", "0")


def test_socket_activation(host: Machine, hop: Recorder) -> None:
    """A connection to systemd's own socket starts the service and is served by it, also after a stop."""
    host.output("systemctl start bartizan.socket")
    try:
        for _ in range(2):
            with host.network():
                assert mail(25, RAW).code == 250
            wait(host, "systemctl show --property ActiveState --value bartizan | grep -qx active")
            host.output("systemctl stop bartizan.service")
            assert show(host, "ActiveState") == "inactive"
    finally:
        host.output("systemctl stop bartizan.socket bartizan.service")
