"""Misses: what another parser sees in a mail and we do not, though nothing holds the mail back.

In: our View and that of a peer. Out: misses. A leaf is missed if one of its marks is in no node of ours, a name if it
ends in an extension that must not pass and no name of ours is the same. In a mail that is held nothing is missed.
explained.toml lists differences that are none, with the reason; a miss of a listed cause is counted as explained.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from differential import ours
from differential.peers import Peer
from differential.view import View

EXPLAINED = Path(__file__).with_name("explained.toml")


@dataclass(frozen=True, slots=True)
class Miss:
    """What is missed: `kind` is leaf or name; `what` are its marks or names."""

    peer: str
    kind: str
    what: frozenset[str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """A difference that is no miss: of which peer ("" for any), of which kind, by which oddities, and why."""

    peer: str
    kind: str
    rows: frozenset[str]
    reason: str

    def covers(self, miss: Miss, rows: tuple[str, ...]) -> bool:
        """Is that what a miss in a mail with these oddities, and with no fewer, comes from?"""
        return self.peer in ("", miss.peer) and self.kind == miss.kind and self.rows <= set(rows)


def explanations() -> tuple[Explanation, ...]:
    """The list, as explained.toml has it."""
    listed = tomllib.loads(EXPLAINED.read_text("utf-8"))["explained"]
    return tuple(Explanation(one.get("peer", ""), one["kind"], frozenset(one["rows"]), one["reason"]) for one in listed)


def misses(mine: View, peer: str, theirs: View) -> list[Miss]:
    """What `peer` sees and we do not."""
    if mine.held:
        return []
    found: list[Miss] = []
    marks = theirs.marks - mine.marks
    if marks:
        found.append(Miss(peer, "leaf", frozenset(mark.decode() for mark in marks)))
    names = theirs.blocked() - mine.blocked()
    if names:
        found.append(Miss(peer, "name", names))
    return found


def again(raw: bytes, peer: Peer, kind: str, anomalies: frozenset[str] | None = None) -> Miss | None:
    """The miss of a kind that one peer shows in a mail; with `anomalies` only if ours are the same."""
    mine = ours.view(raw)
    if mine.held or anomalies not in (None, mine.anomalies):
        return None
    return next((miss for miss in misses(mine, peer.name, peer.view(raw)) if miss.kind == kind), None)
