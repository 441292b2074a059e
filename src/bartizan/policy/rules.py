"""Rules ready to be applied: patterns split, networks parsed, each condition with the words that explain it."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.rule import Rule
from bartizan.model.verdict import Action
from bartizan.policy.predicates import AddressPattern, Glob, Network


@dataclass(frozen=True, slots=True)
class ReadyRule:
    """One rule with its compiled conditions; an empty tuple is a condition that always holds."""

    rule: Rule
    sender: tuple[AddressPattern, ...]
    recipient: tuple[AddressPattern, ...]
    peer: tuple[Network, ...]
    name: tuple[Glob, ...]
    part: tuple[Glob, ...]
    anomalies: tuple[Glob, ...]

    @property
    def wants_finding(self) -> bool:
        """Some condition is about a finding."""
        what = self.rule.what
        return bool(what.kind or what.name or what.part or what.min_score is not None)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules in the order they are looked at, and the action where none matches."""

    rules: tuple[ReadyRule, ...]
    default: Action
