"""The runtime folder: private, locked while its gateway lives, swept away when it is dead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bartizan.node.runtime import PREFIX, YOUNG, RuntimeDirectory


def test_gone_after_close(tmp_path: Path) -> None:
    """Nothing stays."""
    runtime = RuntimeDirectory(str(tmp_path))
    Path(runtime.path, "1").mkdir()
    runtime.close()
    assert list(tmp_path.iterdir()) == []


def test_of_a_killed_gateway_is_removed_by_the_next(tmp_path: Path) -> None:
    """The kernel lets go of the lock of the dead."""
    code = "import os; from bartizan.node.runtime import *"
    code += f"; r = RuntimeDirectory({str(tmp_path)!r}); os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -9
    (left,) = tmp_path.iterdir()
    runtime = RuntimeDirectory(str(tmp_path))
    assert [Path(runtime.path)] == list(tmp_path.iterdir())
    assert not left.exists()
    runtime.close()


def test_of_a_living_gateway_stays(tmp_path: Path) -> None:
    """Two gateways may run beside each other."""
    first = RuntimeDirectory(str(tmp_path))
    second = RuntimeDirectory(str(tmp_path))
    assert os.path.isdir(first.path)
    second.close()
    first.close()


def test_without_a_lock_only_old_ones_are_removed(tmp_path: Path) -> None:
    """Another gateway may be between making its folder and locking it."""
    young, old = tmp_path / f"{PREFIX}young", tmp_path / f"{PREFIX}old"
    young.mkdir()
    old.mkdir()
    os.utime(old, (time.time() - 2 * YOUNG,) * 2)
    RuntimeDirectory(str(tmp_path)).close()
    assert list(tmp_path.iterdir()) == [young]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """A link that somebody put there costs nobody a file."""
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / f"{PREFIX}link").symlink_to(target)
    RuntimeDirectory(str(tmp_path)).close()
    assert target.exists()


def test_others_may_pass_through_only(tmp_path: Path) -> None:
    """Whoever knows a name in it may ask for it; nobody else may list it."""
    runtime = RuntimeDirectory(str(tmp_path))
    assert os.stat(runtime.path).st_mode & 0o777 == 0o711
    runtime.close()
