"""The manual of the configuration, written from the schema: `python -m bartizan.config.manual > docs/configuration.md`.

In: the frozen sections of bartizan.config.schema, their docstrings and those below their fields (PEP 257 calls them
attribute docstrings). Out: one Markdown page with every section and key, its type, default, unit and meaning. A section
that is added to the schema is picked up by itself; tests/config/test_manual.py fails while the page is an older one.
Not here: reading configurations (bartizan.config.load), what a value means to the gateway.
"""

from __future__ import annotations

import ast
import enum
import inspect
import json
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from bartizan.config.schema import Settings
from bartizan.model.limits import KIB, MIB
from bartizan.model.rule import Rule

COMMAND = "python -m bartizan.config.manual > docs/configuration.md"
NOT_WRITTEN = frozenset({(Rule, "place")})
"""Fields that no file may set."""

_BEFORE = f"""\
# Configuration

*Written from the schema by `{COMMAND}`; change the docstrings in `src/bartizan/config/schema.py`,
in `limits.py`, `check.py`, `esmtp.py` and `rule.py` of `src/bartizan/model/`, not this page.*

One TOML file, given to every command with `--config FILE`; the README shows a small one. Everything may be left out
that has a default. A key that is not on this page is an error, and so is a value of the wrong type: `bartizan check
--config FILE` names every mistake at once, with its line, and changes nothing. Flags of the command line replace what
the file says. Paths in the file count from its folder. Lists are written `["one", "two"]`, choices and texts in
quotes; times are in seconds and may have a fraction, sizes are in bytes, both without a unit.

Without a file the built-in defaults apply: one listener on loopback for any domain, and no next hop.
"""

