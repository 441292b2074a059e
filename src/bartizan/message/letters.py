"""Phrases whose letters stand apart: `c l a i m`, `c.l.a.i.m`, one letter in each cell of a table.

In: the view of a text in which letters may stand alone (bartizan._core.hints). Out: numbers of phrases. A run is ALONE
letters or more, each alone, with at most GAP other characters between them. What is around a run is read with it, and
nothing between the letters counts, so that it does not matter which gaps part words and which letters; but REACH
letters of a phrase must be in a run, so that no phrase is found in plain words that only lack their spaces.
The phrases without their gaps are worked out when they are first needed, and kept for one automaton.
Limits: phrases of LEAST letters or more; RUN characters of all runs and what is around them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from bartizan._core.automaton import Automaton
from bartizan._core.text import fold

LEAST = 4
ALONE = 4
AROUND = 80
REACH = 4
RUN = 1 << 16

_RUN = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,4}[^\W_](?![^\W_])){3,}")
_NO_LETTERS = re.compile(r"[\W_]+")


def find(automaton: Automaton, view: bytes) -> set[int]:
    """The phrases of an automaton that are read in the runs of a view."""
    found: set[int] = set()
    left = RUN
    for text, runs in _windows(view.decode("utf-8", "replace")):
        found.update(_in(_table(automaton), text, runs))
        left -= len(text)
        if left < 0:
            break
    return found


@lru_cache(maxsize=1)
def _table(automaton: Automaton) -> dict[str, list[tuple[str, int]]]:
    """The phrases without what is between their letters, with their numbers, by how they begin."""
    table: dict[str, list[tuple[str, int]]] = {}
    for index in range(len(automaton)):
        letters = _NO_LETTERS.sub("", fold(automaton.phrase(index)[0]).decode("utf-8"))
        if len(letters) >= LEAST:
            table.setdefault(letters[:LEAST], []).append((letters, index))
    return table


def _in(table: dict[str, list[tuple[str, int]]], text: str, runs: list[tuple[int, int]]) -> Iterator[int]:
    """The phrases in letters of which `runs` stood apart."""
    for at in range(len(text) - LEAST + 1):
        for phrase, index in table.get(text[at : at + LEAST], ()):
            if text.startswith(phrase, at):
                end = at + len(phrase)
                if any(min(end, stop) - max(at, start) >= REACH for start, stop in runs):
                    yield index


def _windows(text: str) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """The letters of each run and around it, and which of them are the run's; runs near each other together."""
    pieces: list[str] = []
    runs: list[tuple[int, int]] = []
    length = end = 0

    def add(piece: str) -> None:
        nonlocal length
        letters = _NO_LETTERS.sub("", piece)
        pieces.append(letters)
        length += len(letters)

    for run in _RUN.finditer(text):
        if runs and run.start() - end > 2 * AROUND:
            add(text[end : end + AROUND])
            yield "".join(pieces), runs
            pieces, runs, length = [], [], 0
        if runs:
            add(text[end : run.start()])
        else:
            add(text[max(end, run.start() - AROUND) : run.start()])
        start = length
        add(run[0])
        runs.append((start, length))
        end = run.end()
    if runs:
        add(text[end : end + AROUND])
        yield "".join(pieces), runs
