"""One message through all detectors: the walk, what looks at each node, and how long it took.

A detector that raises is our bug: it costs that node a Gap `crash` and is told on stderr, and the others go on.
Not here: the process around it (worker.py), what is sent (protocol.py).
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from bartizan.detect.base import Detector
from bartizan.message.walk import Automaton, Containers, Hole, Member, Walk
from bartizan.model.finding import Finding, Reason, gap
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from bartizan.scanner.protocol import ScanAnswer, ScanRequest


class Examiner:
    """Everything that is needed to look into messages; made once for each scanner."""

    def __init__(
        self, detectors: Sequence[Detector], containers: Containers, automaton: Automaton, limits: Limits
    ) -> None:
        self._detectors = [(type(detector).__name__.lower(), detector) for detector in detectors]
        self._containers = containers
        self._automaton = automaton
        self._limits = limits

    def examine(self, request: ScanRequest, raw: bytes | memoryview) -> ScanAnswer:
        """Look into `raw`; timings are milliseconds: the whole as `scan`, `unpack`, and each detector by its name."""
        began = time.perf_counter()
        timings = dict.fromkeys((*(name for name, _ in self._detectors), "unpack", "scan"), 0.0)

        def look(node: Node, data: bytes | memoryview) -> Iterator[Finding]:
            for name, detector in self._detectors:
                start = time.perf_counter()
                try:
                    found = tuple(detector.look(node, data))
                except Exception:
                    found = (gap(Reason.CRASH, node.path, f"detector {name}"),)
                    sys.stderr.write(f"detector {name} failed at a node of message {request.id}\n")
                    traceback.print_exc()
                timings[name] += time.perf_counter() - start
                yield from found

        def open_timed(type: str, data: bytes | memoryview, budget: Budget) -> Generator[Member | Hole, None, None]:
            with closing(self._containers.open(type, data, budget)) as members:
                while True:
                    start = time.perf_counter()
                    found = next(members, None)
                    timings["unpack"] += time.perf_counter() - start
                    if found is None:
                        return
                    yield found

        containers = replace(self._containers, open=open_timed)
        walk = Walk(self._limits, Budget(self._limits, len(raw)), look, containers, self._automaton)
        walk.run(raw, stored=request.stored)
        timings["scan"] = time.perf_counter() - began
        rounded = {name: round(seconds * 1000, 3) for name, seconds in timings.items()}
        return ScanAnswer(
            request.id, request.size, tuple(walk.findings), tuple(walk.nodes), tuple(walk.anomalies), rounded
        )
