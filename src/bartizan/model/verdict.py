"""What policy decides: one verdict per recipient."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Action(enum.StrEnum):
    """What is done with a recipient's copy. Actions execute them; nothing else may."""

    ACCEPT = "accept"
    TAG = "tag"
    QUARANTINE = "quarantine"
    REJECT = "reject"
    DEFER = "defer"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision for one recipient.

    `rule` is the deciding rule as "file:line name"; `score` the content score; `text` the rule's reply text for reject
    and defer ("" for the table's); `tag` the header field (name, value) that action tag adds, else None;
    `trace` one line for each rule looked at, for `bartizan explain`.
    """

    recipient: str
    action: Action
    rule: str
    score: float
    text: str = ""
    tag: tuple[str, str] | None = None
    trace: tuple[str, ...] = ()


SEVERITY = (Action.ACCEPT, Action.TAG, Action.DEFER, Action.QUARANTINE, Action.REJECT)
"""From the mildest on: where recipients are treated differently, the last one names the whole message's fate."""


def worst(verdicts: tuple[Verdict, ...]) -> Verdict | None:
    """The first of the most severe verdicts; None when there is none."""
    return max(verdicts, key=lambda verdict: SEVERITY.index(verdict.action), default=None)
