"""One message through all detectors: the walk, what looks at each node, and how long it took.

A detector that raises is our bug: it costs that node a Gap `crash` and is told on stderr, and the others go on.
Not here: the process around it (worker.py), what is sent (protocol.py).
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing

from bartizan.detect.base import Detector
from bartizan.message.containers import Containers, Hole, Member, Opened
from bartizan.message.walk import Automaton, Walk
from bartizan.model.finding import Finding, Reason, gap
from bartizan.model.limits import Budget, Limits
from bartizan.model.message import Node
from bartizan.scanner.protocol import ScanAnswer, ScanRequest


class Examiner:
    """Everything that is needed to look into messages, one at a time; made once for each scanner."""

    def __init__(
        self, detectors: Sequence[Detector], containers: Containers, automaton: Automaton, limits: Limits
    ) -> None:
        self._detectors = [
            (type(detector).__name__.removesuffix("Detector").lower(), detector) for detector in detectors
        ]
        self._open = containers.open
        self._containers = Containers(containers.types, self._open_timed, containers.inner_names)
        self._automaton = automaton
        self._limits = limits
        self._seconds: dict[str, float] = {}

    def examine(self, request: ScanRequest, raw: bytes | memoryview) -> ScanAnswer:
        """Look into `raw`; timings are milliseconds: the whole as `scan`, `unpack`, and each detector by its name."""
        began = time.perf_counter()
        self._seconds = dict.fromkeys((name for name, _ in self._detectors), 0.0)
        self._seconds["unpack"] = 0.0
        walk = Walk(self._limits, Budget(self._limits, len(raw)), self._look, self._containers, self._automaton)
        walk.run(raw, stored=request.stored)
        self._seconds["scan"] = time.perf_counter() - began
        timings = {name: round(seconds * 1000, 3) for name, seconds in self._seconds.items()}
        return ScanAnswer(
            request.id, request.size, tuple(walk.findings), tuple(walk.nodes), tuple(walk.anomalies), timings
        )

    def _look(self, node: Node, data: bytes | memoryview) -> Iterable[Finding]:
        """What all detectors find in a node."""
        findings: list[Finding] = []
        for name, detector in self._detectors:
            start = time.perf_counter()
            try:
                findings += detector.look(node, data)
            except Exception:
                findings.append(gap(Reason.CRASH, node.path, f"detector {name}"))
                sys.stderr.write(f"detector {name} failed\n")
                traceback.print_exc()
            self._seconds[name] += time.perf_counter() - start
        return findings

    def _open_timed(
        self, type: str, data: bytes | memoryview, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Generator[Member | Hole | Opened, None, None]:
        with closing(self._open(type, data, budget, passwords)) as members:
            while True:
                start = time.perf_counter()
                found = next(members, None)
                self._seconds["unpack"] += time.perf_counter() - start
                if found is None:
                    return
                yield found
