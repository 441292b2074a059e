"""Runs a program as if on a kernel that lacks some system calls: `python older_kernel.py CALL[,CALL...] PROGRAM...`.

A filter answers ENOSYS for them, in the program and all that it starts.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

from bartizan.sandbox import syscalls

NO_NEW_PRIVS = 38
ALLOW, ERRNO = 0x7FFF0000, 0x00050000


def without(calls: list[str]) -> None:
    """Let the named calls fail from now on."""
    machine = syscalls.machine()
    assert machine is not None
    program = struct.pack("=HBBI", 0x20, 0, 0, 0)
    for name in calls:
        number = syscalls.number(name, machine)
        assert number is not None
        program += struct.pack("=HBBI", 0x15, 0, 1, number) + struct.pack("=HBBI", 0x06, 0, 0, ERRNO | errno.ENOSYS)
    program += struct.pack("=HBBI", 0x06, 0, 0, ALLOW)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer)))
    syscalls.prctl(NO_NEW_PRIVS, 1)
    syscalls.call("seccomp", 1, 0, ctypes.byref(head))


if __name__ == "__main__":
    without(sys.argv[1].split(","))
    os.execv(sys.argv[2], sys.argv[2:])
