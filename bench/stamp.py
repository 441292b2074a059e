"""What a figure belongs to: commit, time, machine, interpreter, libraries."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.sink import ROOT

LIBRARIES = ("aiosmtpd", "libarchive-c", "msgspec", "pyahocorasick", "pydantic", "uvloop", "yara-python")


@dataclass(frozen=True, slots=True)
class Stamp:
    """The circumstances of a run. `cores` are those this process may use; `memory` in MiB."""

    commit: str
    date: str
    cpu: str
    cores: int
    memory: int
    kernel: str
    system: str
    python: str
    libraries: dict[str, str]


def stamp() -> Stamp:
    """The circumstances now and here."""
    return Stamp(
        commit(),
        datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        field_of(Path("/proc/cpuinfo"), "model name", ":"),
        len(os.sched_getaffinity(0)),
        os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20,
        kernel_version(platform.release()),
        field_of(Path("/etc/os-release"), "PRETTY_NAME", "="),
        platform.python_version(),
        {name: _version(name) for name in LIBRARIES},
    )


def commit() -> str:
    """The commit, with -dirty when files differ from it; "unknown" outside a repository."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()


def kernel_version(release: str) -> str:
    """The version in what uname calls the release, without what a distribution or a build adds to it."""
    found = re.match(r"\d+(\.\d+)*", release)
    return found.group() if found else "unknown"


def field_of(file: Path, name: str, sign: str) -> str:
    """The value of the first line `name` `sign` value in a file, without quotes; "unknown" when there is none."""
    try:
        text = file.read_text(errors="replace")
    except OSError:
        return "unknown"
    found = (line.partition(sign) for line in text.splitlines())
    return next((value.strip().strip('"') for key, _, value in found if key.strip() == name), "unknown")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
