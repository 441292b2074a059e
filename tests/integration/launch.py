"""Process 1 of a container, before it becomes the image's program: mounts, network, user, then exec.

Run as `python -m integration.launch FILE` in fresh mount, process, network, IPC and host name spaces; FILE holds an
Order as JSON. The root is mounted read-only; writable are the volumes and the tmpfs folders only. The user gets no
privileges that the order does not name, and no new ones. Not here: the name spaces (container.py asks unshare(1)).
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "DAC_READ_SEARCH": 2,
    "FOWNER": 3,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "SETPCAP": 8,
    "NET_BIND_SERVICE": 10,
}
_PR_CAPBSET_READ, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 23, 24, 38
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True, slots=True)
class Order:
    """What to start and how. `volumes` and `files` map paths of the container to those of the host."""

    root: str
    command: list[str]
    environment: dict[str, str]
    directory: str
    user: int
    group: int
    volumes: dict[str, str]
    files: dict[str, str]
    tmpfs: list[str]
    capabilities: list[str]


def prepare(order: Order) -> None:
    """Everything up to the exec, in this process."""
    socket.sethostname("container")
    _loopback_up()
    root = order.root
    _mount("--bind", root, root)
    for inside, outside in (order.volumes | order.files).items():
        _mount("--bind", outside, root + inside)
    for inside in order.files:
        _mount("-o", "remount,bind,ro", root + inside)
    for inside in order.tmpfs:
        _mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev,noexec", "tmpfs", root + inside)
    _mount("-t", "proc", "proc", f"{root}/proc")
    _mount("-t", "tmpfs", "-o", "mode=0755,nosuid", "tmpfs", f"{root}/dev")
    for name in _DEVICES:
        Path(root, "dev", name).touch()
        _mount("--bind", f"/dev/{name}", f"{root}/dev/{name}")
    _mount("-o", "remount,bind,ro", root)
    os.chroot(root)
    os.chdir(order.directory)
    libc = ctypes.CDLL(None, use_errno=True)
    kept = {CAPABILITIES[name] for name in order.capabilities}
    for number in range(64):
        if number not in kept and libc.prctl(_PR_CAPBSET_READ, number, 0, 0, 0) == 1:
            _prctl(libc, _PR_CAPBSET_DROP, number)
    os.setgroups([])
    os.setresgid(order.group, order.group, order.group)
    os.setresuid(order.user, order.user, order.user)
    _prctl(libc, _PR_SET_NO_NEW_PRIVS, 1)


def _prctl(libc: ctypes.CDLL, option: int, value: int) -> None:
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option}")


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(sock, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | _IFF_UP))


if __name__ == "__main__":
    told = Order(**json.loads(Path(sys.argv[1]).read_text()))
    prepare(told)
    # What Python ignores for itself, a program started by an engine would not find ignored.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execve(told.command[0], told.command, told.environment)
