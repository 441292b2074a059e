"""What the service manager is told."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.node.systemd import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def heard(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end, named in the environment as a path or as an abstract name."""
    name = str(tmp_path / "notify") if request.param == "path" else f"\0{tmp_path}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        yield listening


def test_the_life_of_a_service(heard: socket.socket) -> None:
    """Each step is told in the protocol's words; children do not find the socket in their environment."""
    manager = ServiceManager()
    assert "NOTIFY_SOCKET" not in os.environ
    manager.starting()
    assert b"EXTEND_TIMEOUT_USEC=" in heard.recv(4096)
    manager.ready("serving")
    assert heard.recv(4096).splitlines()[:2] == [b"READY=1", b"STATUS=serving"]
    manager.reloading()
    assert [line.partition(b"=")[0] for line in heard.recv(4096).splitlines()[:2]] == [b"RELOADING", b"MONOTONIC_USEC"]
    manager.stopping()
    assert heard.recv(4096).startswith(b"STOPPING=1\n")


def test_the_watchdog_hears_us_in_half_its_time(heard: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often we look, it is told once."""
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    manager = ServiceManager()
    manager.beat()
    manager.beat()
    assert heard.recv(4096) == b"WATCHDOG=1"
    with pytest.raises(BlockingIOError):
        heard.recv(4096)


@pytest.mark.parametrize("variables", [{}, {"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "x"}])
def test_no_watchdog_unless_it_is_ours(
    heard: socket.socket, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """Without its variables, with another's, or with nonsense, nothing is told."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ServiceManager().beat()
    with pytest.raises(BlockingIOError):
        heard.recv(4096)


def test_nobody_listens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A service manager that is not there disturbs nothing."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "nobody"))
    ServiceManager().ready("serving")
