"""The accounts that processes get when the gateway is started as root.

`account` looks a name up; a process started with the answer has that user and group and no others. Where there is no
such account a process keeps root without a single capability, and `missing` says how to make one.
Not here: who starts with which (scanner/process.py, node/).
"""

from __future__ import annotations

import grp
import os
import pwd
from dataclasses import dataclass
from typing import TypedDict


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


def describe(account: Account) -> str:
    """The account with its numbers and the name of its group."""
    try:
        group = grp.getgrgid(account.gid).gr_name
    except KeyError:
        group = str(account.gid)
    return f"{account.name} (uid {account.uid}), group {group} (gid {account.gid})"
