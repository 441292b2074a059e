"""Landlock: takes every right on files, TCP ports, abstract sockets and foreign processes away from this process.

One ruleset without a single rule: whatever the kernel's ABI version can handle is denied. File descriptors that are
already open keep working. Needs no_new_privs and Linux 5.13 (ABI 1); ABI 4 adds TCP, ABI 6 signals and abstract Unix
sockets; what an older kernel lacks, seccomp covers. Not here: rules that leave a directory open (smtpd, delivery and
admin get theirs with their own confinement).
"""

from __future__ import annotations

import ctypes
import errno
import os

from bartizan.sandbox import syscalls

_CREATE_RULESET_VERSION = 1
_FILES_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_TCP_BIND_AND_CONNECT = 0x3
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0x3


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


def abi() -> int:
    """The kernel's Landlock ABI version; 0 when it has none or it is switched off."""
    try:
        return syscalls.call("landlock_create_ruleset", None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def deny_everything() -> None:
    """Confine this process and those it forks for ever. OSError if the kernel refuses or has no Landlock."""
    version = abi()
    if version < 1:
        raise OSError(errno.EOPNOTSUPP, "this kernel has no Landlock")
    ruleset = _Ruleset(_FILES_BY_ABI.get(version, _FILES_BY_ABI[5]), 0, 0)
    size = 8
    if version >= 4:
        ruleset.network, size = _TCP_BIND_AND_CONNECT, 16
    if version >= 6:
        ruleset.scoped, size = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS, 24
    descriptor = syscalls.call("landlock_create_ruleset", ctypes.byref(ruleset), size, 0)
    try:
        syscalls.call("landlock_restrict_self", descriptor, 0)
    finally:
        os.close(descriptor)
