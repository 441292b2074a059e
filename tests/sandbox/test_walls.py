"""What `bartizan check` is told about the sandbox here."""

from __future__ import annotations

import pwd

import pytest

from bartizan.sandbox import landlock, seccomp, users
from bartizan.sandbox.users import Account, account, identity
from bartizan.sandbox.walls import missing_walls, probe

NOBODY = pwd.struct_passwd(("somebody", "x", 4711, 4712, "", "/", "/bin/false"))


@pytest.fixture
def as_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root, on a system with one account."""

    def look_up(name: str) -> pwd.struct_passwd:
        if name != "somebody":
            raise KeyError(name)
        return NOBODY

    monkeypatch.setattr(users.os, "geteuid", lambda: 0)
    monkeypatch.setattr(users.pwd, "getpwnam", look_up)


def test_every_wall_has_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a kernel lacks is named; only two of them are indispensable."""
    monkeypatch.setattr(landlock, "abi", lambda: 4)
    monkeypatch.setattr(seccomp, "available", lambda: True)
    assert {wall.name: wall.present for wall in probe() if wall.name != "kill by pidfd"} == {
        "system calls": True,
        "files": True,
        "TCP ports": True,
        "signals, abstract sockets": False,
    }
    assert missing_walls() == ()


def test_root_becomes_an_account(as_root: None) -> None:
    """Its own user and group, and no others."""
    found = account("somebody")
    assert found == Account("somebody", 4711, 4712)
    assert identity(found) == {"user": 4711, "group": 4712, "extra_groups": ()}


def test_an_account_that_is_not_there(as_root: None) -> None:
    """The process stays who it is; the row says what to do."""
    assert account("nobody-here") is None
    assert identity(None) == {}
    here, missing = users.walls(["somebody", "nobody-here", "somebody"])
    assert (here.name, here.present, here.detail) == ("own user somebody", True, "uid 4711, gid 4712")
    assert (missing.name, missing.present) == ("own user nobody-here", False)
    assert "useradd --system" in missing.detail


def test_others_stay_who_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root can become somebody else."""
    monkeypatch.setattr(users.os, "geteuid", lambda: 1000)
    assert account("root") is None
    (wall,) = users.walls(["bartizan"])
    assert (wall.present, "user 1000" in wall.detail) == (False, True)


def test_root_is_no_account_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """An account with user id 0 confines nobody."""
    monkeypatch.setattr(users.os, "geteuid", lambda: 0)
    (wall,) = users.walls(["root"])
    assert (wall.present, wall.detail) == (False, "this account is root itself")
