"""The decision: which rule holds for each recipient. A pure function; no time, no input or output, no state.

The first rule of which every condition holds decides. The order in which findings were made never matters.
Not here: the reasons in words (bartizan.policy.explain), carrying a verdict out (bartizan.actions).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from bartizan.model.envelope import Envelope
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Examination
from bartizan.model.verdict import Verdict
from bartizan.policy.predicates import canonical, in_networks
from bartizan.policy.rules import Policy, ReadyRule

NO_RULE = "policy.default"


@dataclass(frozen=True, slots=True)
class Case:
    """What all rules are asked about: the envelope and the examination, with what is worked out of them once."""

    envelope: Envelope
    examination: Examination
    sender: str
    recipients: tuple[str, ...]
    score: float

    @staticmethod
    def of(envelope: Envelope, examination: Examination) -> Case:
        """The case of one message."""
        recipients = tuple(canonical(recipient.address) for recipient in envelope.recipients)
        score = content_score(examination.findings)
        return Case(envelope, examination, canonical(envelope.sender), recipients, score)


def decide(policy: Policy, envelope: Envelope, examination: Examination, now: float) -> tuple[Verdict, ...]:
    """One verdict for each recipient, in the envelope's order.

    `now`, seconds since 1970, is the only time a rule may ask for; it is recorded with the event, so that the decision
    can be replayed. No rule asks for it yet.
    """
    case = Case.of(envelope, examination)
    common = tuple(rule for rule in policy.rules if common_holds(rule, case))
    return tuple(_verdict(policy, common, case, index) for index in range(len(case.recipients)))


def content_score(findings: Iterable[Finding]) -> float:
    """The sum over different findings (by kind and name) of their highest score; gaps count nothing."""
    highest: dict[tuple[Kind, str], float] = {}
    for finding in findings:
        if finding.kind is not Kind.GAP:
            key = finding.kind, finding.name
            highest[key] = max(highest.get(key, 0.0), finding.score)
    return math.fsum(highest.values())


def common_holds(rule: ReadyRule, case: Case) -> bool:
    """Does every condition hold that is the same for all recipients?"""
    return (
        direction_holds(rule, case)
        and sender_holds(rule, case)
        and peer_holds(rule, case)
        and finding_holds(rule, case)
        and total_holds(rule, case)
        and anomaly_holds(rule, case)
    )


def direction_holds(rule: ReadyRule, case: Case) -> bool:
    """who.direction"""
    wanted = rule.rule.who.direction
    return not wanted or case.envelope.direction in wanted


def sender_holds(rule: ReadyRule, case: Case) -> bool:
    """who.sender"""
    return not rule.sender or any(pattern.matches(case.sender) for pattern in rule.sender)


def peer_holds(rule: ReadyRule, case: Case) -> bool:
    """who.peer"""
    return not rule.peer or in_networks(case.envelope.peer.address, rule.peer)


def recipient_holds(rule: ReadyRule, case: Case, index: int) -> bool:
    """who.recipient, for the recipient at `index`"""
    return not rule.recipient or any(pattern.matches(case.recipients[index]) for pattern in rule.recipient)


def finding_holds(rule: ReadyRule, case: Case) -> bool:
    """what.kind, what.name, what.part and what.min_score"""
    return not rule.wants_finding or any(_meant(rule, finding) for finding in case.examination.findings)


def meant(rule: ReadyRule, case: Case) -> tuple[Finding, ...]:
    """The findings that the rule describes, in a fixed order; none when it does not ask for findings."""
    found = [finding for finding in case.examination.findings if rule.wants_finding and _meant(rule, finding)]
    return tuple(sorted(found, key=lambda finding: (finding.part, finding.kind, finding.name)))


def total_holds(rule: ReadyRule, case: Case) -> bool:
    """what.min_total"""
    least = rule.rule.what.min_total
    return least is None or case.score >= least


def anomaly_holds(rule: ReadyRule, case: Case) -> bool:
    """what.anomalies"""
    names = case.examination.anomalies
    return not rule.anomalies or any(glob.matches(name.casefold()) for glob in rule.anomalies for name in names)


def _meant(rule: ReadyRule, finding: Finding) -> bool:
    what = rule.rule.what
    return (
        (not what.kind or finding.kind in what.kind)
        and (what.min_score is None or finding.score >= what.min_score)
        and (not rule.name or any(glob.matches(finding.name.casefold()) for glob in rule.name))
        and (not rule.part or any(glob.matches(finding.part.casefold()) for glob in rule.part))
    )


def _verdict(policy: Policy, common: tuple[ReadyRule, ...], case: Case, index: int) -> Verdict:
    recipient = case.envelope.recipients[index].address
    for rule in common:
        if recipient_holds(rule, case, index):
            return verdict_of(rule, recipient, case.score)
    return Verdict(recipient, policy.default, NO_RULE, case.score)


def verdict_of(rule: ReadyRule, recipient: str, score: float) -> Verdict:
    """The verdict that `rule` gives."""
    written = rule.rule
    tag = (written.tag.name, written.tag.value) if written.tag else None
    return Verdict(recipient, written.action, written.identity, score, written.text, tag)
