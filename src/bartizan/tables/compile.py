"""Makes the compiled file of a list.

In: the sources of one list. Out: the octets of a file for AccessTable.open, or all that is wrong. Entries of all kinds
may be mixed. The same entry may come twice with the same value; with another value it contradicts, and is a problem.
Limits: PROBLEMS are told; after as many, the rest of the list is not examined. 1,000,000 plain entries take half a
second, a name outside ASCII some 20 us more.
Not here: reading files (source.py), writing the result to disk, when to compile anew.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from bartizan._core.mapentries import MapEntries
from bartizan._core.tablefile import table_file
from bartizan.tables.entry import EntryError, canonical
from bartizan.tables.source import Problem, Source, text_error

PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Compiled:
    """The outcome: `data` is empty when there are problems; `entries` counts the lines that were accepted."""

    data: bytes
    entries: int
    problems: tuple[Problem, ...]


def compile_list(sources: Sequence[Source]) -> Compiled:
    """One compiled file for all entries of these sources. Raises ValueError for more than 2**31 - 1 of them."""
    entries = MapEntries()
    problems: list[Problem] = []
    starts: list[int] = []
    line = 0
    for source in sources:
        starts.append(line)
        offset = 0
        while offset < len(source.data):
            odd, line, offset = entries.add_lines(source.data, line, offset)
            for at, key, value in odd:
                wrong = _add(entries, key, value, at)
                if wrong is not None:
                    problems.append(Problem(_where(sources, starts, at), wrong))
                if len(problems) == PROBLEMS:
                    more = Problem(source.name, "may have more, the rest was not examined")
                    return Compiled(b"", len(entries), (*problems, more))
    data, clashes = table_file(entries)
    for later, earlier, entry in clashes[: PROBLEMS - len(problems)]:
        problems.append(
            Problem(
                _where(sources, starts, later), f"{entry} has another value than at {_where(sources, starts, earlier)}"
            )
        )
    return Compiled(b"" if problems else data, len(entries), tuple(problems))


def _where(sources: Sequence[Source], starts: list[int], line: int) -> str:
    which = bisect_right(starts, line) - 1
    return sources[which].where(line - starts[which] + 1)


def _add(entries: MapEntries, key: bytes, value: bytes, line: int) -> str | None:
    """Adds an entry that is not plain, or says what is wrong with it."""
    wrong = text_error(key, value)
    if wrong is not None:
        return wrong
    try:
        name = canonical(key.decode()).encode()
    except EntryError as error:
        return str(error)
    if not entries.add_plain(name, value, line):
        entries.add_name(name, value, line)
    return None
