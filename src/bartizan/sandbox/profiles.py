"""What each kind of process may still do once it is locked down: system calls, files, connections, resource limits.

A scanner reads mails, its zygote forks, a child opens one container: none of them can open a file, make a socket, run
a program or map executable memory. Opening answers EACCES (so that a lazy import fails instead of killing), the rest
kills.
smtpd talks to the network and keeps the store: threads, files as far as Landlock leaves them open, connections; admin
answers on a listener that it inherited, and opens nothing. Neither runs programs, makes processes, binds or signals.

There is no profile for delivery: sending on is part of smtpd until it has a process of its own.
Not here: how a profile is put on (lockdown.py), which files of the system a resolver needs (places.py).
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import resource
import signal
import socket
import termios
from dataclasses import dataclass

from bartizan.model.limits import MIB, Limits
from bartizan.sandbox.seccomp import Rule, allow, refuse

PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_AT_EMPTY_PATH = 0x1000
_CLONE_FORK_DETAILS = 0x01200000  # CHILD_SETTID and CHILD_CLEARTID: what the C library's fork adds to SIGCHLD
_CLONE_THREAD = (0x003D0F00, 0x007D0F00)
"""The flags of a thread as glibc and musl make it, all of them: nothing less is a thread."""
_SET_USER_OR_GROUP_ID = 0o6000
_FLAGS_AND_SEALS = (
    fcntl.F_DUPFD_CLOEXEC, fcntl.F_GETFD, fcntl.F_SETFD, fcntl.F_GETFL, fcntl.F_SETFL,
    fcntl.F_ADD_SEALS, fcntl.F_GET_SEALS,
)  # fmt: skip
"""What fcntl is for, without F_SETOWN: with that the kernel sends signals for a process that must not send any."""
_FILE_LOCKS = (fcntl.F_GETLK, fcntl.F_SETLK, fcntl.F_SETLKW)
_IPPROTO = (socket.IPPROTO_IP, socket.SOL_SOCKET, socket.IPPROTO_TCP, socket.IPPROTO_IPV6)


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of process may do.

    `rules`: its system calls; `resources`: its limits (resource.RLIMIT_*, soft and hard); `read` and `write`: files and
    directories that stay open, the latter also for making and removing; `connect`: TCP connections stay open.
    """

    name: str
    rules: tuple[Rule, ...]
    resources: tuple[tuple[int, int], ...]
    read: tuple[str, ...] = ()
    write: tuple[str, ...] = ()
    connect: bool = False


_COMPUTE = (
    Rule("mprotect", argument=2, mask=mmap.PROT_EXEC),
    Rule("prlimit64", argument=0),  # its own limits
    *allow(
        "brk", "munmap", "mremap", "madvise", "futex", "rseq", "set_robust_list", "sched_yield", "restart_syscall",
        "read", "write", "writev", "lseek", "close", "fstat",
        "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
        "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",
        "getpid", "gettid", "getppid", "getrandom", "getrusage", "exit", "exit_group",
    ),
)  # fmt: skip
_NO_PROGRAM_IN_MEMORY = (Rule("mmap", argument=2, mask=mmap.PROT_EXEC),)
_NO_FILES = (
    Rule("newfstatat", argument=3, values=(_AT_EMPTY_PATH,), otherwise=errno.EACCES),
    *refuse("open", "openat", "openat2", "stat", "lstat", "statx", "access", "faccessat", "faccessat2",
            "readlink", "readlinkat", "getcwd"),
)  # fmt: skip
_ANSWER = Rule("sendto", argument=4, wide=True)
"""Only without an address: on a connected socket."""
_SCANNER_RULES = (
    *_COMPUTE,
    *_NO_PROGRAM_IN_MEMORY,
    *_NO_FILES,
    _ANSWER,
    # no F_SETFL, ioctl, shutdown: the listeners are shared with all other scanners
    Rule("fcntl", argument=1, values=(fcntl.F_DUPFD_CLOEXEC, fcntl.F_ADD_SEALS, fcntl.F_GET_SEALS)),
    *allow("accept4", "epoll_wait", "epoll_pwait", "getsockname", "recvmsg", "recvfrom", "sendmsg"),
    *allow("memfd_create", "pipe2"),
)
_ZYGOTE_RULES = (
    *_COMPUTE,
    *_NO_PROGRAM_IN_MEMORY,
    *_NO_FILES,
    _ANSWER,
    Rule("fcntl", argument=1, values=(fcntl.F_DUPFD_CLOEXEC,)),
    Rule("clone", argument=0, mask=0xFFFFFFFF ^ _CLONE_FORK_DETAILS, values=(signal.SIGCHLD,)),
    Rule("prctl", argument=0, values=(PR_SET_PDEATHSIG,)),  # what its child still needs before its own filter
    *allow("recvmsg", "recvfrom", "poll", "ppoll", "wait4", "waitid", "pidfd_open", "pidfd_send_signal", "seccomp"),
)
_CHILD_RULES = (*_COMPUTE, *_NO_PROGRAM_IN_MEMORY, *_NO_FILES)

