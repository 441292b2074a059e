"""Locks itself down as PROFILE and tries ACTION: exit code 0 it worked, 13 it was refused with EACCES, 1 another error.

A program of its own (python canary.py PROFILE ACTION), since a sandbox cannot be taken off again.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable

from bartizan.model.limits import Limits
from bartizan.sandbox import landlock, profiles, syscalls
from bartizan.sandbox.lockdown import Lockdown, Mode
from bartizan.scanner import codecs

LISTENER, LISTENER_PATH = socket.socketpair()
LIBC = ctypes.CDLL(None, use_errno=True)


def read_file() -> None:
    """Open a file that everybody may read."""
    open("/etc/passwd", "rb").close()


def write_file() -> None:
    """Make a file where everybody may."""
    open("/tmp/bartizan-canary", "wb").close()


def stat_file() -> None:
    """Look whether a file is there."""
    os.stat("/etc/passwd")


def list_directory() -> None:
    """Read a directory."""
    os.listdir("/")


def internet_socket() -> None:
    """Make a TCP socket."""
    socket.socket(socket.AF_INET).close()


def unix_socket() -> None:
    """Make a Unix socket."""
    socket.socket(socket.AF_UNIX).close()


def connect() -> None:
    """Connect a socket that was made before."""
    LISTENER.connect("\0bartizan-canary")


def execute() -> None:
    """Become another program."""
    os.execv("/bin/true", ["true"])


def fork() -> None:
    """Make a process."""
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)


def thread() -> None:
    """Make a thread."""
    started = threading.Thread(target=int)
    started.start()
    started.join()


def executable_memory() -> None:
    """Map memory that can hold a program."""
    mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


def trace() -> None:
    """Trace another process."""
    if LIBC.ptrace(16, os.getppid(), None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def kill_parent() -> None:
    """Send a signal to another process."""
    os.kill(os.getppid(), 0)


def raise_limit() -> None:
    """Change the limits of another process."""
    import resource

    resource.prlimit(os.getppid(), resource.RLIMIT_CORE)


def unlink() -> None:
    """Remove a file."""
    os.unlink("/tmp/bartizan-canary")


def nothing() -> None:
    """What every process must be able to do: compute, allocate, print."""
    data = bytearray(8 << 20)
    os.write(2, b"%d\n" % len(bytes(data)))


def decode_everything() -> None:
    """Use every codec once."""
    for name in codecs.names():
        try:
            "a".encode(name, "replace")
            b"abc".decode(name, "replace")
        except (LookupError, UnicodeError, TypeError, ValueError):
            continue


ACTIONS: dict[str, Callable[[], None]] = {
    action.__name__: action
    for action in (
        read_file, write_file, stat_file, list_directory, internet_socket, unix_socket, connect, execute, fork, thread,
        executable_memory, trace, kill_parent, raise_limit, unlink, nothing, decode_everything,
    )
}  # fmt: skip


def main(profile: str, action: str) -> int:
    """Lock down and act."""
    warnings.simplefilter("ignore")
    limits = Limits()
    mode = Mode.REQUIRED
    act = ACTIONS[action]
    tight = Lockdown(profiles.child(limits), mode) if profile == "child" else None
    codecs.preload()
    if profile == "landlock":
        syscalls.prctl(38, 1)
        landlock.restrict()
    else:
        base = profiles.scanner if profile == "scanner" else profiles.zygote
        Lockdown(base(limits), mode).apply()
    if tight is not None:
        tight.tighten()
    try:
        act()
    except OSError as problem:
        return 13 if problem.errno in (errno.EACCES, errno.EPERM) else 1
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    os._exit(main(*sys.argv[1:]))
