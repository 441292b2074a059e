"""Numbers of the system calls that the profiles name, for the two machines Bartizan runs on.

NUMBERS has x86_64 first, then aarch64; a call that a machine does not have (open on aarch64) is None there. The numbers
are kernel interface and never change; tests/sandbox/test_seccomp.py compares them with the kernel's headers where those
are installed. `call` makes the few calls that Python has no name for.
Not here: which process may use which call (profiles.py).
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""The value of seccomp_data.arch, by platform.machine()."""

NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "accept4": (288, 242),
    "access": (21, None),
    "brk": (12, 214),
    "capset": (126, 91),
    "clock_getres": (229, 114),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "clone": (56, 220),
    "close": (3, 57),
    "epoll_pwait": (281, 22),
    "epoll_wait": (232, None),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "fcntl": (72, 25),
    "fstat": (5, 80),
    "ftruncate": (77, 46),
    "futex": (202, 98),
    "getcwd": (79, 17),
    "getpeername": (52, 205),
    "getpid": (39, 172),
    "getppid": (110, 173),
    "getrandom": (318, 278),
    "getrusage": (98, 165),
    "gettid": (186, 178),
    "gettimeofday": (96, 169),
    "getsockname": (51, 204),
    "getsockopt": (55, 209),
    "ioctl": (16, 29),
    "landlock_create_ruleset": (444, 444),
    "landlock_restrict_self": (446, 446),
    "lseek": (8, 62),
    "lstat": (6, None),
    "madvise": (28, 233),
    "memfd_create": (319, 279),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "nanosleep": (35, 101),
    "newfstatat": (262, 79),
    "open": (2, None),
    "openat": (257, 56),
    "openat2": (437, 437),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pipe2": (293, 59),
    "poll": (7, None),
    "ppoll": (271, 73),
    "prctl": (157, 167),
    "pread64": (17, 67),
    "prlimit64": (302, 261),
    "pselect6": (270, 72),
    "read": (0, 63),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "readv": (19, 65),
    "recvfrom": (45, 207),
    "recvmsg": (47, 212),
    "restart_syscall": (219, 128),
    "rseq": (334, 293),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "seccomp": (317, 277),
    "select": (23, None),
    "sendmsg": (46, 211),
    "sendto": (44, 206),
    "set_robust_list": (273, 99),
    "shutdown": (48, 210),
    "sigaltstack": (131, 132),
    "stat": (4, None),
    "statx": (332, 291),
    "time": (201, None),
    "wait4": (61, 260),
    "waitid": (247, 95),
    "write": (1, 64),
    "writev": (20, 66),
}


def machine() -> str | None:
    """ "x86_64" or "aarch64"; None on a machine without a table."""
    name = platform.machine()
    return name if name in AUDIT_ARCHITECTURE else None


def number(name: str, on: str) -> int | None:
    """The number of `name` on machine `on`; None when that machine does not have it. KeyError for an unknown name."""
    return NUMBERS[name][0 if on == "x86_64" else 1]


def call(name: str, *arguments: object) -> int:
    """Make system call `name` with integers, ctypes references or None; OSError when it fails or has no number here."""
    on = machine()
    known = number(name, on) if on else None
    if known is None:
        raise OSError(errno.ENOSYS, f"{name}: no number for this machine")
    words = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    answer = int(_libc.syscall(ctypes.c_long(known), *words))
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")
    return answer


def prctl(option: int, value: int) -> None:
    """prctl(2) with one argument; OSError when it fails."""
    call("prctl", option, value, 0, 0, 0)
