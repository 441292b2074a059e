"""Loading the configuration: a TOML file and command line flags in, frozen settings out, or every problem at once.

Unknown keys are errors. Relative paths in a file count from the file's directory, those of flags and defaults from the
working directory. A flag replaces what the file says. The shipped rules are added after the file's own, so that the
settings hold everything a decision depends on.
Not here: compiling signatures and phrases (bartizan.bundle finds their errors).
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from bartizan.config import check
from bartizan.config.lines import Places
from bartizan.config.resolve import COMMAND_LINE, Flags, flag_problems, resolved, with_flags, with_paths_from
from bartizan.config.schema import Settings
from bartizan.config.shape import Shape, shape
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.rule import Rule

SHIPPED_RULES = "policy/default.toml"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a configuration comes from, as often as it is wanted: a file (None: the built-in defaults) and what the
    command line says."""

    path: str | None
    flags: Flags

    def load(self) -> Settings:
        """The settings of now. ConfigError lists every problem."""
        return load(None if self.path is None else Path(self.path), self.flags)


def load(path: Path | None = None, flags: Flags | None = None) -> Settings:
    """The settings of the file at `path` (None: the built-in defaults) with `flags` on top.

    ConfigError lists every problem of file and flags.
    """
    flags = flags or Flags()
    if path is None:
        found = Shape(COMMAND_LINE, Places(""), Settings())
    else:
        found = shape(_read(path), str(path), path.name)
        found = replace(found, settings=with_paths_from(path.parent, found.settings))
    wrong = flag_problems(flags)
    settings = found.settings if wrong else with_flags(found.settings, flags)
    if found.kept and flags.listen:
        found.kept.pop("listeners", None)
    complaints = [found.problem(where, expected) for where, expected in check.complaints(settings, found.broken)]
    problems = (*found.problems, *wrong, *complaints)
    if problems:
        raise ConfigError(problems)
    shipped = _shipped(settings.policy.threshold) if settings.policy.use_default_rules else ()
    return resolved(replace(settings, rules=settings.rules + shipped))


def read_rules(text: str, file: str, threshold: float) -> tuple[Rule, ...]:
    """The `[[rule]]` tables of a file that holds nothing else; ConfigError lists all problems."""
    found = shape(text, file, file, threshold)
    complaints = tuple(found.problem(where, expected) for where, expected in check.complaints(found.settings))
    if found.problems or complaints:
        raise ConfigError(found.problems + complaints)
    return found.settings.rules


def serve_problems(settings: Settings) -> tuple[Problem, ...]:
    """What keeps good settings from being served: no next hop."""
    if settings.next_hop is None:
        expected = "required: where accepted mail goes, here or as [next_hop] of a configuration"
        return (Problem(COMMAND_LINE, "--relay", expected),)
    return ()


def _shipped(threshold: float) -> tuple[Rule, ...]:
    text = files("bartizan").joinpath(SHIPPED_RULES).read_text("utf-8")
    return read_rules(text, SHIPPED_RULES, threshold)


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except OSError as problem:
        expected = f"expected a readable file: {os.strerror(problem.errno or 0)}"
    except UnicodeDecodeError as problem:
        expected = f"expected UTF-8 text, found other bytes at offset {problem.start}"
    raise ConfigError((Problem(str(path), "", expected),))
