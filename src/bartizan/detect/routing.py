"""Which rules need not run: those that ask for bytes that the data does not have.

In: the rules of a file, in the form of plain_rules. Out: for each its needs: sets of literals, of each of which at
least one stands in all data that the rule matches (conditions.py); or nothing, when that is not certain or nearly every
mail has them: such a rule always runs. Data that lacks one set of every rule's needs cannot make any of them true.
Not here: looking for the literals (router.py), compiling (signatures.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.detect.conditions import Condition, Cover
from bartizan.detect.rule_source import Doubt, Rule, rules_of, tokens_of
from bartizan.detect.rule_strings import strings_of

COMMON = 0.01
"""Needs that so many mails have are not worth looking for."""


@dataclass(frozen=True, slots=True)
class Route:
    """A rule and what it needs; None: it always runs."""

    rule: Rule
    needs: tuple[frozenset[bytes], ...] | None


def routes(source: str) -> list[Route] | None:
    """The rules of a file; None when the file is not understood."""
    try:
        rules = list(rules_of(list(tokens_of(source))))
    except Doubt:
        return None
    covers: dict[str, Cover | None] = {}
    found = []
    for rule in rules:
        try:
            cover = Condition(strings_of(rule), covers).cover(rule.condition, 0)
        except Doubt:
            cover = None
        covers[rule.name] = cover
        found.append(Route(rule, cover.needs if cover is not None and cover.share < COMMON else None))
    return found


def always(source: str, found: list[Route]) -> str:
    """The text of a file with only those rules that always run, and those that they ask for."""
    by_name = {route.rule.name: route.rule for route in found}
    kept = {route.rule.name for route in found if route.needs is None or route.rule.is_global}
    work = list(kept)
    while work:
        condition = by_name[work.pop()].condition
        if any(token.text.endswith("*") and token.text[0] not in "$#@!" for token in condition):
            return source  # asks for rules by the beginning of their names
        new = ({token.text for token in condition if token.kind == "word"} & by_name.keys()) - kept
        kept |= new
        work += new
    out = []
    at = 0
    for route in found:
        if route.rule.name not in kept:
            out.append(source[at : route.rule.tokens[0].start])
            at = route.rule.tokens[-1].end
    return "".join(out) + source[at:]
