"""Time as a value that is passed in, so that decisions can be replayed and tests need no sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time comes from: `wall` in seconds since 1970, `monotonic` in seconds since an arbitrary start."""

    wall: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic


SYSTEM = Clock()
