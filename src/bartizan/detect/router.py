"""Tells which data signatures could match at all, by the literals that their rules need (routing.py).

In: the needs of rules, and then data. Out: could one of these rules match? Kept as one file of JSON; the literals are
looked for all at once (bartizan._core.grams), and only rules whose rarest literals are there are thought about.
Not here: what a rule needs (routing.py), what is run then (signatures.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from bartizan._core.grams import Grams

Numbers = list[list[int]]
"""Of a rule: sets of literals, by their numbers, the rarest set first."""


class Router:
    """The needs of all rules that need something."""

    def __init__(self, literals: list[bytes], rules: list[Numbers]) -> None:
        """`rules` name literals by their place in the list."""
        self._literals = literals
        self._rules = rules
        self._grams = Grams(literals)
        self._first: dict[int, list[Numbers]] = {}
        for needs in rules:
            for number in needs[0]:
                self._first.setdefault(number, []).append(needs[1:])

    @classmethod
    def of(cls, needs: Iterable[tuple[frozenset[bytes], ...]]) -> Router:
        """For the needs of each rule."""
        numbers: dict[bytes, int] = {}
        rules = [
            [sorted(numbers.setdefault(literal, len(numbers)) for literal in literals) for literals in rule]
            for rule in needs
        ]
        return cls(list(numbers), rules)

    @classmethod
    def load(cls, path: Path) -> Router:
        """From a file that `save` wrote. Raises ValueError if it is damaged, OSError if it cannot be read."""
        try:
            written = json.loads(path.read_text("utf-8"))
            return cls([text.encode("latin-1") for text in written["literals"]], written["rules"])
        except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
            raise ValueError(f"{path}: {error!r}") from None

    def save(self, path: Path) -> None:
        """Write the file."""
        literals = [literal.decode("latin-1") for literal in self._literals]
        path.write_text(json.dumps({"literals": literals, "rules": self._rules}), "utf-8")

    @property
    def literals(self) -> int:
        """How many literals are looked for."""
        return len(self._literals)

    def may_match(self, data: bytes | memoryview) -> bool:
        """Has the data all that one of the rules needs?"""
        found = self._grams.find(data)
        if not found:
            return False
        there = set(found)
        return any(
            all(not there.isdisjoint(literals) for literals in others)
            for number in found
            for others in self._first.get(number, ())
        )
