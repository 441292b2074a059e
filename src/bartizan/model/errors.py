"""The exception families: content never raises; these mean our bug, our disk, our peers or our configuration."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.model.reply import INTERNAL, Reply


class TemporaryError(Exception):
    """Something of ours failed and a later attempt may work: answered 4yz with `reply`."""

    def __init__(self, detail: str, reply: Reply = INTERNAL) -> None:
        super().__init__(detail)
        self.reply = reply


class PermanentError(Exception):
    """Trying again cannot help: answered 5yz with `reply`."""

    def __init__(self, detail: str, reply: Reply) -> None:
        super().__init__(detail)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration: where (`file`, dotted `key`, may name a line) and what was `expected`."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}: {self.key}: {self.expected}" if self.key else f"{self.file}: {self.expected}"


class ConfigError(Exception):
    """The configuration cannot be used; `problems` lists every reason at once."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
