"""The allow and deny lists of a listener: compiled while a configuration is prepared, opened where it is followed.

In: what [listener.allow] and [listener.deny] say, entries and map files. Out: one compiled file for each list that is
not empty; files of a generation lie in its folder, so that all its smtpds share their pages.
Not here: what an entry may be (bartizan.tables), when files are looked at again (node/watched.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256

from bartizan.config.schema import ANY_DOMAIN, MAP_FILE, Entries, Listener, Settings
from bartizan.model.errors import ConfigError, Problem
from bartizan.tables.access import AccessTable
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Problem as Wrong
from bartizan.tables.source import inline, read_file
from bartizan.wall.lists import Lists, Subject

DOMAINS = ("recipient", "domains")
"""The list of recipient_domains that are in map files."""


@dataclass(frozen=True, slots=True)
class CompiledList:
    """A list ready to be opened. Two are equal if they were made of the same text: `data` has a random key in it."""

    digest: str
    data: bytes = field(compare=False, repr=False)


def compiled(listener: Listener) -> dict[str, CompiledList]:
    """The lists of a listener, as "deny-peers" and the like. ConfigError says everything that is wrong."""
    lists: dict[str, CompiledList] = {}
    problems: list[Problem] = []
    for name, entries in _lists(listener):
        sources = [inline(f"{name[0]}.{name[1]}", [entry for entry in entries if not entry.startswith(MAP_FILE)])]
        sources += [read_file(entry.removeprefix(MAP_FILE)) for entry in entries if entry.startswith(MAP_FILE)]
        wrong = [source for source in sources if isinstance(source, Wrong)]
        right = [source for source in sources if not isinstance(source, Wrong)]
        done = compile_list(right)
        problems += [Problem(one.where, "", one.what) for one in (*wrong, *done.problems)]
        digest = sha256(b"".join(sha256(source.data).digest() for source in right)).hexdigest()
        lists["-".join(name)] = CompiledList(digest, done.data)
    if problems:
        raise ConfigError(tuple(problems))
    return lists


def opened(names: Mapping[str, str]) -> Lists:
    """The lists whose compiled files are at these paths. OSError, ValueError for one that cannot be used."""

    def table(name: str) -> AccessTable | None:
        return AccessTable.open(names[name]) if name in names else None

    return Lists(
        **{one.name: Subject(table(f"allow-{one.name}"), table(f"deny-{one.name}")) for one in fields(Entries)}
    )


def files(settings: Settings) -> tuple[str, ...]:
    """The map files that the lists of all listeners name."""
    named = (entry for listener in settings.listeners for _, entries in _lists(listener) for entry in entries)
    return tuple(sorted({entry.removeprefix(MAP_FILE) for entry in named if entry.startswith(MAP_FILE)}))


def named_domains(listener: Listener) -> tuple[str, ...]:
    """The recipient domains that are named, none for "*"."""
    return tuple(one for one in listener.recipient_domains if one not in ANY_DOMAIN and not one.startswith(MAP_FILE))


def domains(names: Mapping[str, str]) -> AccessTable | None:
    """The recipient domains out of map files. OSError, ValueError when they cannot be used."""
    name = "-".join(DOMAINS)
    return AccessTable.open(names[name]) if name in names else None


def _lists(listener: Listener) -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    for kind in ("allow", "deny"):
        for one in fields(Entries):
            entries = getattr(getattr(listener, kind), one.name)
            if entries:
                yield (kind, one.name), entries
    domains = tuple(one for one in listener.recipient_domains if one.startswith(MAP_FILE))
    if domains:
        yield DOMAINS, domains
