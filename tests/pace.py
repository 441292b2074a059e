"""How long something takes, on a machine that has other work."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TRIES = 3


def seconds(work: Callable[[], object], *, enough: float = 0.0) -> float:
    """Processor seconds of the quickest of TRIES runs; a run that takes at most `enough` is the last.

    The garbage of thousands of tests is not collected meanwhile: that alone takes half a second now and then.
    """
    best = float("inf")
    collects = gc.isenabled()
    gc.disable()
    try:
        for _ in range(TRIES):
            began = time.process_time()
            work()
            best = min(best, time.process_time() - began)
            if best <= enough:
                break
    finally:
        if collects:
            gc.enable()
    return best
