"""Reads a Dockerfile strictly: the instructions that ours uses, in the form that ours has, and an error for all else.

In: the text. Out: its stages, each with its instructions in order. Variables are left for the builder to replace.
Shell forms of ENTRYPOINT, CMD and HEALTHCHECK are refused on purpose: a shell would be process 1 and keep signals to
itself. Not here: executing anything (image.py).
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field

WORDS = frozenset(
    {"ARG", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
    | {"CMD", "ENTRYPOINT"}
)
_FROM = re.compile(r"(?P<base>\S+)(?: AS (?P<name>[a-z][a-z0-9-]*))?")
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_DURATION = re.compile(r"(\d+)s")


class DockerfileError(Exception):
    """Something that this reader does not know, or that no Dockerfile of ours should have; names the line."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word, what follows it with continued lines joined, and the line it starts on."""

    word: str
    rest: str
    line: int

    def error(self, what: str) -> DockerfileError:
        """What is wrong with it."""
        return DockerfileError(f"line {self.line}: {self.word}: {what}")


@dataclass(slots=True)
class Stage:
    """What one FROM begins."""

    base: str
    name: str
    instructions: list[Instruction] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """`arguments` are those before the first FROM, with their defaults."""

    arguments: dict[str, str]
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Healthcheck:
    """When and how an engine asks whether the container is well; times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    start_period: int
    retries: int


def parse(text: str) -> Dockerfile:
    """The stages of a Dockerfile. Raises DockerfileError."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.word == "FROM":
            found = _FROM.fullmatch(instruction.rest)
            if found is None:
                raise instruction.error("expected IMAGE or IMAGE AS NAME")
            stages.append(Stage(replaced(found["base"], arguments, instruction), found["name"] or ""))
        elif stages:
            stages[-1].instructions.append(instruction)
        elif instruction.word == "ARG":
            name, default = argument(instruction)
            if default is None:
                raise instruction.error("one that FROM uses needs a default")
            arguments[name] = default
        else:
            raise instruction.error("only ARG may come before FROM")
    if not stages:
        raise DockerfileError("no FROM")
    return Dockerfile(arguments, tuple(stages))


def _instructions(text: str) -> list[Instruction]:
    found: list[Instruction] = []
    pending = ""
    begun = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#") or (not pending and not line.strip()):
            continue
        if not line.strip():
            raise DockerfileError(f"line {number}: empty inside an instruction")
        begun = begun if pending else number
        pending += line.removesuffix("\\") if line.endswith("\\") else line
        if line.endswith("\\"):
            continue
        word, _, rest = pending.partition(" ")
        if word not in WORDS:
            raise DockerfileError(f"line {begun}: unknown instruction {word}")
        found.append(Instruction(word, rest.strip(), begun))
        pending = ""
    if pending:
        raise DockerfileError(f"line {begun}: the last line is continued")
    return found


def argument(instruction: Instruction) -> tuple[str, str | None]:
    """Name and default of an ARG."""
    name, equals, default = instruction.rest.partition("=")
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or " " in default:
        raise instruction.error("expected NAME or NAME=DEFAULT")
    return name, default if equals else None


def pairs(instruction: Instruction) -> list[tuple[str, str]]:
    """Keys and values of an ENV or LABEL, variables not yet replaced."""
    found = []
    for word in shlex.split(instruction.rest):
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise instruction.error(f"expected KEY=VALUE, found {word!r}")
        found.append((key, value))
    return found


def exec_form(instruction: Instruction, text: str | None = None) -> tuple[str, ...]:
    """The words of a JSON array; every other form is an error."""
    try:
        words = json.loads(instruction.rest if text is None else text)
    except ValueError:
        words = None
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise instruction.error('expected ["PROGRAM", "ARGUMENT", ...]')
    return tuple(words)


def healthcheck(instruction: Instruction) -> Healthcheck:
    """A HEALTHCHECK with all of its options given."""
    options, found, command = instruction.rest.partition("CMD ")
    if not found:
        raise instruction.error("expected CMD")
    values: dict[str, int] = {}
    for option in options.split():
        name, _, value = option.removeprefix("--").partition("=")
        seconds = _DURATION.fullmatch(value)
        if name == "retries" and value.isdecimal():
            values[name] = int(value)
        elif name in ("interval", "timeout", "start-period") and seconds:
            values[name] = int(seconds[1])
        else:
            raise instruction.error(f"unknown option {option}")
    missing = {"interval", "timeout", "start-period", "retries"} - values.keys()
    if missing:
        raise instruction.error(f"missing: {', '.join(sorted(missing))}")
    return Healthcheck(
        exec_form(instruction, command),
        values["interval"],
        values["timeout"],
        values["start-period"],
        values["retries"],
    )


def replaced(text: str, variables: dict[str, str], instruction: Instruction) -> str:
    """`text` with each ${NAME} replaced; one that is not known, and any other dollar sign, is an error."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise instruction.error(f"unknown variable {found[1]}")
        return variables[found[1]]

    if "$" in _VARIABLE.sub("", text):
        raise instruction.error("expected ${NAME} at every dollar sign")
    return _VARIABLE.sub(value, text)
