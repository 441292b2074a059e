"""Examine one file as a mail: read it, never more than the largest message, and hand it to the scanners."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bartizan.cli import files
from bartizan.model.finding import Reason, gap
from bartizan.model.limits import Limits
from bartizan.model.message import Examination

Examine = Callable[[bytes, str], Awaitable[Examination]]


async def examine_file(examine: Examine, name: str, id: str, limits: Limits) -> Examination:
    """What is in the file; one above the largest message is not examined, and that is its only finding.

    OSError when it cannot be read, TemporaryError when no scanner can be reached.
    """
    raw = files.read(name, limits.message_bytes + 1)
    if len(raw) > limits.message_bytes:
        detail = f"larger than {limits.message_bytes} bytes (limits.message_bytes)"
        return Examination((gap(Reason.LIMIT_TOTAL_BYTES, "message", detail),))
    return await examine(raw, id)
