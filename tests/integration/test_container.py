"""What the Dockerfile builds runs as it says: no root, nothing writable but the volume, and mail goes through it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.config.schema import Timeouts
from bench import wire
from bench.sink import ROOT
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder
from integration.container import Container
from integration.image import Image
from integration.inside import Process, confined, processes

pytestmark = pytest.mark.integration

CONFIG = "/etc/bartizan/bartizan.toml"
DRAIN = Timeouts().drain + 10.0
"""Seconds after which a container that was told to stop must have ended."""
NEEDED = ("CHOWN", "DAC_OVERRIDE", "KILL", "SETGID", "SETUID")
"""What docs/operations.md lets a container have that is started as root."""
RAW = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nWelcome\r\n"
BAD = wire.with_part(RAW, wire.zip_part("a.txt", wire.test_virus(), "a.zip"), b"=_x")
HOP = 2600
DOMAINS = '["here.example"]\ndns_failure = "ignore"'
"""There are no name servers here."""


@pytest.fixture(scope="module")
def config(work: Path) -> Path:
    """The configuration of the image with what it lacks."""
    text = (ROOT / "packaging" / "container.toml").read_text()
    for key, value in (("hostname", '"mx.here.example"'), ("recipient_domains", DOMAINS)):
        assert f"\n# {key} = " in text
        text = text.replace(f"\n# {key} = ", f"\n{key} = {value} # ")
    text = text.replace("\n# host = ", '\nhost = "127.0.0.1" # ').replace("\nport = 25\n", f"\nport = {HOP}\n")
    path = work / "bartizan.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def container(built: Image, config: Path, work: Path) -> Iterator[Container]:
    """A healthy one, as the image's own user."""
    with Container(built, work / "user", files={CONFIG: config}) as running:
        running.healthy()
        yield running


@pytest.fixture(scope="module")
def hop(container: Container) -> Iterator[Recorder]:
    """The next hop, in the network of the container."""
    with container.network():
        server = Recorder(port=HOP)
    with server:
        yield server


@pytest.fixture
def inside(container: Container, hop: Recorder) -> Iterator[None]:
    """The test's own connections are made in the container's network."""
    with container.network():
        yield


def test_refuses_without_domains_and_next_hop(built: Image, tmp_path: Path) -> None:
    """The image as it is ends with 2 and says what its configuration lacks."""
    with Container(built, tmp_path) as refusing:
        assert refusing.wait(60) == 2
    assert "recipient_domains" in refusing.said()
    assert "next_hop.host" in refusing.said()


def test_labels(built: Image) -> None:
    """Version and licence can be read from outside."""
    assert built.labels["org.opencontainers.image.version"] == "tested"
    assert built.labels["org.opencontainers.image.licenses"] == "Apache-2.0"


def test_nothing_that_compiles(built: Image) -> None:
    """No compiler, no header of Python, no pip and no source of a build is in the image."""
    names = ("gcc", "cc", "make", "pip", "pip3", "git")
    found = [
        name for folder in ("usr/bin", "opt/bartizan/bin") for name in names if (built.root / folder / name).exists()
    ]
    headers = list(built.root.glob("usr/include/python3*/Python.h"))
    left = [path.name for path in built.root.glob("opt/bartizan/lib/python3*/site-packages/*") if path.name == "pip"]
    assert (found, headers, left, (built.root / "source").exists()) == ([], [], [], False)


@pytest.mark.usefixtures("inside")
def test_clean_mail_is_relayed(hop: Recorder) -> None:
    """What is clean arrives at the next hop as it was sent."""
    before = len(hop.finished)
    assert mail(2525, RAW).code == 250
    new = hop.finished[before:]
    assert [one.recipients for one in new] == [["b@here.example"]]
    assert new[0].message.endswith(RAW)


@pytest.mark.usefixtures("inside")
def test_bad_mail_is_held(container: Container, hop: Recorder) -> None:
    """The test virus in a zip is quarantined on the volume, and can be listed from inside."""
    before = len(hop.finished)
    assert mail(2525, BAD, "bad@sender.example").code == 250
    assert len(hop.finished) == before
    listed = container.run("bartizan", "quarantine", "list", "--json", "--config", CONFIG)
    assert listed.returncode == 0, listed.stderr
    assert "bad@sender.example" in listed.stdout


