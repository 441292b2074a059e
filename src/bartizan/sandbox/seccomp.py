"""System call filters (seccomp-BPF): rules in, a program the kernel runs before each call out.

Everything that no rule names kills the process at once, but for calls that are newer than our table: a C library that
tries one of those is told, as by an older kernel, that there is no such call, and does without. Rules may look at one
argument, since a filter sees registers and never memory. The program is built by `assemble` (once, in the parent of
many) and put on by `load`, which needs no_new_privs. Not here: which process gets which rules (profiles.py).
Limits: 4,096 instructions for a program (the kernel's), jumps of 255 inside a rule.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from bartizan.sandbox import syscalls

_LD_W_ABS = 0x20
_JEQ = 0x15
_JGE = 0x35
_AND = 0x54
_RET = 0x06

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL_PROCESS = 0x80000000

_X32_BIT = 0x40000000
_SET_MODE_FILTER = 1
_GET_ACTION_AVAIL = 2


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to system call `name`.

    With `argument` None it is allowed; otherwise only if its lower 32 bits, after `mask`, are one of `values` (and the
    upper 32 are zero when `wide`). `otherwise` is the errno of a refusal, 0: the process is killed.
    `refuse` turns a rule without argument into a refusal with `otherwise`.
    """

    name: str
    argument: int | None = None
    mask: int = 0xFFFFFFFF
    values: tuple[int, ...] = (0,)
    wide: bool = False
    otherwise: int = 0
    refuse: bool = False


def allow(*names: str) -> tuple[Rule, ...]:
    """Rules that allow each of `names` with any arguments."""
    return tuple(Rule(name) for name in names)


def refuse(*names: str, code: int = errno.EACCES) -> tuple[Rule, ...]:
    """Rules that let each of `names` fail with `code`."""
    return tuple(Rule(name, refuse=True, otherwise=code) for name in names)


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _answer(code: int) -> bytes:
    return _instruction(_RET, _ERRNO | code if code else _KILL_PROCESS)


def _block(rule: Rule) -> list[bytes]:
    """The instructions that decide a call already known to be `rule.name`; each path ends in a return."""
    if rule.argument is None:
        return [_answer(rule.otherwise) if rule.refuse else _instruction(_RET, _ALLOW)]
    low = 16 + 8 * rule.argument  # seccomp_data: nr, arch, instruction pointer, then six 64-bit arguments
    block: list[bytes] = []
    if rule.wide:
        block += [_instruction(_LD_W_ABS, low + 4), _instruction(_JEQ, 0, 1, 0), _answer(rule.otherwise)]
    block.append(_instruction(_LD_W_ABS, low))
    if rule.mask != 0xFFFFFFFF:
        block.append(_instruction(_AND, rule.mask))
    count = len(rule.values)
    block += [_instruction(_JEQ, value, count - index, 0) for index, value in enumerate(rule.values)]
    return [*block, _answer(rule.otherwise), _instruction(_RET, _ALLOW)]


def assemble(rules: Iterable[Rule], machine: str) -> bytes:
    """The program for `rules` on `machine` ("x86_64" or "aarch64"), as consecutive struct sock_filter.

    ValueError if a call is named twice: the second rule could never apply.
    """
    program = [
        _instruction(_LD_W_ABS, 4),
        _instruction(_JEQ, syscalls.AUDIT_ARCHITECTURE[machine], 1, 0),
        _answer(0),
        _instruction(_LD_W_ABS, 0),
    ]
    if machine == "x86_64":
        program += [_instruction(_JGE, _X32_BIT, 0, 1), _answer(0)]
    newest = max(number for pair in syscalls.NUMBERS.values() for number in pair if number is not None)
    program += [_instruction(_JGE, newest + 1, 0, 1), _answer(errno.ENOSYS)]
    seen: set[str] = set()
    # the kernel remembers which calls are allowed in any case and does not run the program for them
    for rule in sorted(rules, key=lambda rule: rule.argument is None):
        if rule.name in seen:
            raise ValueError(f"two rules for {rule.name}")
        seen.add(rule.name)
        number = syscalls.number(rule.name, machine)
        if number is None:
            continue
        block = _block(rule)
        program += [_instruction(_JEQ, number, 0, len(block)), *block]
    program.append(_answer(0))
    return b"".join(program)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


class Filter:
    """An assembled program, ready to be loaded."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """OSError on a machine without a table."""
        machine = syscalls.machine()
        if machine is None:
            raise OSError(errno.ENOSYS, "no system call table for this machine")
        program = assemble(rules, machine)
        self._buffer = ctypes.create_string_buffer(program, len(program))
        self._program = _Program(len(program) // 8, ctypes.addressof(self._buffer))

    def load(self) -> None:
        """Confine this process (its one thread) for ever; OSError if the kernel refuses."""
        syscalls.call("seccomp", _SET_MODE_FILTER, 0, ctypes.byref(self._program))


def available() -> bool:
    """True if this kernel and machine can filter system calls and kill a process for one."""
    try:
        syscalls.call("seccomp", _GET_ACTION_AVAIL, 0, ctypes.byref(ctypes.c_uint32(_KILL_PROCESS)))
    except OSError:
        return False
    return True
