"""The decision in words: one line for each rule that was looked at, with why it did or did not match.

It asks the very conditions the engine asks, in the same order, so that it cannot tell another story; the tests hold the
two to the same verdicts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bartizan.model.envelope import Envelope
from bartizan.model.message import Examination
from bartizan.model.rule import Rule
from bartizan.model.verdict import Verdict
from bartizan.policy import engine
from bartizan.policy.engine import Case
from bartizan.policy.rules import Policy, ReadyRule


def explain(policy: Policy, envelope: Envelope, examination: Examination, now: float) -> tuple[Verdict, ...]:
    """The verdicts that `engine.decide` gives, each with its trace."""
    case = Case.of(envelope, examination)
    verdicts = engine.decide(policy, envelope, examination, now)
    return tuple(replace(verdict, trace=_trace(policy, case, index)) for index, verdict in enumerate(verdicts))


def _trace(policy: Policy, case: Case, index: int) -> tuple[str, ...]:
    lines = []
    for rule in policy.rules:
        failed = _failed(rule, case, index)
        if not failed:
            lines.append(f"{rule.rule.identity}: matches: {rule.rule.action}{_because(rule, case)}")
            return tuple(lines)
        lines.append(f"{rule.rule.identity}: no: {failed}")
    lines.append(f"{engine.NO_RULE}: no rule matched: {policy.default}")
    return tuple(lines)


def _failed(rule: ReadyRule, case: Case, index: int) -> str:
    """The first condition that does not hold, in words; "" when all hold."""
    envelope, written = case.envelope, rule.rule
    conditions: tuple[tuple[Callable[[ReadyRule, Case], bool], str], ...] = (
        (engine.direction_holds, f"direction is {envelope.direction}, not {_any(written.who.direction)}"),
        (engine.sender_holds, f"sender <{envelope.sender}> is not {_any(written.who.sender)}"),
        (engine.peer_holds, f"peer {envelope.peer.address or '(none)'} is not in {_any(written.who.peer)}"),
        (engine.finding_holds, f"no finding with {_finding_words(written)}"),
        (engine.total_holds, f"content score {case.score:g} is below {written.what.min_total}"),
        (engine.anomaly_holds, f"no anomaly {_any(written.what.anomalies)}"),
    )
    for holds, words in conditions:
        if not holds(rule, case):
            return words
    if not engine.recipient_holds(rule, case, index):
        return f"recipient <{envelope.recipients[index].address}> is not {_any(written.who.recipient)}"
    return ""


def _because(rule: ReadyRule, case: Case) -> str:
    """What made the rule match: its finding, the score."""
    reasons = []
    meant = engine.meant(rule, case)
    if meant:
        more = f" and {len(meant) - 1} more" if len(meant) > 1 else ""
        reasons.append(f"{meant[0].kind} {meant[0].name} in {meant[0].part or 'message'}{more}")
    if rule.rule.what.min_total is not None:
        reasons.append(f"content score {case.score:g} is at least {rule.rule.what.min_total:g}")
    return f" because of {', '.join(reasons)}" if reasons else ""


def _finding_words(written: Rule) -> str:
    what = written.what
    conditions = (("kind", what.kind), ("name", what.name), ("part", what.part))
    words = [f"{key} {_any(values)}" for key, values in conditions if values]
    if what.min_score is not None:
        words.append(f"a score of at least {what.min_score:g}")
    return ", ".join(words)


def _any(values: tuple[str, ...]) -> str:
    return " or ".join(map(str, values))
