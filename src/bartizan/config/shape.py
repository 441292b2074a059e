"""From TOML text to settings of which every single value is well formed, with a problem for each that is not.

pydantic reads the constraints of the schema; its complaints are said again in the operator's words, with key and line.
What is wrong is left out and named, so that the rest can still be checked in the same run.
Not here: checks between sections (config.check), files (config.load), command line flags (config.resolve).
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from bartizan.config.lines import Places
from bartizan.config.schema import Certificate, Listener, NextHop, PeerClass, Policy, Settings, Tls
from bartizan.model.check import Checks
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.esmtp import Esmtp
from bartizan.model.hide import HidePair
from bartizan.model.limits import Limits
from bartizan.model.rule import Rule, Tag, What, Who

Table = dict[str, Any]
KeyPath = tuple[str | int, ...]

_ARRAYS = {"listener": "listeners", "rule": "rules"}
_WRITTEN = {**{ours: written for written, ours in _ARRAYS.items()}, "classes": "class"}
_ADAPTER = TypeAdapter(Settings)


@dataclass(frozen=True, slots=True)
class Shape:
    """What one file says: its settings without the sections that are `broken`, and the `problems` of those.

    `kept` gives, for an array of tables that lost some, the place in the file of each that is left.
    """

    file: str
    places: Places
    settings: Settings
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    kept: dict[str, list[int]] | None = None

    def problem(self, where: KeyPath, expected: str) -> Problem:
        """A complaint about `where` in these settings as a Problem of the file."""
        if self.kept and len(where) > 1 and where[0] in self.kept and isinstance(where[1], int):
            where = (where[0], self.kept[str(where[0])][where[1]], *where[2:])
        return _problem(self.file, self.places, where, expected)


def shape(text: str, file: str, short: str, threshold: float | None = None) -> Shape:
    """The settings that `text` holds; rules are placed at `short`:line.

    A `threshold` says that the text is a file of rules only, and what "threshold" means in it.
    ConfigError when the text is not TOML at all.
    """
    table = _parse(text, file)
    places = Places(text)
    found: dict[KeyPath, str] = {}
    if threshold is None:
        threshold = _policy(table, found)
    for key, ours in _ARRAYS.items():
        if ours in table:
            found[ours,] = f"unknown key; did you mean [[{key}]]?"
            del table[ours]
        if key in table:
            table[ours] = table.pop(key)
    _take_out(table, (), found)
    _ready_classes(table, found)
    _ready_rules(table.get("rules"), short, threshold, places, found)
    found |= _limits(table.get("limits"))
    settings = _validated(table, found)
    kept = None
    if settings is None:
        kept = _prune(table, found)
        settings = _validated(table, {})
    ordered = sorted(found.items(), key=lambda item: places.line(_as_written(item[0])))
    problems = tuple(_problem(file, places, where, expected) for where, expected in ordered)
    broken = frozenset(str(where[0]) for where in found)
    return Shape(file, places, settings or Settings(), problems, broken, kept)


def _parse(text: str, file: str) -> Table:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # ValueError: not TOML, or a number of thousands of digits
        raise ConfigError((Problem(file, "", f"expected TOML: {problem}"),)) from None


def _policy(table: Table, found: dict[KeyPath, str]) -> float:
    """The threshold; and the complaint when what happens without a matching rule is not said."""
    policy = table.get("policy", {})
    if not isinstance(policy, dict):
        return Policy().threshold
    if ("policy" in table or "rule" in table) and "default" not in policy:
        found["policy", "default"] = "required: the action where no rule matches"
    value = policy.get("threshold")
    return float(value) if isinstance(value, float | int) else Policy().threshold


def _take_out(table: Table | list[Any], path: KeyPath, found: dict[KeyPath, str]) -> None:
    """Take out, as null, what TOML can write and no key takes, but would end the checks early: NUL and vast numbers."""
    items: Iterable[tuple[Any, Any]] = list(table.items()) if isinstance(table, dict) else list(enumerate(table))
    for key, value in items:
        here = (*path, key)
        if isinstance(value, dict | list):
            _take_out(value, here, found)
        elif isinstance(value, str) and "\0" in value:
            found[here] = "expected text without NUL"
            table[key] = None
        elif isinstance(value, int) and not -(2**63) <= value < 2**63:
            found[here] = "expected a number of at most 64 bits"
            table[key] = None


def _ready_rules(rules: object, short: str, threshold: float, places: Places, found: dict[KeyPath, str]) -> None:
    """Write single texts as lists, the word "threshold" as its number, and where each rule stands."""
    for index, rule in enumerate(rules if isinstance(rules, list) else []):
        if not isinstance(rule, dict):
            continue
        if "place" in rule:
            found["rules", index, "place"] = "unknown key"
        rule["place"] = f"{short}:{places.line(('rule', index))}"
        for section, kind in (("who", Who), ("what", What)):
            table = rule.get(section)
            if not isinstance(table, dict):
                continue
            for key in fields(kind):
                if "tuple" in str(key.type) and isinstance(table.get(key.name), str):
                    table[key.name] = [table[key.name]]
            if table.get("min_total") == "threshold":
                table["min_total"] = threshold


def _ready_classes(table: Table, found: dict[KeyPath, str]) -> None:
    """Write `class` as the schema has it, and into each class what its listener says of checks and ESMTP, and the file
    of rates."""
    listeners = table.get("listeners")
    for index, listener in enumerate(listeners if isinstance(listeners, list) else []):
        if not isinstance(listener, dict):
            continue
        if "classes" in listener:
            found["listeners", index, "classes"] = "unknown key; did you mean [[listener.class]]?"
            del listener["classes"]
        classes = listener.pop("class", None)
        if classes is None:
            continue
        listener["classes"] = classes
        for one in classes if isinstance(classes, list) else []:
            for key in ("checks", "esmtp", "rates") if isinstance(one, dict) else ():
                above = (table if key == "rates" else listener).get(key)
                if isinstance(one.get(key), dict) and isinstance(above, dict):
                    one[key] = {**above, **one[key]}


def _limits(table: object) -> dict[KeyPath, str]:
    """What the constructor of Limits would refuse, key by key."""
    if not isinstance(table, dict):
        return {}
    numbers = {k: v for k, v in table.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    found: dict[KeyPath, str] = {
        ("limits", key): "expected a number above 0"
        for key, value in numbers.items()
        if value < 0 or (value == 0 and key != "data_line_bytes")
    }
    shipped = Limits()
    soft, hard = numbers.get("soft_seconds", shipped.soft_seconds), numbers.get("hard_seconds", shipped.hard_seconds)
    if not found and hard <= soft:
        found["limits", "hard_seconds"] = f"expected more than soft_seconds ({soft})"
    return found


def _validated(table: Table, found: dict[KeyPath, str]) -> Settings | None:
    """Settings when `table` has their shape; else None, and every reason is added to `found`."""
    try:
        settings = _ADAPTER.validate_json(json.dumps(table, default=_foreign), strict=True)
    except ValidationError as problem:
        for error in problem.errors(include_url=False):
            where = tuple(error["loc"])
            if where != ("limits",) or not any(known[0] == "limits" for known in found):
                found.setdefault(where, _expected(error["type"], error["msg"], where, error["input"]))
        return None
    return settings if not found else None


def _foreign(value: object) -> dict[str, str]:
    """TOML dates and times: no key takes one, so they become something no key takes."""
    return {"date": str(value)}


def _expected(kind: str, message: str, where: KeyPath, value: object) -> str:
    """The complaint in the operator's words."""
    if kind == "missing":
        return "required"
    if kind == "unexpected_keyword_argument":
        near = difflib.get_close_matches(str(where[-1]), _known_keys(where[:-1]), 1)
        return f"unknown key; did you mean {near[0]}?" if near else "unknown key"
    words = message.replace("Input should be", "expected").replace("Value error, ", "expected: ")
    words = words.replace("valid tuple", "list").replace("an object", "a table")
    shown = json.dumps(value, default=str)
    return f"{words}, found {shown}" if len(shown) <= 60 else words


