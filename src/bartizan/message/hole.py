"""What whoever reads something that holds others has to say about it: what was not read, and how it was opened.

Not here: the Findings that the walk makes of this (model/finding).
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.finding import Reason


@dataclass(frozen=True, slots=True)
class Hole:
    """Something of a container, of one member or of a mail's other readings that was not read; a line for people."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A container was encrypted, and a password opened it or something in it: that with this number among those that
    were tried; -1: one that programs try by themselves."""

    number: int
