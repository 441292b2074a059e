"""Landlock: takes rights on files, TCP ports, abstract sockets and foreign processes away from this process.

Everything the kernel's ABI version can handle is denied, but for what `restrict` is told to leave open: files and
directories for reading or for writing, and connections to TCP ports. Descriptors that are already open keep working.
Needs no_new_privs and Linux 5.13 (ABI 1); ABI 2 lets files be renamed between directories, ABI 3 handles truncation,
ABI 4 TCP, ABI 6 signals and abstract Unix sockets; what an older kernel lacks, seccomp covers as far as it sees.

Known gaps: looking whether a file exists, and Unix sockets that have a path, are not handled by any ABI; UDP neither.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable

from bartizan.sandbox import syscalls

_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_FILES_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_WRITE_FILE, _READ_FILE, _READ_DIR = 0x2, 0x4, 0x8
_REMOVE_FILE, _MAKE_DIR, _MAKE_REG = 0x20, 0x80, 0x100
_REFER, _TRUNCATE = 0x2000, 0x4000
_READ = _READ_FILE | _READ_DIR
_WRITE = _READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
_OF_A_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE
"""The rights that a rule about a single file may name."""
_BIND_TCP, _CONNECT_TCP = 0x1, 0x2
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0x3


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def abi() -> int:
    """The kernel's Landlock ABI version; 0 when it has none or it is switched off."""
    try:
        return syscalls.call("landlock_create_ruleset", None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict(read: Iterable[str] = (), write: Iterable[str] = (), *, connect: bool = False) -> None:
    """Confine this thread, and those and the processes that it makes from now on, for ever.

    What lies in `read` and `write` (files, or directories with all below them; the latter also for reading) stays
    open, what does not exist is left out. `connect` leaves TCP connections open. OSError if the kernel refuses or has
    no Landlock.
    """
    version = abi()
    if version < 1:
        raise OSError(errno.EOPNOTSUPP, "this kernel has no Landlock")
    handled = _FILES_BY_ABI.get(version, _FILES_BY_ABI[5])
    ruleset, size = _Ruleset(handled, 0, 0), 8
    if version >= 4:
        ruleset.network, size = _BIND_TCP if connect else _BIND_TCP | _CONNECT_TCP, 16
    if version >= 6:
        ruleset.scoped, size = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS, 24
    descriptor = syscalls.call("landlock_create_ruleset", ctypes.byref(ruleset), size, 0)
    try:
        for paths, rights in ((read, _READ), (write, _WRITE)):
            for path in paths:
                _leave_open(descriptor, path, rights & handled)
        syscalls.call("landlock_restrict_self", descriptor, 0)
    finally:
        os.close(descriptor)


def _leave_open(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(target).st_mode):
            rights &= _OF_A_FILE
        attribute = ctypes.create_string_buffer(struct.pack("=Qi", rights, target))
        syscalls.call("landlock_add_rule", ruleset, _RULE_PATH_BENEATH, ctypes.byref(attribute), 0)
    finally:
        os.close(target)
