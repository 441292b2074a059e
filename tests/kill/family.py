"""The processes of a gateway by role, as the kernel sees them; and how to kill exactly one of them."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SUPERVISOR, SMTPD, SCANNER, ZYGOTE, CHILD, ADMIN = "supervisor", "smtpd", "scanner", "zygote", "child", "admin"
SPARE, OTHER = "spare", "other"
_ROLES = (SUPERVISOR, SMTPD, SCANNER, ZYGOTE, CHILD, ADMIN, SPARE, OTHER)
_WORDS = {
    "bartizan.scanner.worker": SCANNER,
    "bartizan.node.smtpd": SMTPD,
    "bartizan.admin": ADMIN,
    "bartizan.node.admin": ADMIN,
}


@dataclass(frozen=True, slots=True)
class Member:
    """One process; `began` (clock ticks since boot) tells it from a later one with the same id."""

    pid: int
    began: int
    parent: int = field(compare=False)
    state: str = field(compare=False)
    command: str = field(compare=False)
    name: str = field(compare=False)


def members(root: int) -> dict[str, list[Member]]:
    """The gateway that begins at `root`: a scanner's child is its zygote, the zygote's children open containers."""
    everyone = [member for pid in os.listdir("/proc") if pid.isdigit() and (member := look(int(pid))) is not None]
    found: dict[str, list[Member]] = {
        role: [] for role in (SUPERVISOR, SMTPD, SCANNER, ZYGOTE, CHILD, ADMIN, SPARE, OTHER)
    }
    found[SUPERVISOR] = [member for member in everyone if member.pid == root]
    for member in everyone:
        if member.parent == root:
            found[_role(member)].append(member)
    for parents, role in ((SCANNER, ZYGOTE), (ZYGOTE, CHILD)):
        ids = {member.pid for member in found[parents]}
        found[role] = [member for member in everyone if member.parent in ids]
    return found


def children(parents: list[Member]) -> list[Member]:
    """The children that these processes have at this moment; quick, for those that live for milliseconds only."""
    found = []
    for parent in parents:
        with suppress(OSError):
            for pid in Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split():
                child = look(int(pid))
                if child is not None and child.parent == parent.pid:
                    found.append(child)
    return found


def look(pid: int) -> Member | None:
    """The process now, None when there is none."""
    with suppress(OSError):
        front, _, back = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
        rest, name = back.split(), front.partition("(")[2]
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        return Member(pid, int(rest[19]), int(rest[1]), rest[0], command, name)
    return None


def kill(member: Member, number: int = signal.SIGKILL) -> bool:
    """Kill this process and no other; False when it had ended already."""
    try:
        pidfd = os.pidfd_open(member.pid)
    except ProcessLookupError:
        return False
    try:
        now = look(member.pid)
        if now is None or now.began != member.began or now.state == "Z":
            return False
        signal.pidfd_send_signal(pidfd, number)
        return True
    except ProcessLookupError:
        return False
    finally:
        os.close(pidfd)


def still_there(members: set[Member]) -> list[Member]:
    """Those of `members` that exist, as zombies or otherwise."""
    return [member for member in members if (now := look(member.pid)) is not None and now.began == member.began]


def _role(member: Member) -> str:
    """What a child of the supervisor is; OTHER is one that has not begun yet, or is no part of the standing family."""
    for word, role in _WORDS.items():
        if word in member.command:
            return SPARE if role == SMTPD and member.name != "smtpd" else role
    return OTHER
