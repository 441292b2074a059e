"""Phrases whose letters stand apart: `c l a i m`, `c.l.a.i.m`, one letter in each cell of a table.

In: the view of a text in which letters may stand alone (bartizan._core.hints). Out: numbers of phrases. A run is a row
of letters, each alone, with few other characters between them (spaced). What is around a run is read with it, and
nothing between the letters counts, so that it does not matter which gaps part words and which letters; but REACH
letters of a phrase must be in a run, so that no phrase is found in plain words that only lack their spaces.
The phrases without their gaps are worked out when they are first needed, and kept for one automaton.
Runs of digits alone are tables of numbers, and are looked at only if some phrase has nothing but digits.
Limits: phrases of LEAST letters or more; RUN characters of all runs and what is around them, in all readings of a text
together.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from bartizan._core.automaton import Automaton
from bartizan._core.spaced import spaced_row
from bartizan._core.text import fold

LEAST = 4
AROUND = 80
REACH = 4
RUN = 1 << 20
AUTOMATA = 4
"""Whose tables are kept: a scanner looks with two in turn, and a table takes some microseconds a phrase to make."""

_NUMBERS = re.compile(r"(?<![^\W_])(?:\d[\W_]{1,4}){16,}")
_APART = " " * 5
"""More than may stand between letters of a run."""
_NO_LETTERS = re.compile(r"[\W_]+")


def find(automaton: Automaton, view: bytes, left: int = RUN) -> tuple[set[int], int]:
    """The phrases of an automaton that are read in the runs of a view, `left` characters of them at most; and what is
    left of these: less than none if runs were not looked at."""
    found: set[int] = set()
    table, digits = _table(automaton)
    whole = view.decode("utf-8", "replace")
    for text, runs in _windows(whole if digits else _NUMBERS.sub(_APART, whole)):
        if digits or not all(text[start:stop].isdigit() for start, stop in runs):
            left -= len(text)
            if left < 0:
                break
            found.update(_in(table, text, runs))
    return found, left


@lru_cache(maxsize=AUTOMATA)
def _table(automaton: Automaton) -> tuple[dict[str, list[tuple[str, int]]], bool]:
    """The phrases without what is between their letters, with their numbers, by how they begin; has one no letters?"""
    digits = False
    table: dict[str, list[tuple[str, int]]] = {}
    for index in range(len(automaton)):
        letters = _NO_LETTERS.sub("", fold(automaton.phrase(index)[0]).decode("utf-8"))
        if len(letters) >= LEAST:
            table.setdefault(letters[:LEAST], []).append((letters, index))
            digits = digits or letters.isdigit()
    return table, digits


def _in(table: dict[str, list[tuple[str, int]]], text: str, runs: list[tuple[int, int]]) -> Iterator[int]:
    """The phrases in letters of which `runs`, in order, stood apart."""
    ends = [stop for _, stop in runs]
    for at in range(len(text) - LEAST + 1):
        for phrase, index in table.get(text[at : at + LEAST], ()):
            if text.startswith(phrase, at):
                end = at + len(phrase)
                first = bisect_right(ends, at)
                # A run has LEAST letters at least: no more of them can be in the phrase.
                near = runs[first : first + len(phrase) // LEAST + 2]
                if any(min(end, stop) - max(at, start) >= REACH for start, stop in near):
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

    while (row := spaced_row(text, end)) is not None:
        begin, stop = row
        if runs and begin - end > 2 * AROUND:
            add(text[end : end + AROUND])
            yield "".join(pieces), runs
            pieces, runs, length = [], [], 0
        if runs:
            add(text[end:begin])
        else:
            add(text[max(end, begin - AROUND) : begin])
        start = length
        add(text[begin:stop])
        runs.append((start, length))
        end = stop
    if runs:
        add(text[end : end + AROUND])
        yield "".join(pieces), runs
