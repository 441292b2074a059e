"""Which names are our own: this host's, and those of the recipient domains."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.tables.access import AccessTable


@dataclass(frozen=True, slots=True)
class Own:
    """Answers `name in own`, for a name in lower case. `names` may be `.name` for a domain and all below it; `listed`
    are more of them."""

    names: frozenset[str] = frozenset()
    listed: AccessTable | None = None

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str) or not name:
            return False
        if name in self.names or (self.listed is not None and self.listed.find_domain(name) is not None):
            return True
        while name:
            if f".{name}" in self.names:
                return True
            name = name.partition(".")[2]
        return False