def test_foreign_domains_are_refused(container: Container) -> None:
    """It is no open relay."""
    with container.network():
        assert mail(2525, RAW, recipients=("x@elsewhere.example",)).code == 550


def test_sandbox_is_on(container: Container) -> None:
    """The sandbox is required, every wall is there, and every process but the supervisor is behind a filter."""
    checked = container.run("bartizan", "check", "--config", CONFIG)
    assert checked.returncode == 0, checked.stderr
    assert "required" in checked.stdout
    missing = [line for line in checked.stdout.splitlines() if "│ missing" in line]
    assert [line for line in missing if "own user" not in line] == []
    container.until(lambda: confined(processes(container.pid)), 20.0)
    found = processes(container.pid)
    assert {one.role for one in found} - {"spare"} == {"supervisor", "smtpd", "scanner", "admin"}
    assert {(one.uid, one.capabilities) for one in found} == {(2525, 0)}


def test_only_the_volume_is_writable(container: Container) -> None:
    """A file can be made on the volume and in /tmp, and nowhere else."""
    places = "/ /etc /opt/bartizan /usr /var /home /run /dev /etc/bartizan /var/lib/bartizan /tmp"
    probe = f"for place in {places}; do touch $place/probe 2>/dev/null && echo $place && rm $place/probe; done; true"
    assert container.run("/bin/sh", "-c", probe).stdout.split() == ["/var/lib/bartizan", "/tmp"]


def test_orphans_are_reaped(container: Container) -> None:
    """As process 1 the supervisor inherits the children of a scanner that is killed, and leaves no zombie."""
    scanners = [one for one in processes(container.pid) if one.role == "scanner" and one.parent == container.pid]
    before = {one.pid for one in scanners}
    os.kill(scanners[0].pid, signal.SIGKILL)

    def replaced(found: list[Process]) -> bool:
        now = {one.pid for one in found if one.role == "scanner" and one.parent == container.pid}
        return len(now) == len(before) and now != before and not any(one.zombie for one in found)

    container.until(lambda: replaced(processes(container.pid)), 20.0)


def test_stops_within_the_drain_limit(built: Image, config: Path, tmp_path: Path) -> None:
    """The stop signal ends it with 0: an idle session is told so, and nothing is left running."""
    with Container(built, tmp_path, files={CONFIG: config}) as stopping:
        stopping.healthy()
        with stopping.network(), Client(2525) as idle:
            code = stopping.stop(DRAIN)
            assert (code, idle.answer().code) == (0, 421)
        assert [event["detail"] for event in stopping.events() if event["event"] == "process"][-1] == "ended"


def test_volume_outlives_the_container(built: Image, config: Path, tmp_path: Path) -> None:
    """A second container on the same volume has the first one's quarantine and takes its rules from the cache."""
    bundles = []
    for _ in range(2):
        with Container(built, tmp_path, files={CONFIG: config}) as one:
            one.healthy()
            with one.network():
                assert mail(2525, BAD, "bad@sender.example").code == 250
            listed = one.run("bartizan", "quarantine", "list", "--json", "--config", CONFIG).stdout.splitlines()
            bundles.append(
                one.run("/usr/bin/find", "/var/lib/bartizan/cache", "-type", "f", "-printf", "%p %T@ ").stdout
            )
            assert one.stop(DRAIN) == 0
    assert len(listed) == 2
    assert bundles[0]
    assert bundles[0] == bundles[1]


def test_started_as_root(built: Image, config: Path, tmp_path: Path) -> None:
    """With the few capabilities it needs every kind of process is its own user, and mail is held all the same."""
    with Container(built, tmp_path, files={CONFIG: config}, user="root", capabilities=NEEDED) as privileged:
        privileged.healthy()
        users = {"smtpd": "bartizan", "scanner": "bartizan-scan", "admin": "bartizan-admin", "supervisor": "root"}
        expected = {role: {(*built.ids(user),)} for role, user in users.items()}
        found = processes(privileged.pid)
        assert {role: {(one.uid, one.gid) for one in found if one.role == role} for role in users} == expected
        privileged.until(lambda: confined(processes(privileged.pid)), 20.0)
        with privileged.network():
            assert mail(2525, BAD, "bad@sender.example").code == 250
        assert privileged.stop(DRAIN) == 0
