"""What runs in a container, as the kernel tells it: role, user, and how each process is confined."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.gateway import tree

_ROLES = ("scanner", "smtpd", "admin")


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `role`: supervisor, smtpd, spare (an smtpd that waits for a slot), scanner or admin. `filtered`: a
    seccomp filter is on it; `capabilities`: its effective set as a number."""

    pid: int
    parent: int
    role: str
    uid: int
    gid: int
    capabilities: int
    filtered: bool
    no_new_privileges: bool
    zombie: bool


def confined(found: list[Process]) -> bool:
    """Nobody can gain privileges; all but the supervisor have none; all but it and a spare smtpd are behind a filter.

    A process that has just been started puts its filter on before it looks at anything, a spare one before it is given
    a slot: who asks may have to wait.
    """
    unprivileged = all(not one.capabilities for one in found if one.role != "supervisor")
    filtered = all(one.filtered for one in found if one.role not in ("supervisor", "spare"))
    return unprivileged and filtered and all(one.no_new_privileges for one in found)


def processes(root: int) -> list[Process]:
    """Process 1 of a container, `root` to the host, and all of its descendants."""
    found = []
    for pid in tree(root):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        fields = {name: value.split() for name, _, value in (line.partition(":") for line in status.splitlines())}
        role = "supervisor" if pid == root else next((name for name in _ROLES if f".{name}" in command), command)
        if fields["Name"] == ["smtpd-spare"]:
            role = "spare"
        found.append(
            Process(
                pid,
                int(fields["PPid"][0]),
                role,
                int(fields["Uid"][0]),
                int(fields["Gid"][0]),
                int(fields["CapEff"][0], 16),
                fields["Seccomp"][0] == "2",
                fields["NoNewPrivs"][0] == "1",
                fields["State"][0] == "Z",
            )
        )
    return found
