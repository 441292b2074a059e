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

    `sender` and `recipient` take addresses (`"*@example.org"`), domains (`"example.org"`), domains with everything
    below them (`".example.org"`) and `"<>"` for the null sender. `peer` takes addresses and networks
    (`"192.0.2.0/24"`). One text may stand for a list of one; `*` is any characters, case does not matter.
    """

    direction: tuple[Direction, ...] = ()
    """inbound: from outside; outbound: from a trusted peer to other domains; internal: from one to our domains."""
    sender: tuple[str, ...] = ()
    """The sender's address."""
    recipient: tuple[str, ...] = ()
    """This recipient's address."""
    peer: tuple[str, ...] = ()
    """The client's address."""


@dataclass(frozen=True, slots=True)
class What:
    """Conditions on what was found; an empty one always holds, several must all hold.

    `kind`, `name`, `part` and `min_score` must hold for one and the same finding. `min_total` compares the content
    score of the whole message, `anomalies` wants one anomaly whose name one of the globs matches.
    """

    kind: tuple[Kind, ...] = ()
    """The family of the finding."""
    name: tuple[str, ...] = ()
    """Its name: that of a signature, a phrase, `block:EXT`, `report:EXT`, `macro:*`, `dde*`, or the reason of a gap."""
    part: tuple[str, ...] = ()
    """Where it was found: the path that events and `bartizan scan` show, such as `2/invoice.zip!/a.js`."""
    min_score: float | None = None
    """The least weight of the finding."""
    min_total: float | None = None
    """The least content score of the message; `"threshold"` is policy.threshold."""
    anomalies: tuple[str, ...] = ()
    """What is odd about the form of the message."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The header field that action tag adds."""

    name: str
    """Its name, such as X-Tag, that means nothing to mail readers. A sender's fields of that name are taken out."""
    value: str
    """One line of printable ASCII, at most 500 characters."""


@dataclass(frozen=True, slots=True)
class Rule:
    """[[rule]]: who, what, and the action. The first rule that matches decides, the shipped ones come last."""

    name: str
    """What events and verdicts call it."""
    action: Action
    """What is done with the copy of each recipient that the rule matches."""
    who: Who = field(default_factory=Who)
    what: What = field(default_factory=What)
    tag: Tag | None = None
    """The header field; only for action tag, which needs it."""
    text: str = ""
    """Reply text, only for actions reject and defer: one line of printable ASCII, at most 200 characters."""
    place: str = ""
    """Where it is written, "file:line"; set by the loader."""

    @property
    def identity(self) -> str:
        """The rule in verdicts and events: "file:line name"."""
        return f"{self.place} {self.name}"
