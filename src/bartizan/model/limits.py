"""Every limit with its name, unit and default, and the budget of one message that all stages spend from.

Reaching a limit is information (a Gap), never an exception and never silence.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

from bartizan.model.finding import Reason

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one message may cost. All values are positive; sizes in bytes, times in seconds."""

    message_bytes: int = 50 * MIB
    data_line_bytes: int = 0
    """Longest data line accepted, without its line end; 0 refuses none (998 and more is flagged only)."""
    header_bytes: int = 64 * KIB
    headers_bytes: int = 1 * MIB
    header_fields: int = 2000
    mime_depth: int = 20
    mime_parts: int = 1000
    archive_depth: int = 8
    members: int = 5000
    member_bytes: int = 100 * MIB
    total_bytes: int = 300 * MIB
    ratio: int = 200
    """Unpacked bytes for each packed byte, looked at once more than `ratio_floor_bytes` came out."""
    ratio_floor_bytes: int = 1 * MIB
    soft_seconds: float = 20.0
    """After this the scanner stops looking further and says so (Gap limit:time)."""
    hard_seconds: float = 60.0
    """After this the scanner is killed (Gap timeout)."""
    recipients: int = 1000
    received_lines: int = 100

    def __post_init__(self) -> None:
        wrong = [f.name for f in fields(self) if getattr(self, f.name) <= 0 and f.name != "data_line_bytes"]
        if self.data_line_bytes < 0:
            wrong.append("data_line_bytes")
        if wrong:
            raise ValueError(f"must be positive: {', '.join(wrong)}")
        if self.hard_seconds <= self.soft_seconds:
            raise ValueError("hard_seconds must be above soft_seconds")


class Budget:
    """What is left of one message's limits; shared by every level of unpacking.

    Each `spend` answers None, or the Reason of the limit that is now exhausted; once exhausted it stays so.
    Real output is counted, never what a header declares.
    """

    __slots__ = ("deadline", "limits", "members", "packed", "total")

    def __init__(self, limits: Limits, packed: int, now: float | None = None) -> None:
        """`packed` is the message's own size in bytes: what the ratio is measured against."""
        self.limits = limits
        self.packed = max(packed, 1)
        self.members = 0
        self.total = 0
        self.deadline = (time.monotonic() if now is None else now) + limits.soft_seconds

    def spend_member(self) -> Reason | None:
        """One more member of a container."""
        self.members += 1
        return Reason.LIMIT_MEMBERS if self.members > self.limits.members else self.spend_time()

    def spend_bytes(self, count: int) -> Reason | None:
        """`count` more bytes came out of a container."""
        self.total += count
        if self.total > self.limits.total_bytes:
            return Reason.LIMIT_TOTAL_BYTES
        if self.total > self.limits.ratio_floor_bytes and self.total > self.limits.ratio * self.packed:
            return Reason.LIMIT_RATIO
        return None

    def spend_time(self) -> Reason | None:
        """Has the soft deadline passed?"""
        return Reason.LIMIT_TIME if time.monotonic() > self.deadline else None

    def left_seconds(self) -> float:
        """Seconds until the soft deadline; 0.0 when it has passed."""
        return max(0.0, self.deadline - time.monotonic())
