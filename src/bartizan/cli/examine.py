"""Examine one file as a mail: read it, never more than the largest message, and hand it to the scanners."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bartizan.cli import console, files
from bartizan.config.schema import Settings
from bartizan.model.finding import Reason, gap
from bartizan.model.limits import Limits
from bartizan.model.message import Examination
from bartizan.sandbox.walls import probe

NEEDED = ("system calls", "files")
"""The walls of the sandbox that "required" asks for."""
Examine = Callable[[bytes, str], Awaitable[Examination]]


def complain_of_missing_walls(settings: Settings) -> None:
    """Where the sandbox is only asked for as far as it goes: say what of it this kernel has not got."""
    missing = [wall.name for wall in probe() if wall.name in NEEDED and not wall.present]
    if missing and settings.server.sandbox == "best-effort":
        console.complain(f"warning: the sandbox is incomplete here, not confined: {', '.join(missing)}")


async def examine_file(examine: Examine, name: str, id: str, limits: Limits) -> Examination:
    """What is in the file; one above the largest message is not examined, and that is its only finding.

    OSError when it cannot be read, TemporaryError when no scanner can be reached.
    """
    raw = files.read(name, limits.message_bytes + 1)
    if len(raw) > limits.message_bytes:
        detail = f"larger than {limits.message_bytes} bytes (limits.message_bytes)"
        return Examination((gap(Reason.LIMIT_TOTAL_BYTES, "message", detail),))
    return await examine(raw, id)
