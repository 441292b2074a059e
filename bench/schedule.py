"""When the mails of an open loop are due: Poisson arrivals, the same for the same seed.

Peers do not wait for each other, so what reaches a gateway is a Poisson process: gaps are exponential and forget the
past. A closed loop sends less as soon as the gateway is slow, and so hides exactly the latencies that matter
(coordinated omission); here the schedule stands, whatever happens.
"""

from __future__ import annotations

import random
from array import array


def poisson(rate: float, count: int, seed: int) -> array[float]:
    """`count` times in seconds after the start, ascending, `rate` a second on average. ValueError without a rate."""
    if rate <= 0:
        raise ValueError("an open loop needs a rate above 0")
    chance = random.Random(seed)
    now = 0.0
    times = array("d", bytes(8 * count))
    for number in range(count):
        now += chance.expovariate(rate)
        times[number] = now
    return times
