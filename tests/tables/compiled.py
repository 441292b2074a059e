"""Lists for tests, compiled from a few lines."""

from __future__ import annotations

from bartizan.tables.access import AccessTable, Match
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Source


def octets(text: str | bytes) -> bytes:
    """The compiled file of a list that has no problems."""
    compiled = compile_list([Source("list", text.encode() if isinstance(text, str) else text)])
    assert compiled.problems == ()
    return compiled.data


def table(text: str | bytes) -> AccessTable:
    """The list, ready for look-up."""
    return AccessTable.open(octets(text))


def problems(text: str | bytes) -> list[str]:
    """What is wrong with a list."""
    compiled = compile_list([Source("list", text.encode() if isinstance(text, str) else text)])
    assert compiled.problems == () or compiled.data == b""
    return list(map(str, compiled.problems))


def pair(match: Match | None) -> tuple[str, str] | None:
    """A match as the reference gives it."""
    return None if match is None else (match.entry, match.value)
