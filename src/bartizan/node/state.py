"""The state directory, made and handed to the account that works in it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from bartizan.model.errors import ConfigError, Problem
from bartizan.sandbox.users import Account


def make_state(directory: str, account: Account | None) -> None:
    """See to it that `directory` exists, and belongs to `account` with everything in it, where there is one.

    ConfigError when that is impossible. Once the directory is the account's nothing in it is touched any more: what
    lies there was made by the account, and root does not act on names that somebody else chose.
    """
    try:
        Path(directory).mkdir(mode=0o700, parents=True, exist_ok=True)
        if account is not None and os.stat(directory).st_uid != account.uid:
            for _, folders, files, here in os.fwalk(directory, topdown=False, follow_symlinks=False):
                for name in (*files, *folders):
                    _hand_over(name, here, account)
            os.chown(directory, account.uid, account.gid)
    except OSError as error:
        expected = f"expected a directory that can be made and written to: {error.strerror}"
        raise ConfigError((Problem(directory, "server.state", expected),)) from None


def _hand_over(name: str, here: int, account: Account) -> None:
    found = os.stat(name, dir_fd=here, follow_symlinks=False)
    if stat.S_ISDIR(found.st_mode) or (stat.S_ISREG(found.st_mode) and found.st_nlink == 1):
        os.chown(name, account.uid, account.gid, dir_fd=here, follow_symlinks=False)
