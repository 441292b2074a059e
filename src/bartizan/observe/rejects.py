"""What was refused, out of event logs: by reason, by source, and which sources that used to be welcome are not now.

In: lines of the event log. Out: a Report about what happened since a moment; everything before it is what things are
compared with. A source is a client's network (IPv4 /24, IPv6 /64) together with the domain of the sender: that is what
a partner is known by. Lines that are no events are counted and left out.
Limits: SOURCES sources; what comes from more is counted only. Memory does not grow with the log.
Not here: printing (bartizan.cli.report).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bartizan.model.envelope import network_of

SOURCES = 200_000
KNOWN = 5
"""Messages accepted before make a source a known one."""
OFTEN = 5
"""Refusals from which on a source may be abnormal."""
SHARE = 0.5
"""Of its tries that must have been refused,"""
TIMES = 3.0
"""and how much more often than before that must be."""


@dataclass(slots=True)
class Source:
    """One source: what was accepted and refused `before` and since, and the last refusal as a sample."""

    accepted_before: int = 0
    refused_before: int = 0
    accepted: int = 0
    refused: int = 0
    first: str = ""
    """When the first refusal since then was."""
    checks: Counter[str] = field(default_factory=Counter)
    sample: dict[str, str] = field(default_factory=dict)

    @property
    def known(self) -> bool:
        """Was it welcome before?"""
        return self.accepted_before >= KNOWN

    @property
    def abnormal(self) -> bool:
        """Is it known, and now refused far more often than it used to be?"""
        if not self.known or self.refused < OFTEN:
            return False
        share = self.refused / (self.refused + self.accepted)
        usual = (self.refused_before + 1) / (self.refused_before + self.accepted_before + 2)
        return share >= SHARE and share >= TIMES * usual


@dataclass(slots=True)
class Report:
    """Refusals since `since` (an RFC 3339 time, "" for all), by check and reply class, and all sources."""

    since: str
    refused: int = 0
    accepted: int = 0
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By check or rule, and the reply that was given."""
    sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    """By network and the sender's domain."""
    lines_left_out: int = 0
    sources_left_out: int = 0

    def abnormal(self) -> list[tuple[tuple[str, str], Source]]:
        """Known sources that are refused now, the most refused first: usually something is configured wrongly."""
        found = [(key, source) for key, source in self.sources.items() if source.abnormal]
        return sorted(found, key=lambda one: (-one[1].refused, one[0]))

    def worst(self, most: int) -> list[tuple[tuple[str, str], Source]]:
        """The sources that were refused most."""
        refused = [one for one in self.sources.items() if one[1].refused]
        return sorted(refused, key=lambda one: (-one[1].refused, one[0]))[:most]


def read(lines: Iterable[bytes], since: str = "") -> Report:
    """The report on these lines, in any order."""
    report = Report(since)
    for line in lines:
        try:
            event = json.loads(line)
            kind = event["event"]
        except (ValueError, KeyError, TypeError, RecursionError):
            report.lines_left_out += 1
            continue
        if kind == "refusal":
            _refused(report, event, str(event.get("check", "")))
        elif kind == "message" and event.get("coverage") != "none":  # the form of others was refused: told above
            reply = str(event.get("reply", ""))
            if reply.startswith("2"):
                _accepted(report, event)
            elif reply[:1] in ("4", "5"):
                _refused(report, event, str(event.get("rule") or "next hop"))
    return report


def _accepted(report: Report, event: dict[str, object]) -> None:
    source = _source(report, event)
    now = str(event.get("time", "")) >= report.since
    report.accepted += now
    if source is None:
        return
    if now:
        source.accepted += 1
    else:
        source.accepted_before += 1


def _refused(report: Report, event: dict[str, object], reason: str) -> None:
    source = _source(report, event)
    time = str(event.get("time", ""))
    if time < report.since:
        if source is not None:
            source.refused_before += 1
        return
    report.refused += 1
    report.reasons[reason, str(event.get("reply", ""))[:200]] += 1
    if source is None:
        return
    source.refused += 1
    source.first = min(source.first or time, time)
    source.checks[reason] += 1
    source.sample = {
        key: str(event.get(key, ""))[:200] for key in ("time", "peer", "helo", "sender", "recipient", "reply", "detail")
    }


def _source(report: Report, event: dict[str, object]) -> Source | None:
    domain = str(event.get("sender", "")).rpartition("@")[2].lower()
    key = (network_of(str(event.get("peer", "")), 24), domain or "<>")
    source = report.sources.get(key)
    if source is None:
        if len(report.sources) >= SOURCES:
            report.sources_left_out += 1
            return None
        source = report.sources[key] = Source()
    return source
