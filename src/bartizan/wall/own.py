"""Which domains are our own: those that mail is taken for, and this host's name."""

from __future__ import annotations

import encodings.idna  # noqa: F401  loaded now: a confined process cannot import it later
from collections.abc import Iterable

from bartizan.tables.access import AccessTable


class Own:
    """Answers `domain in own`, for a domain in lower case and A-labels."""

    __slots__ = ("_below", "_listed", "_names")

    def __init__(self, names: Iterable[str] = (), listed: AccessTable | None = None) -> None:
        """`names` are domains in any form, or `.name` for one and all below it; `listed` are more of them. ValueError
        for what is no domain."""
        names = tuple(names)
        self._below = frozenset(canonical_domain(one[1:]) for one in names if one.startswith("."))
        self._names = frozenset(canonical_domain(one) for one in names if not one.startswith("."))
        self._listed = listed

    def __contains__(self, domain: object) -> bool:
        if not isinstance(domain, str) or not domain:
            return False
        if domain in self._names or (self._listed is not None and self._listed.find_domain(domain) is not None):
            return True
        while self._below and domain:
            if domain in self._below:
                return True
            domain = domain.partition(".")[2]
        return False


def canonical_domain(domain: str) -> str:
    """A-labels in lower case; ValueError for a name that has none."""
    if domain.isascii():
        return domain.lower()
    return domain.encode("idna").decode("ascii").lower()