_LABEL = re.compile(r"\[{1,2}[a-z_.]+\]{1,2}: ")
_WORDS: dict[object, str] = {str: "text", int: "whole number", float: "number", bool: "true or false"}
_PLURALS: dict[object, str] = {str: "texts", int: "whole numbers", float: "numbers"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a section: `type` and `default` in words, `meaning` as its docstring says."""

    name: str
    type: str
    default: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Section:
    """One table of the file. `name` is what stands in its brackets; `repeated`: written in double ones, any number."""

    name: str
    repeated: bool
    meaning: str
    keys: tuple[Key, ...]

    @property
    def heading(self) -> str:
        """The section as it is written in a file."""
        return f"[[{self.name}]]" if self.repeated else f"[{self.name}]"


def sections() -> Iterator[Section]:
    """Every section of the configuration, in the order of the schema; one inside another follows it."""
    hints = get_type_hints(Settings, include_extras=True)
    for field in fields(Settings):
        kind, repeated = _section_class(hints[field.name])
        if kind is None:
            raise TypeError(f"Settings.{field.name} is no section")
        yield from _section(field.name.removesuffix("s") if repeated else field.name, repeated, kind)


def page() -> str:
    """The whole manual as Markdown."""
    parts = [_BEFORE]
    for section in sections():
        lines = [f"## `{section.heading}`", "", section.meaning]
        if section.keys:
            lines += ["", "| key | value | default | meaning |", "|---|---|---|---|"]
            lines += [
                f"| `{key.name}` | {_cell(key.type)} | {_cell(key.default)} | {_cell(key.meaning)} |"
                for key in section.keys
            ]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _section(name: str, repeated: bool, kind: type) -> Iterator[Section]:
    hints = get_type_hints(kind, include_extras=True)
    meanings = _attribute_docstrings(kind)
    keys = []
    inner = []
    for field in fields(kind):
        if (kind, field.name) in NOT_WRITTEN:
            continue
        below, many = _section_class(hints[field.name])
        written = _written(field.name)
        if below is not None:
            inner.append((f"{name}.{written}", many, below))
        keys.append(_key(kind, field, hints[field.name], meanings.get(field.name, ""), below, f"{name}.{written}"))
    yield Section(name, repeated, _meaning_of(kind), tuple(keys))
    for item in inner:
        yield from _section(*item)


def _key(kind: type, field: Field[Any], hint: object, meaning: str, below: type | None, path: str) -> Key:
    unit = _unit(field)
    if below is not None:
        meaning = meaning or _first_sentence(_meaning_of(below))
        default = "required" if _required(field) else "not given" if field.default is None else "its own defaults"
        return Key(_written(field.name), f"table, see `[{path}]`", default, meaning)
    words = _type(hint)
    return Key(field.name, f"{words}, {unit}" if unit else words, _default(field, unit), meaning)


def _written(name: str) -> str:
    """A field as the file has it."""
    return {"classes": "class"}.get(name, name)


def _section_class(hint: object) -> tuple[type | None, bool]:
    """The section that a field of this type holds, and whether it holds any number of them."""
    if isinstance(hint, type) and is_dataclass(hint):
        return hint, False
    for inner in get_args(hint):
        if isinstance(inner, type) and is_dataclass(inner):
            return inner, get_origin(hint) is tuple
    return None, False


def _type(hint: object) -> str:
    """A type in the operator's words."""
    if get_origin(hint) is Annotated:
        inner, *constraints = get_args(hint)
        limits = " ".join(filter(None, map(_constraint, constraints)))
        words = _type(inner)
        if get_origin(inner) is tuple:
            return f"{words}, at least one" if limits else words
        return f"{words} {limits}".rstrip()
    if get_origin(hint) is Literal:
        return " or ".join(f"`{json.dumps(choice)}`" for choice in get_args(hint))
    if get_origin(hint) is types.UnionType or "Union" in str(get_origin(hint)):
        return _type(next(inner for inner in get_args(hint) if inner is not types.NoneType))
    if get_origin(hint) is dict:
        return f"table of {_plural(get_args(hint)[1])}"
    if get_origin(hint) is tuple:
        return f"list of {_plural(get_args(hint)[0])}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " or ".join(f"`{json.dumps(choice.value)}`" for choice in hint)
    return _WORDS[hint]


def _plural(hint: object) -> str:
    plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return _PLURALS.get(plain) or _type(plain)


def _constraint(constraint: object) -> str:
    """What a constraint of annotated_types asks for; "" for those that go without saying (a text is not empty)."""
    low, high = getattr(constraint, "ge", None), getattr(constraint, "le", None)
    above = getattr(constraint, "gt", None)
    if getattr(constraint, "min_length", None) is not None:
        return "that is not empty"
    if low is not None and high is not None:
        return f"from {low} to {high}"
    if low is not None:
        return f"from {low} on" if low < KIB else f"from {_size(low)} on"
    return "" if above is None else f"above {above}"


def _unit(field: Field[Any]) -> str:
    words = field.name.split("_")
    if "seconds" in words or "Seconds" in str(field.type):
        return "seconds"
    return "bytes" if "bytes" in words else ""


def _required(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _default(field: Field[Any], unit: str) -> str:
    if _required(field):
        return "required"
    value = field.default_factory() if field.default_factory is not MISSING else field.default
    if value is None:
        return "not given"
    if unit == "bytes" and isinstance(value, int) and value:
        return _size(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"`{json.dumps(value)}`"


def _size(count: int) -> str:
    for unit, name in ((MIB, "MiB"), (KIB, "KiB")):
        if count % unit == 0:
            return f"`{count}` ({count // unit} {name})"
    return f"`{count}`"


def _meaning_of(kind: type) -> str:
    """The class docstring without the section's name in front."""
    text = _LABEL.sub("", inspect.getdoc(kind) or "", count=1)
    return text[:1].upper() + text[1:]


def _first_sentence(text: str) -> str:
    return text.partition("\n\n")[0].partition(". ")[0].rstrip(".") + "."


def _attribute_docstrings(kind: type) -> dict[str, str]:
    """The text that stands below each field of a class, on one line."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    found: dict[str, str] = {}
    name = ""
    for statement in body.body if isinstance(body, ast.ClassDef) else ():
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            name = statement.target.id
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and name:
            found[name] = " ".join(str(statement.value.value).split())
            name = ""
        else:
            name = ""
    return found


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(page())
