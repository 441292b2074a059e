"""The sandbox of the scanner processes: what each kind of process may still do once it is locked down.

A scanner reads mails, its zygote forks, a child opens one container. None can open a file, make a socket, run a program
or map executable memory: opening answers EACCES (so that a lazy import fails instead of killing), the rest kills.
`Lockdown` is prepared while everything is still allowed and applied once. `probe` tells which walls this kernel gives.

What is put on, in order: resource limits, undumpable, no_new_privs, no capabilities, Landlock, seccomp. A child
inherits all of it and adds its own limits and filter.
Not here: who may be killed when (processes.py, zygote.py); rules for smtpd, delivery and admin.
"""

from __future__ import annotations

import ctypes
import enum
import errno
import mmap
import os
import resource
import signal
from dataclasses import dataclass

from bartizan.model.errors import ConfigError, Problem
from bartizan.model.limits import MIB, Limits
from bartizan.scanner import landlock, seccomp, syscalls
from bartizan.scanner.seccomp import Rule, allow, refuse

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_CAPABILITY_VERSION_3 = 0x20080522
_FIONBIO = 0x5421
_AT_EMPTY_PATH = 0x1000
_FORK_DETAILS = 0x01200000  # CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID: what the C library's fork adds to SIGCHLD


class Mode(enum.StrEnum):
    """How much of the sandbox must work: all, whatever the kernel has, or none (tests only)."""

    REQUIRED = "required"
    BEST_EFFORT = "best-effort"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of process may do: its system calls, and its resource limits (resource.RLIMIT_*: soft and hard)."""

    name: str
    rules: tuple[Rule, ...]
    resources: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Wall:
    """One part of the sandbox, whether this kernel gives it, and how much of it."""

    name: str
    present: bool
    detail: str


_PYTHON_AND_LIBC = (
    *allow(
        "brk", "munmap", "mremap", "madvise", "futex", "rseq", "set_robust_list", "sched_yield", "restart_syscall",
        "read", "readv", "pread64", "write", "writev", "lseek", "close", "fstat",
        "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
        "getpid", "gettid", "getppid", "getrandom", "getrusage", "exit", "exit_group",
    ),
    Rule("mmap", argument=2, mask=mmap.PROT_EXEC),
    Rule("mprotect", argument=2, mask=mmap.PROT_EXEC),
    Rule("newfstatat", argument=3, values=(_AT_EMPTY_PATH,), otherwise=errno.EACCES),
    *refuse("open", "openat", "openat2", "stat", "lstat", "statx", "access", "faccessat", "faccessat2",
            "readlink", "readlinkat", "getcwd"),
)  # fmt: skip
_MESSAGES = (
    *allow("recvmsg", "sendmsg", "recvfrom", "poll", "ppoll", "select", "pselect6", "fcntl"),
    Rule("sendto", argument=4, wide=True),  # only without an address: on a connected socket
    Rule("ioctl", argument=1, values=(_FIONBIO,)),
    Rule("prlimit64", argument=0),  # its own limits
)
_SCANNER_RULES = (
    *_PYTHON_AND_LIBC,
    *_MESSAGES,
    *allow("accept4", "epoll_wait", "epoll_pwait", "shutdown", "getsockname", "getpeername", "getsockopt"),
    *allow("memfd_create", "ftruncate", "pipe2"),
)
_ZYGOTE_RULES = (
    *_PYTHON_AND_LIBC,
    *_MESSAGES,
    Rule("clone", argument=0, mask=0xFFFFFFFF ^ _FORK_DETAILS, values=(signal.SIGCHLD,)),
    *allow("wait4", "waitid", "pidfd_open", "pidfd_send_signal"),
    Rule("prctl", argument=0, values=(_PR_SET_PDEATHSIG,)),  # what its child still needs before its own filter
    *allow("seccomp"),
)


def scanner(limits: Limits) -> Profile:
    """The process that reads mails and runs detectors."""
    memory = 1024 * MIB + 2 * limits.total_bytes + 4 * limits.message_bytes
    largest_file = max(limits.message_bytes, limits.member_bytes) + MIB  # memfds count as files
    return Profile(
        "scanner",
        _SCANNER_RULES,
        (
            (resource.RLIMIT_AS, memory),
            (resource.RLIMIT_FSIZE, largest_file),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_CORE, 0),
        ),
    )


def zygote(limits: Limits) -> Profile:
    """The process that forks one child for each container."""
    return Profile("zygote", _ZYGOTE_RULES, ((resource.RLIMIT_NOFILE, 64), (resource.RLIMIT_CORE, 0)))


def child(limits: Limits) -> Profile:
    """The process that opens one container; RLIMIT_CPU is a second line behind the zygote's deadline."""
    return Profile(
        "child",
        _PYTHON_AND_LIBC,
        (
            (resource.RLIMIT_AS, 768 * MIB + 2 * max(limits.message_bytes, limits.member_bytes)),
            (resource.RLIMIT_CPU, int(limits.soft_seconds) + 2),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_CORE, 0),
        ),
    )


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
        """Lock this process down. OSError if the kernel refuses something it said it has."""
        self._limit()
        if self.mode is Mode.OFF:
            return
        syscalls.prctl(_PR_SET_DUMPABLE, 0)
        syscalls.prctl(_PR_SET_NO_NEW_PRIVS, 1)
        drop_capabilities()
        if self._landlock:
            landlock.deny_everything()
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


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that made it ends; exits if `parent` is gone already."""
    syscalls.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> None:
    """Give up every capability that root came with."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    syscalls.call("capset", ctypes.byref(header), ctypes.byref(none))


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
        Wall("TCP ports", version >= 4, f"{ruleset}; seccomp allows no socket in any case"),
        Wall("signals, abstract sockets", version >= 6, f"{ruleset}; seccomp allows no socket and no kill in any case"),
        Wall("kill by pidfd", hasattr(os, "pidfd_open"), "pidfd_open, pidfd_send_signal"),
    )
