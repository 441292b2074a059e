"""What a run of the generator did: replies, latencies, and how they are spread over time.

Latency is seconds from `began` to `ended`: in a closed loop from the first byte of a mail's commands (in the mix
`newconn` from connecting), in an open loop from the moment the schedule named, whether a connection was free or not.
A mail without a reply has no latency; it counts as lost.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_BINS = 40
_WIDTHS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def _none() -> array[float]:
    return array("d")


@dataclass(slots=True)
class Outcome:
    """Seconds from the first byte to the last reply, and for each mail that was begun its final code (0: none).

    `began`, `sent` and `ended` are seconds since the start, for the mails that got a reply, in the order they were
    made; `sent` is when a connection really took the mail.
    """

    seconds: float = 0.0
    codes: list[int] = field(default_factory=list)
    unsent: int = 0
    """Mails that the deadline left over."""
    size: int = 0
    """Bytes of the mails that got a reply, as they went over the wire."""
    cpu: float = 0.0
    """Seconds of processor time that the generator used meanwhile."""
    began: array[float] = field(default_factory=_none)
    sent: array[float] = field(default_factory=_none)
    ended: array[float] = field(default_factory=_none)

    @property
    def answered(self) -> int:
        """Mails that got a reply."""
        return sum(1 for code in self.codes if code)

    @property
    def rate(self) -> float:
        """Answered mails a second."""
        return self.answered / self.seconds if self.seconds else 0.0

    @property
    def classes(self) -> dict[str, int]:
        """How many mails got a reply of each class: "2xx", "4xx", "5xx", "lost"."""
        return dict(sorted(Counter(f"{code // 100}xx" if code else "lost" for code in self.codes).items()))

    def latencies(self) -> list[float]:
        """Milliseconds of every answered mail, the shortest first."""
        return sorted((end - begin) * 1e3 for begin, end in zip(self.began, self.ended, strict=True))

    def waits(self) -> list[float]:
        """Milliseconds that mails waited for a connection, the shortest first; zeros in a closed loop."""
        return sorted((sent - begin) * 1e3 for begin, sent in zip(self.began, self.sent, strict=True))

    def over_time(self) -> tuple[float, list[int]]:
        """The width of a bin in seconds, and how many replies came in each; at most 40 bins in runs of some minutes."""
        if not self.seconds:
            return 1.0, []
        width = next((width for width in _WIDTHS if self.seconds / width <= MOST_BINS), 60.0)
        bins = [0] * (int(self.seconds / width) + 1)
        for end in self.ended:
            bins[min(int(end / width), len(bins) - 1)] += 1
        return width, bins


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of `ordered` do not exceed (nearest rank); 0 when it is empty."""
    if not ordered:
        return 0.0
    rank = -int(-len(ordered) * percent // 100)
    return ordered[min(max(rank, 1), len(ordered)) - 1]
