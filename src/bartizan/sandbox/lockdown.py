"""Locks this process down for ever, as a profile says.

What is put on, in order: resource limits, undumpable, no_new_privs, no capabilities, Landlock, seccomp. A child
inherits all of it and adds its own limits and filter. `Lockdown` is prepared while everything is still allowed and
applied once. Not here: what a kind of process may do (profiles.py), who may be killed when (scanner/processes.py,
scanner/zygote.py).
"""

from __future__ import annotations

import ctypes
import enum
import os
import resource
import signal
import threading

from bartizan.model.errors import ConfigError, Problem
from bartizan.sandbox import landlock, seccomp, syscalls
from bartizan.sandbox.profiles import PR_SET_PDEATHSIG, Profile
from bartizan.sandbox.walls import missing_walls

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522


class Mode(enum.StrEnum):
    """How much of the sandbox must work: all, whatever the kernel has, or none (tests only)."""

    REQUIRED = "required"
    BEST_EFFORT = "best-effort"
    OFF = "off"


class Lockdown:
    """One profile, prepared; `apply` (or `tighten` in a process that is already locked down) puts it on for ever."""

    def __init__(self, profile: Profile, mode: Mode) -> None:
        """ConfigError when `mode` is required and this kernel lacks seccomp or Landlock."""
        self.profile = profile
        self.mode = mode
        missing = missing_walls()
        if mode is Mode.REQUIRED and missing:
            what = f"required, but this kernel lacks {' and '.join(missing)}"
            raise ConfigError((Problem("sandbox", "", what),))
        self.missing = () if mode is Mode.OFF else missing
        self._filter = seccomp.Filter(profile.rules) if mode is not Mode.OFF and "seccomp" not in missing else None
        self._landlock = mode is not Mode.OFF and "Landlock" not in missing

    def apply(self) -> None:
        """Lock this process down, which must have a single thread: the walls go up around a thread and those it makes.

        OSError if the kernel refuses something it said it has; RuntimeError if there are other threads."""
        self._limit()
        if self.mode is Mode.OFF:
            return
        if _threads() > 1:
            raise RuntimeError("a thread outside the sandbox")
        syscalls.prctl(_PR_SET_DUMPABLE, 0)
        syscalls.prctl(_PR_SET_NO_NEW_PRIVS, 1)
        drop_capabilities()
        if self._landlock:
            landlock.restrict(self.profile.read, self.profile.write, connect=self.profile.connect)
        if self._filter is not None:
            self._filter.load()

    def tighten(self) -> None:
        """Add this profile's limits and filter to those inherited from the process that forked this one."""
        self._limit()
        if self._filter is not None:
            self._filter.load()

    def _limit(self) -> None:
        for which, value in self.profile.resources:
            hard = resource.getrlimit(which)[1]
            value = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(which, (value, value))


def _threads() -> int:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return threading.active_count()


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that made it ends; exits if `parent` is gone already."""
    syscalls.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> None:
    """Give up every capability that root came with."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    syscalls.call("capset", ctypes.byref(header), ctypes.byref(none))
