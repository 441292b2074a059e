"""From rules as they were written to a policy that can decide. Pure: the rules come from the settings."""

from __future__ import annotations

from collections.abc import Iterable

from bartizan.model.rule import Rule
from bartizan.model.verdict import Action
from bartizan.policy.predicates import AddressPattern, Glob, network
from bartizan.policy.rules import Policy, ReadyRule


def build(rules: Iterable[Rule], default: Action) -> Policy:
    """The policy of `rules`, in their order. ValueError for a network that is none (the configuration checks that)."""
    return Policy(tuple(map(_ready, rules)), default)


def _ready(rule: Rule) -> ReadyRule:
    who, what = rule.who, rule.what
    return ReadyRule(
        rule,
        tuple(map(AddressPattern, who.sender)),
        tuple(map(AddressPattern, who.recipient)),
        tuple(map(network, who.peer)),
        tuple(map(Glob, what.name)),
        tuple(map(Glob, what.part)),
        tuple(map(Glob, what.anomalies)),
    )
