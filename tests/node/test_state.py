"""The state directory becomes its account's once, and nothing in it is touched by root after that."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bartizan.model.errors import ConfigError
from bartizan.node.state import make_state
from bartizan.sandbox.users import Account

SOMEBODY = Account("somebody", 54321, 54321)


def owners(folder: Path) -> dict[str, int]:
    """Who owns what in there."""
    found = {path.name: path.lstat().st_uid for path in folder.rglob("*")}
    return {**found, ".": folder.stat().st_uid}


def test_made_private(tmp_path: Path) -> None:
    """With its parents, for its owner alone."""
    make_state(str(tmp_path / "a" / "b"), None)
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_impossible(tmp_path: Path) -> None:
    """A file is in its place."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match=r"server\.state"):
        make_state(str(tmp_path / "file" / "state"), None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_handed_over_with_what_is_in_it(tmp_path: Path) -> None:
    """What an earlier version wrote as root; links and files with other names are left alone."""
    state, outside = tmp_path / "state", tmp_path / "outside"
    (state / "bodies").mkdir(parents=True)
    (state / "bodies" / "x").write_text("x")
    outside.write_text("x")
    (state / "link").symlink_to(outside)
    os.link(outside, state / "twice")
    make_state(str(state), SOMEBODY)
    assert owners(state) == {".": 54321, "bodies": 54321, "x": 54321, "link": 0, "twice": 0}
    assert outside.stat().st_uid == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_not_again(tmp_path: Path) -> None:
    """Once it is the account's, what lies there was put there by the account."""
    state = tmp_path / "state"
    make_state(str(state), SOMEBODY)
    (state / "planted").write_text("x")
    make_state(str(state), SOMEBODY)
    assert owners(state)["planted"] == 0
