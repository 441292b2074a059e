"""Regular expressions over a sender's address, in time linear in the address (RE2: no look-around, no back references).

In: patterns as an operator wrote them. Out: the first that an address matches anywhere; case does not matter.
Limits: MOST patterns of LONGEST characters, MEMORY for each. https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import re2  # type: ignore[import-untyped]

MOST = 1000
LONGEST = 1000
MEMORY = 1 << 20


class Patterns:
    """Compiled, immutable. ValueError says which pattern is wrong, and why."""

    __slots__ = ("_compiled",)

    def __init__(self, texts: Sequence[str] = ()) -> None:
        if len(texts) > MOST:
            raise ValueError(f"expected at most {MOST} patterns")
        self._compiled = [(text, _compile(text)) for text in texts]

    def find(self, address: str) -> str | None:
        """The first pattern that `address` matches."""
        for text, pattern in self._compiled:
            if pattern.search(address) is not None:
                return text
        return None


def _compile(text: str) -> Any:
    if len(text) > LONGEST:
        raise ValueError(f"expected at most {LONGEST} characters: {text[:40]}...")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MEMORY
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as problem:
        reason = problem.args[0] if problem.args else ""
        said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise ValueError(f"expected a regular expression of RE2: {said}") from None
