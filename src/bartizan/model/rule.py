"""A policy rule as the operator wrote it: who, what, action. Globs and networks are still text here.

Globs know one wild card, `*` (any characters, also none); case does not matter. Compiled in bartizan.policy.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bartizan.model.envelope import Direction
from bartizan.model.finding import Kind
from bartizan.model.verdict import Action


@dataclass(frozen=True, slots=True)
class Who:
    """Conditions on the envelope; an empty one always holds, several must all hold.

    `sender` and `recipient` take addresses ("*@example.org"), domains ("example.org"), domains with everything below
    them (".example.org") and "<>" for the null sender. `peer` takes addresses and networks ("192.0.2.0/24").
    """

    direction: tuple[Direction, ...] = ()
    sender: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    peer: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class What:
    """Conditions on what was found; an empty one always holds, several must all hold.

    `kind`, `name`, `part` and `min_score` must hold for one and the same finding. `min_total` compares the content
    score of the whole message, `anomalies` wants one anomaly whose name one of the globs matches.
    """

    kind: tuple[Kind, ...] = ()
    name: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    min_score: float | None = None
    min_total: float | None = None
    anomalies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tag:
    """The header field that action tag adds."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[rule]]` table. `text` is the reply text of reject and defer; `place` where it is written, "file:line"."""

    name: str
    action: Action
    who: Who = field(default_factory=Who)
    what: What = field(default_factory=What)
    tag: Tag | None = None
    text: str = ""
    place: str = ""

    @property
    def identity(self) -> str:
        """The rule in verdicts and events: "file:line name"."""
        return f"{self.place} {self.name}"
