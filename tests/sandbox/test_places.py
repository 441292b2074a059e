"""Files of the system that smtpd may read: enough for names and certificates, and nothing that is private."""

from __future__ import annotations

import os
import ssl
import stat
from pathlib import Path

import pytest

from bartizan.sandbox import places
from bartizan.sandbox.places import Hosts


def test_enough_is_open() -> None:
    """Where names, certificates and Python's modules are."""
    found = places.network()
    assert {"/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf"} <= set(found)
    assert os.path.dirname(os.__file__) in found
    assert ssl.get_default_verify_paths().openssl_capath in found


def test_nothing_private_is_open() -> None:
    """Everything that it opens may be read by anybody anyway."""
    for path in places.network():
        if os.path.exists(path):
            assert os.stat(path).st_mode & stat.S_IROTH, path
        assert os.path.realpath(path) not in ("/", "/etc", "/proc", "/root", "/var")


def test_a_replaced_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By another file under its name, and by one that appears; not by one that is only written to."""
    known, other = tmp_path / "resolv.conf", tmp_path / "hosts"
    known.write_text("nameserver 127.0.0.1\n")
    monkeypatch.setattr(places, "HOSTS", (str(known), str(other)))
    hosts = Hosts()
    known.write_text("nameserver 127.0.0.2\n")
    assert not hosts.replaced()
    other.write_text("127.0.0.1 localhost\n")
    assert hosts.replaced()
    hosts = Hosts()
    (tmp_path / "new").write_text("nameserver 127.0.0.3\n")
    (tmp_path / "new").rename(known)
    assert hosts.replaced()


def test_files_of_a_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its folder is open as a whole, so that it may replace the file as it likes."""
    links = {"/etc/resolv.conf": "/run/systemd/resolve/stub-resolv.conf"}
    monkeypatch.setattr(places.os.path, "realpath", lambda path: links.get(path, path))
    assert "/run/systemd/resolve" in places.network()
    assert len(Hosts._files()) == len(places.HOSTS) - 1
