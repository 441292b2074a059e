"""The accounts that processes get when the gateway is started as root.

`account` looks a name up; a process started with the answer has that user and group and no others. Where there is no
such account a process keeps root without a single capability, and `walls` says how to make one.
Not here: who starts with which (scanner/process.py, node/).
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict

from bartizan.sandbox.walls import Wall


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group to run as."""

    name: str
    uid: int
    gid: int


class Identity(TypedDict, total=False):
    """The arguments of subprocess.Popen that make a child somebody else."""

    user: int
    group: int
    extra_groups: tuple[int, ...]


def account(name: str) -> Account | None:
    """The account `name` if this process is root and so may become it; None otherwise, or when there is none."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, entry.pw_uid, entry.pw_gid)


def identity(account: Account | None) -> Identity:
    """How subprocess.Popen starts a child as `account`: with its group and no supplementary ones; None: as we are."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": ()}


def walls(names: Iterable[str]) -> tuple[Wall, ...]:
    """For each account whether processes get it here, for `bartizan check`."""
    return tuple(_wall(name) for name in dict.fromkeys(names))


def _wall(name: str) -> Wall:
    title = f"own user {name}"
    if os.geteuid() != 0:
        return Wall(title, False, f"not started as root: everything runs as user {os.geteuid()}")
    found = account(name)
    if found is None:
        make = f"useradd --system --no-create-home --shell /usr/sbin/nologin {name}"
        return Wall(title, False, f"no such account, the process stays root without capabilities; {make}")
    if found.uid == 0:
        return Wall(title, False, "this account is root itself")
    return Wall(title, True, f"uid {found.uid}, gid {found.gid}")
