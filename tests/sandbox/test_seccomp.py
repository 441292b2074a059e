"""System call filters: the numbers, and the programs made of them."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from bartizan.model.limits import Limits
from bartizan.sandbox import profiles, syscalls
from bartizan.sandbox.seccomp import Rule, allow, assemble, refuse

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
PROFILES = (
    *(profile(Limits()) for profile in (profiles.scanner, profiles.zygote, profiles.child)),
    profiles.smtpd(),
    profiles.admin(),
)
ALLOW, KILL, EACCES, ENOSYS = 0x7FFF0000, 0x80000000, 0x0005000D, 0x00050026


def run(program: bytes, machine: str, name: str, *arguments: int) -> int:
    """What the kernel would do: the answer of `program` for one system call."""
    number = syscalls.number(name, machine)
    assert number is not None
    return run_number(program, syscalls.AUDIT_ARCHITECTURE[machine], number, *arguments)


def run_number(program: bytes, architecture: int, number: int, *arguments: int) -> int:
    """The same by number."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, *(arguments + (0,) * (6 - len(arguments))))
    steps = list(struct.iter_unpack("=HBBI", program))
    at = accumulator = 0
    while True:
        code, if_true, if_false, value = steps[at]
        at += 1
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        elif code == 0x54:
            accumulator &= value
        elif code == 0x06:
            return int(value)
        else:
            holds = accumulator == value if code == 0x15 else accumulator >= value
            at += if_true if holds else if_false


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_numbers_are_the_kernels(machine: str) -> None:
    """Every number is the one in the kernel's own header, as far as that is new enough to know it."""
    header = HEADERS[machine]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text())
    theirs = {name: int(number) for name, number in found}
    theirs.setdefault("newfstatat", theirs.get("fstatat", -1))
    ours = {name: syscalls.number(name, machine) for name in syscalls.NUMBERS}
    newest = max(number for name, number in theirs.items() if name != "syscalls")
    known = {name: number for name, number in ours.items() if number is not None and number <= newest}
    assert known == {name: theirs[name] for name in known}


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_what_is_not_named_kills(machine: str) -> None:
    """The default is death, for foreign architectures and the x32 numbers too."""
    program = assemble(allow("read"), machine)
    architecture = syscalls.AUDIT_ARCHITECTURE[machine]
    read = syscalls.number("read", machine)
    assert read is not None
    assert run(program, machine, "read") == ALLOW
    assert run(program, machine, "write") == KILL
    assert run_number(program, 0x40000003, read) == KILL
    assert run_number(program, architecture, read | 0x40000000) == (KILL if machine == "x86_64" else ENOSYS)


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_calls_of_the_future_are_not_there(machine: str) -> None:
    """A library that tries a new call first must be able to fall back on the old one."""
    program = assemble(allow("read"), machine)
    architecture = syscalls.AUDIT_ARCHITECTURE[machine]
    newest = max(number for pair in syscalls.NUMBERS.values() for number in pair if number is not None)
    assert run_number(program, architecture, newest) == KILL
    assert run_number(program, architecture, newest + 1) == ENOSYS
    assert run_number(program, architecture, 5000) == ENOSYS


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_refusals_answer_an_error(machine: str) -> None:
    """A refused call fails, the process lives."""
    assert run(assemble(refuse("openat"), machine), machine, "openat") == EACCES


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_rules_look_at_an_argument(machine: str) -> None:
    """A mask, a choice of values, and the upper half of a wide argument."""
    rules = (
        Rule("mmap", argument=2, mask=4),
        Rule("prctl", argument=0, values=(1, 4)),
        Rule("sendto", argument=4, wide=True, otherwise=13),
    )
    program = assemble(rules, machine)
    assert run(program, machine, "mmap", 0, 0, 3) == ALLOW
    assert run(program, machine, "mmap", 0, 0, 7) == KILL
    assert [run(program, machine, "prctl", option) for option in (1, 4, 2)] == [ALLOW, ALLOW, KILL]
    assert run(program, machine, "sendto", 0, 0, 0, 0, 0) == ALLOW
    assert run(program, machine, "sendto", 0, 0, 0, 0, 1) == EACCES
    assert run(program, machine, "sendto", 0, 0, 0, 0, 1 << 32) == EACCES


def test_two_rules_for_one_call_are_an_error() -> None:
    """The second could never apply."""
    with pytest.raises(ValueError, match="two rules for read"):
        assemble(allow("read", "read"), "x86_64")


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("profile", PROFILES, ids=[profile.name for profile in PROFILES])
def test_profiles_fit(machine: str, profile: profiles.Profile) -> None:
    """Each profile is a program that the kernel's length limit allows."""
    assert len(assemble(profile.rules, machine)) // 8 < 4096
