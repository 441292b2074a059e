"""What an admin process is told at its start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AdminOrder:
    """Numbers are inherited descriptors, but for `parent`, a process id.

    `socket` is bound to the address to serve at; `pages` are the counters of each slot, `supervisor_page` is the
    supervisor's; `bundle` is a file with the content hash of the rules in force, written anew
    at each reload; `sandbox` is the mode of the lock-down; `lifeline` is a pipe
    that ends when the supervisor does.
    """

    socket: int
    pages: tuple[int, ...]
    supervisor_page: int
    bundle: int
    sandbox: str
    parent: int
    lifeline: int
