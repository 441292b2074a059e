"""`--profile`: where a message's time goes, from the milliseconds in the event log.

In: lines of the log, and the sum of all latencies. Out: for each stage how often it ran, p50, p95, p99, and its share
of that sum. What a scanner reports of its own work (detectors, unpacking) lies within `scan`. What no stage covers
(arriving, waiting for a turn and for a scanner, policy, as long as they are not logged) is `elsewhere`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from bench.outcome import percentile

OUTER = ("receive", "turn", "wait", "scan", "policy", "store", "send", "confirm", "remove", "spool")
"""Stages that follow one another, in their order; any other is part of `scan`."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage over all messages, in milliseconds; `share` of the sum of all latencies."""

    name: str
    inner: bool
    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    total_ms: float
    share: float


def read(log: Path, offset: int, whole: float) -> list[Stage]:
    """The stages of every message in the log behind `offset`; `whole` is the sum of their latencies in milliseconds."""
    with log.open("rb") as lines:
        lines.seek(offset)
        return stages(lines, whole)


def elsewhere(found: Iterable[Stage]) -> float:
    """The share of the time that no stage covers."""
    return max(0.0, 1.0 - sum(stage.share for stage in found if not stage.inner))


def stages(lines: Iterable[bytes], whole: float) -> list[Stage]:
    """The stages of every message event among `lines`, the outer ones first."""
    times: dict[str, list[float]] = {}
    for line in lines:
        if not line.endswith(b"\n"):
            continue
        event = json.loads(line)
        if event["event"] == "message":
            for name, ms in event["ms"].items():
                times.setdefault(name, []).append(float(ms))
    order = [name for name in OUTER if name in times]
    order += sorted((name for name in times if name not in OUTER), key=lambda name: -sum(times[name]))
    return [_stage(name, sorted(times[name]), whole) for name in order]


def _stage(name: str, ordered: list[float], whole: float) -> Stage:
    total = sum(ordered)
    p50, p95, p99 = (round(percentile(ordered, percent), 3) for percent in (50, 95, 99))
    return Stage(
        name,
        name not in OUTER,
        len(ordered),
        p50,
        p95,
        p99,
        round(total, 3),
        round(total / whole, 4) if whole else 0.0,
    )
