"""What a scanner is told at its start, as one argument. Known to the parent, which imports nothing that parses mail."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.limits import Limits
from bartizan.observe import codec
from bartizan.sandbox.lockdown import Mode

EX_CONFIG = 78
"""Exit code of a scanner whose sandbox is required and cannot be had (sysexits.h)."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """The bundle's directory (as the scanner sees it), inherited descriptors, the parent's process id, limits, how much
    sandbox."""

    bundle: str
    scan: int
    fresh: int
    slot: int
    lifeline: int
    parent: int
    limits: Limits
    sandbox: Mode


def to_argument(settings: WorkerSettings) -> str:
    """The settings as one word."""
    return codec.pack(settings).hex()


def from_argument(argument: str) -> WorkerSettings:
    """The settings in a word that `to_argument` made; ValueError for any other."""
    return codec.unpack(bytes.fromhex(argument), WorkerSettings)
