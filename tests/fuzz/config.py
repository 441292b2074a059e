"""Configuration and policy files: settings, or a ConfigError that names its places; nothing else."""

from __future__ import annotations

import re

from bartizan.config import check
from bartizan.config.load import read_rules
from bartizan.config.shape import shape
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.rule import Rule
from bartizan.model.verdict import Action
from bartizan.policy import load as policy

FILE = "fuzz.toml"


def TestOneInput(data: bytes) -> None:
    """The text as a whole configuration, and as a file of rules; rules that load make a policy."""
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    lines = text.count("\n") + 1
    try:
        found = shape(text, FILE, FILE)
        problems = [*found.problems]
        problems += [
            found.problem(where, expected) for where, expected in check.complaints(found.settings, found.broken)
        ]
        if not problems:
            policy.build(found.settings.rules, found.settings.policy.default)
    except ConfigError as refused:
        problems = [*refused.problems]
    for problem in problems:
        named(problem, lines)
    try:
        rules = read_rules(text, FILE, 5.0)
    except ConfigError as refused:
        problems = [*refused.problems]
    else:
        problems = []
        assert all(isinstance(rule, Rule) for rule in rules)
        policy.build(rules, Action.QUARANTINE)
    for problem in problems:
        named(problem, lines)


def named(problem: Problem, lines: int) -> None:
    """A complaint about this file, in words, at a line that it has."""
    assert problem.file == FILE
    assert problem.expected
    where = re.search(r" \(line (\d+)\)$", problem.key)
    assert where is None or 0 < int(where[1]) <= lines
