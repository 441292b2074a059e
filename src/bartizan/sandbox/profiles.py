"""What each kind of process may still do once it is locked down: its system calls and its resource limits.

A scanner reads mails, its zygote forks, a child opens one container. None can open a file, make a socket, run a program
or map executable memory: opening answers EACCES (so that a lazy import fails instead of killing), the rest kills.
Not here: how a profile is put on (lockdown.py).
"""

from __future__ import annotations

import errno
import mmap
import resource
import signal
from dataclasses import dataclass

from bartizan.model.limits import MIB, Limits
from bartizan.sandbox.seccomp import Rule, allow, refuse

PR_SET_PDEATHSIG = 1
_FIONBIO = 0x5421
_AT_EMPTY_PATH = 0x1000
_FORK_DETAILS = 0x01200000  # CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID: what the C library's fork adds to SIGCHLD


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of process may do: its system calls, and its resource limits (resource.RLIMIT_*: soft and hard)."""

    name: str
    rules: tuple[Rule, ...]
    resources: tuple[tuple[int, int], ...]


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
    Rule("prctl", argument=0, values=(PR_SET_PDEATHSIG,)),  # what its child still needs before its own filter
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