_EVENT_LOOP = (
    Rule("setsockopt", argument=1, values=_IPPROTO, otherwise=errno.EACCES),
    Rule(
        "ioctl",
        argument=1,
        # TIOCOUTQ: has a scanner taken the message (scanner/job.py)?
        values=(termios.FIONBIO, termios.FIONREAD, termios.TIOCOUTQ, termios.FIOCLEX, termios.FIONCLEX),
        otherwise=errno.ENOTTY,
    ),
    Rule("fcntl", argument=1, values=_FLAGS_AND_SEALS + _FILE_LOCKS, otherwise=errno.EPERM),
    Rule("prctl", argument=0, values=(_PR_SET_NAME,), otherwise=errno.EPERM),
    *refuse("clone3", "io_uring_setup", code=errno.ENOSYS),  # there are other ways, which a filter sees through
    *allow("accept4", "listen", "shutdown", "getsockname", "getpeername", "getsockopt"),
    *allow("recvfrom", "recvmsg", "sendmsg", "dup", "dup2", "dup3"),
    *allow("epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2"),
    *allow("poll", "ppoll", "select", "pselect6"),
    *allow("uname", "sysinfo", "sched_getaffinity", "getuid", "geteuid", "getgid", "getegid"),
)
_FILES = (
    # the mode of a file that is made or changed: never one that runs as its owner
    Rule("open", argument=2, mask=_SET_USER_OR_GROUP_ID, otherwise=errno.EPERM),
    Rule("openat", argument=3, mask=_SET_USER_OR_GROUP_ID, otherwise=errno.EPERM),
    Rule("fchmod", argument=1, mask=_SET_USER_OR_GROUP_ID, otherwise=errno.EPERM),
    # Landlock does not see these: only what it let be opened may be changed
    *refuse("chmod", "fchmodat", "fchmodat2", code=errno.EPERM),
    *refuse("openat2", "chown", "fchown", "lchown", "fchownat", code=errno.EPERM),
    *allow("stat", "lstat", "statx", "newfstatat", "access", "faccessat", "faccessat2", "readlink", "readlinkat"),
    *allow("getcwd", "getdents64", "statfs", "fstatfs", "umask"),
    *allow("mkdir", "mkdirat", "unlink", "unlinkat", "rename", "renameat", "renameat2"),
    *allow("readv", "pread64", "pwrite64", "preadv", "pwritev", "ftruncate", "fallocate", "fsync", "fdatasync"),
    *allow("flock", "memfd_create"),
)
_SMTPD_RULES = (
    *_COMPUTE,
    *_EVENT_LOOP,
    *_FILES,
    # a library that is loaded late must fail as if it were not there
    Rule("mmap", argument=2, mask=mmap.PROT_EXEC, otherwise=errno.EACCES),
    Rule("clone", argument=0, values=_CLONE_THREAD),
    # getaddrinfo asks the kernel for its addresses over a netlink socket, and goes on without
    Rule("socket", argument=0, values=(socket.AF_UNIX, socket.AF_INET, socket.AF_INET6), otherwise=errno.EAFNOSUPPORT),
    Rule("socketpair", argument=0, values=(socket.AF_UNIX,), otherwise=errno.EAFNOSUPPORT),
    *allow("connect", "sendto", "sendmmsg", "recvmmsg"),
    # c-ares would watch /etc for another resolv.conf, which it could not read; it goes on without
    *refuse("inotify_init1", code=errno.ENOSYS),
)
_ADMIN_RULES = (
    *_COMPUTE,
    *_NO_PROGRAM_IN_MEMORY,
    *_NO_FILES,
    *_EVENT_LOOP,
    _ANSWER,
    Rule("socketpair", argument=0, values=(socket.AF_UNIX,), otherwise=errno.EAFNOSUPPORT),  # the loop's own
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
        _CHILD_RULES,
        (
            (resource.RLIMIT_AS, 768 * MIB + 2 * max(limits.message_bytes, limits.member_bytes)),
            (resource.RLIMIT_CPU, int(limits.soft_seconds) + 2),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_NOFILE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_CORE, 0),
        ),
    )


def smtpd(read: tuple[str, ...] = (), write: tuple[str, ...] = ()) -> Profile:
    """The process that receives mail, sends it on and keeps the quarantine in `write`; it may look things up (places).

    Lock down before the event loop is made: libuv takes an io_uring where it can get one, which no filter sees through,
    and the first use of it would kill.
    """
    return Profile("smtpd", _SMTPD_RULES, ((resource.RLIMIT_CORE, 0),), read, write, connect=True)


def admin() -> Profile:
    """The process that shows figures, on a listener that it inherited. Lock down before its event loop is made, too."""
    return Profile(
        "admin",
        _ADMIN_RULES,
        (
            (resource.RLIMIT_AS, 1024 * MIB),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_CORE, 0),
        ),
    )
