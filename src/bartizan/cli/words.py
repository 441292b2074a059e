"""What people read about a message: its findings in a few words, and findings as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Examination, Node
from bartizan.model.verdict import Verdict
from bartizan.observe.clean import clean

_MOST = 2


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in an order that depends on nothing but themselves."""
    return sorted(findings, key=lambda one: (one.part, one.kind, one.name, one.detail, one.score, one.span or (0, 0)))


def why(findings: Iterable[Finding], most: int = _MOST) -> str:
    """The weightiest findings: gaps, signatures and blocked attachments, then by score; "" when nothing was found."""
    ordered = sorted(in_order(findings), key=_weight)
    words = [f"{one.kind} {clean(one.name, 80)} in {clean(one.part, 120)}" for one in ordered[:most]]
    if len(ordered) > most:
        words.append(f"and {len(ordered) - most} more")
    return ", ".join(words)


def _weight(finding: Finding) -> tuple[int, float]:
    if finding.kind in (Kind.SIGNATURE, Kind.GAP) or finding.name.startswith("block:"):
        return 0, -finding.score
    return 1, -finding.score


def as_json(file: str, verdict: Verdict, examination: Examination, milliseconds: float) -> dict[str, object]:
    """One message as `bartizan scan --json` prints it."""
    return {
        "file": file.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
        "verdict": verdict.action,
        "rule": verdict.rule,
        "score": verdict.score,
        "coverage": "complete" if examination.complete else "partial",
        "anomalies": sorted(examination.anomalies),
        "findings": [finding_json(finding) for finding in in_order(examination.findings)],
        "parts": [_part(node) for node in examination.nodes],
        "took_ms": round(milliseconds, 3),
    }


def finding_json(finding: Finding) -> dict[str, object]:
    """One finding as `--json` prints it."""
    return {
        "kind": finding.kind,
        "name": clean(finding.name, 1000),
        "part": clean(finding.part, 4000),
        "score": finding.score,
        "detail": clean(finding.detail, 1000),
    }


def _part(node: Node) -> dict[str, object]:
    return {
        "path": clean(node.path, 4000),
        "names": [clean(name, 1000) for name in node.names],
        "declared": clean(node.declared),
        "type": node.type,
        "size": node.size,
        "sha256": node.sha256,
    }


def tally(actions: Sequence[str]) -> str:
    """How many messages had which fate: "3 messages: 2 accept, 1 quarantine"."""
    counts = ", ".join(f"{actions.count(action)} {action}" for action in sorted(set(actions)))
    return f"{count(len(actions), 'message')}{': ' if counts else ''}{counts}"


def count(number: int, noun: str, plural: str = "") -> str:
    """ "1 message", "2 messages"."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
