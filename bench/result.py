"""The result of a load test as values, and as JSON: what was measured, under which circumstances.

`FORMAT` changes whenever a field changes its meaning; reading is strict, so that a page is never made from a file that
means something else. The only importer of msgspec here.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from bench.memory import Peak
from bench.outcome import Outcome, percentile
from bench.stages import Stage
from bench.stamp import Stamp
from bench.verify import Account

FORMAT: Literal[1] = 1
CACHES = "none"
"""Which caches could have answered for a message. There is no verdict cache."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from `began` to the last reply (see outcome); `quantiles` are the 0th to the 100th percentile."""

    p50_ms: float
    p95_ms: float
    p99_ms: float
    most_ms: float
    wait_p99_ms: float
    """Of which waiting for a free connection; only an open loop has any."""
    quantiles: list[float]


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement. `replies` counts by class of reply, `cpu_us` is microseconds a message by role of process."""

    messages: int
    rate: float
    mb_per_second: float
    average_bytes: int
    seconds: float
    replies: dict[str, int]
    deferred_share: float
    """Of the mails that were begun, those that got 4yz."""
    unsent: int
    latency: Latency
    cpu_us: dict[str, float]
    bin_seconds: float
    bins: list[int]
    """Replies in each stretch of `bin_seconds`."""
    memory: Peak | None = None
    at_sink: int | None = None
    """Mails that the sink took meanwhile, if it counts."""


@dataclass(frozen=True, slots=True)
class Run:
    """Straight to the sink, then through the gateway; `share` of its rate, None in an open loop."""

    straight: Measured
    gateway: Measured
    share: float | None
    stages: list[Stage] = field(default_factory=list)
    hottest: list[str] = field(default_factory=list)
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, and how far they lie apart."""

    median: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Result:
    """All runs of one invocation of `command`."""

    format: Literal[1]
    command: str
    stamp: Stamp
    options: dict[str, str]
    sink: str
    mails: str
    """Where they come from."""
    caches: str
    runs: list[Run]
    summary: dict[str, Spread]


_FIGURES: dict[str, Callable[[Run], float | None]] = {
    "share": lambda run: run.share,
    "straight messages/s": lambda run: run.straight.rate,
    "messages/s": lambda run: run.gateway.rate,
    "MB/s": lambda run: run.gateway.mb_per_second,
    "p50 ms": lambda run: run.gateway.latency.p50_ms,
    "p95 ms": lambda run: run.gateway.latency.p95_ms,
    "p99 ms": lambda run: run.gateway.latency.p99_ms,
    "4xx share": lambda run: run.gateway.deferred_share,
}


def measured(
    outcome: Outcome, cpu_seconds: dict[str, float], memory: Peak | None = None, at_sink: int | None = None
) -> Measured:
    """The figures of one run of the generator; CPU times are divided by the number of answered mails."""
    answered = max(1, outcome.answered)
    ordered = outcome.latencies()
    quantiles = [round(percentile(ordered, percent), 3) for percent in range(101)]
    latency = Latency(
        quantiles[50],
        quantiles[95],
        quantiles[99],
        quantiles[100],
        round(percentile(outcome.waits(), 99), 3),
        quantiles,
    )
    width, bins = outcome.over_time()
    return Measured(
        messages=outcome.answered,
        rate=round(outcome.rate, 1),
        mb_per_second=round(outcome.size / outcome.seconds / 1e6, 2) if outcome.seconds else 0.0,
        average_bytes=outcome.size // answered,
        seconds=round(outcome.seconds, 3),
        replies=outcome.classes,
        deferred_share=round(outcome.classes.get("4xx", 0) / max(1, len(outcome.codes)), 5),
        unsent=outcome.unsent,
        latency=latency,
        cpu_us={role: round(seconds / answered * 1e6, 1) for role, seconds in cpu_seconds.items()},
        bin_seconds=width,
        bins=bins,
        memory=memory,
        at_sink=at_sink,
    )


def summary(runs: Sequence[Run]) -> dict[str, Spread]:
    """The main figures over all runs."""
    found: dict[str, Spread] = {}
    for name, figure in _FIGURES.items():
        values = [value for run in runs if (value := figure(run)) is not None]
        if values:
            found[name] = Spread(statistics.median(values), min(values), max(values))
    return found


def to_json(result: Result) -> bytes:
    """One JSON object, indented, with a line end."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def from_json(data: bytes) -> Result:
    """What `to_json` wrote; ValueError for anything else."""
    try:
        return msgspec.json.decode(data, type=Result)
    except msgspec.DecodeError as problem:
        raise ValueError(f"not a result: {problem}") from None
