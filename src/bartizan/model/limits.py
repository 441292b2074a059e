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
    """[limits]: what one message may cost. All values are positive; reaching one is a gap unless it says otherwise."""

    message_bytes: int = 50 * MIB
    """Largest message; above it the answer is 552."""
    data_line_bytes: int = 0
    """Longest data line accepted, without its line end; 0 refuses none (998 and more is flagged only)."""
    header_bytes: int = 64 * KIB
    """Longest header field that is read whole (Gap limit:header)."""
    headers_bytes: int = 1 * MIB
    """All header fields of one part together (Gap limit:header)."""
    header_fields: int = 2000
    """Header fields of one part (Gap limit:header)."""
    mime_depth: int = 20
    """Levels of multiparts and attached mails (Gap limit:depth)."""
    mime_parts: int = 1000
    """Parts of one message (Gap limit:parts)."""
    archive_depth: int = 8
    """Containers in containers (Gap limit:depth)."""
    members: int = 5000
    """Members of all containers of one message together (Gap limit:members)."""
    member_bytes: int = 100 * MIB
    """Largest member that is unpacked (Gap limit:member_bytes)."""
    total_bytes: int = 300 * MIB
    """All unpacked bytes of one message together (Gap limit:total_bytes)."""
    ratio: int = 200
    """Unpacked bytes for each packed byte, looked at once more than `ratio_floor_bytes` came out."""
    ratio_floor_bytes: int = 1 * MIB
    """Unpacked bytes up to which `ratio` does not matter."""
    soft_seconds: float = 20.0
    """After this the scanner stops looking further and says so (Gap limit:time)."""
    hard_seconds: float = 60.0
    """After this the scanner is killed (Gap timeout)."""
    recipients: int = 1000
    """Recipients of one transaction; further ones are answered 452."""
    received_lines: int = 100
    """Received lines at which a message counts as looping; above it the answer is 554 5.4.6."""
    own_received_lines: int = 10
    """The same of those that name this host."""

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

    def left_bytes(self) -> int:
        """How many bytes may still come out of containers: with one more, `spend_bytes` names a limit."""
        ratio = max(self.limits.ratio_floor_bytes, self.limits.ratio * self.packed)
        return max(0, min(self.limits.total_bytes, ratio) - self.total)

    def give_back(self, members: int, count: int) -> None:
        """Members and bytes of a container that is opened once more will be spent once more."""
        self.members -= members
        self.total -= count

    def spend_time(self) -> Reason | None:
        """Has the soft deadline passed?"""
        return Reason.LIMIT_TIME if time.monotonic() > self.deadline else None

    def left_seconds(self) -> float:
        """Seconds until the soft deadline; 0.0 when it has passed."""
        return max(0.0, self.deadline - time.monotonic())
