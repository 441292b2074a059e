"""Gives memory back to the system: what one large message took must not be held while small ones follow.

glibc raises its own limits as large blocks are freed, up to 32 MiB, and then keeps such blocks in a heap that can only
shrink at its end (mallopt(3), M_MMAP_THRESHOLD): a scanner that had seen a mail of 40 MiB kept a hundred for good.
Other C libraries have no such call and need none.
"""

from __future__ import annotations

import ctypes

from bartizan.model.limits import MIB

MAPPED = 4 * MIB
"""Bytes of a block from which on it is memory of its own."""
KEPT = 16 * MIB
"""Free bytes at the end of the heap that are kept."""

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3


def give_back() -> None:
    """From now on, in this process and those that it forks."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, MAPPED)
        mallopt(_M_TRIM_THRESHOLD, KEPT)