def _known_keys(section: KeyPath) -> list[str]:
    """The keys of the table at `section`."""
    names = [part for part in section if isinstance(part, str)]
    if not names:
        return [_WRITTEN.get(key.name, key.name) for key in fields(Settings)]
    inner = {
        "listeners": Listener, "tls": Tls, "more": Certificate, "classes": PeerClass, "checks": Checks, "esmtp": Esmtp,
        "next_hop": NextHop, "rules": Rule, "who": Who, "what": What, "tag": Tag, "map": HidePair,
    }  # fmt: skip
    kind = inner.get(names[-1]) or type(getattr(Settings(), names[-1], None))
    return [_WRITTEN.get(key, key) for key in getattr(kind, "__dataclass_fields__", ()) if key != "place"]


def _prune(table: Table, found: dict[KeyPath, str]) -> dict[str, list[int]]:
    """Take what is wrong out of `table`: a section, or one of an array. Returns which of an array were kept."""
    doomed: dict[str, set[int]] = {}
    for where in found:
        section = str(where[0])
        if len(where) > 1 and isinstance(where[1], int) and isinstance(table.get(section), list):
            doomed.setdefault(section, set()).add(where[1])
        else:
            table.pop(section, None)
    kept = {}
    for section, indices in doomed.items():
        if section in table:
            kept[section] = [index for index in range(len(table[section])) if index not in indices]
            table[section] = [table[section][index] for index in kept[section]]
    return kept


def _as_written(where: KeyPath) -> KeyPath:
    return tuple(_WRITTEN.get(part, part) if isinstance(part, str) else part for part in where)


def _problem(file: str, places: Places, where: KeyPath, expected: str) -> Problem:
    written = _as_written(where)
    key = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in written).lstrip(".")
    line = places.line(written)
    return Problem(file, f"{key} (line {line})" if line else key, expected)
