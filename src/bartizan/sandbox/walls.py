"""The walls of the sandbox, and whether this kernel gives them."""

from __future__ import annotations

import os
from dataclasses import dataclass

from bartizan.sandbox import landlock, seccomp, syscalls


@dataclass(frozen=True, slots=True)
class Wall:
    """One part of the sandbox, whether this kernel gives it, and how much of it."""

    name: str
    present: bool
    detail: str


def missing_walls() -> tuple[str, ...]:
    """What `required` needs and this kernel lacks."""
    missing = []
    if not seccomp.available():
        missing.append("seccomp")
    if landlock.abi() < 1:
        missing.append("Landlock")
    return tuple(missing)


def probe() -> tuple[Wall, ...]:
    """Every wall of the sandbox and whether this kernel gives it, for `bartizan check`."""
    version = landlock.abi()
    machine = syscalls.machine()
    ruleset = f"Landlock ABI {version}" if version else "no Landlock"
    return (
        Wall("system calls", seccomp.available(), f"seccomp filter, {machine or 'no table for this machine'}"),
        Wall("files", version >= 1, ruleset),
        Wall("TCP ports", version >= 4, f"{ruleset}; seccomp allows bind to nobody, sockets to smtpd only"),
        Wall("signals, abstract sockets", version >= 6, f"{ruleset}; seccomp allows kill to nobody"),
        Wall("kill by pidfd", _has_pidfd(), "pidfd_open, pidfd_send_signal"),
    )


def _has_pidfd() -> bool:
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError:
        return False
    return True
