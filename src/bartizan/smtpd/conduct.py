"""How patient we are with one session: errors, unknown commands and commands that lead nowhere."""

from __future__ import annotations

from collections.abc import Callable

from bartizan.smtpd.settings import Caps


class Conduct:
    """What one session has done wrong since its last message; `caps` are asked for whenever it does."""

    __slots__ = ("_caps", "_errors", "_junk", "_unknown", "errors", "exhausted")

    def __init__(self, caps: Callable[[], Caps]) -> None:
        self._caps = caps
        self._errors = self._unknown = self._junk = 0
        self.errors = 0
        """Of the whole session."""
        self.exhausted = False
        """It is time to end the session."""

    def count_error(self) -> None:
        """A command was refused for good."""
        self.errors += 1
        self._errors += 1
        if self._errors >= self._caps().errors:
            self.exhausted = True

    def count_unknown(self) -> None:
        """A command that is none, to be counted as an error too."""
        self._unknown += 1
        if self._unknown >= self._caps().unknown:
            self.exhausted = True

    def count_junk(self) -> None:
        """NOOP and the like: free up to the cap, errors beyond it."""
        self._junk += 1
        if self._junk > self._caps().junk:
            self.count_error()

    def count_message(self, accepted: bool) -> None:
        """A message came through: it was no junk; if it was accepted, errors before it are forgiven."""
        self._junk = 0
        if accepted:
            self._errors = self._unknown = 0
