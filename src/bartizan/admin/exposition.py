"""The numbers of a Board in Prometheus' text format. The only importer of prometheus_client.

Every family of observe/metrics.py is told as `bartizan_NAME` (counters get `_total`), every value of its label always,
also when it is 0. The registry is our own: nothing about the admin process itself is told. Not here: what is counted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from bartizan import __version__
from bartizan.admin.board import Board
from bartizan.observe.page import Family, Reading, Shape

CONTENT_TYPE = CONTENT_TYPE_LATEST
PREFIX = "bartizan_"


class Exposition(Collector):
    """Collects from `board` each time it is asked."""

    def __init__(self, board: Board, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._board = board
        self._monotonic = monotonic
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)

    def text(self) -> bytes:
        """All metrics as they are now."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """For prometheus_client."""
        about = {"bundle": self._board.bundle, "version": __version__}
        yield InfoMetricFamily(f"{PREFIX}rules", "The rules in force, and the version of the gateway.", about)
        for reading in (self._board.supervisor(), self._board.smtpds()):
            for family in reading.layout.families:
                yield self._metric(family, reading)

    def _metric(self, family: Family, reading: Reading) -> Metric:
        name, labels = PREFIX + family.name, [family.label] if family.label else []
        if family.shape is Shape.HISTOGRAM:
            return _histogram(name, labels, family, reading)
        if family.shape is Shape.AGE:
            return GaugeMetricFamily(name, family.help, value=reading.age(family.name, self._monotonic()))
        metric = (CounterMetricFamily if family.shape is Shape.COUNTER else GaugeMetricFamily)(
            name, family.help, labels=labels
        )
        for value in family.values or ("",):
            metric.add_metric([value] if labels else [], reading.value(family.name, value))
        return metric


def _histogram(name: str, labels: list[str], family: Family, reading: Reading) -> Metric:
    metric = HistogramMetricFamily(name, family.help, labels=labels)
    ends = [*map(str, family.bounds), "+Inf"]
    for value in family.values:
        counts, total = reading.buckets(family.name, value)
        metric.add_metric([value], list(zip(ends, accumulate(counts), strict=True)), total)
    return metric
