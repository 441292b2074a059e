"""What was not read of something that holds others: said by whoever reads it, reported as a Gap by the walk.

Not here: the Gap itself (model/finding).
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.finding import Reason


@dataclass(frozen=True, slots=True)
class Hole:
    """Something of a container, of one member or of a mail's other readings that was not read; a line for people."""

    reason: Reason
    detail: str = ""
