"""YARA rules: compiled once, run over every node (the only importer of yara).

`compile` takes rule sources and writes one file; `SignatureDetector` loads that file and matches. Each source is a
namespace of its own, named by its path, so that equal rule names in two files do not clash. Includes are off. Compiled
rules are code for YARA's machine: load only what this host compiled.

A rule that matches is a finding of score 10. What YARA did not do is a gap: `timeout`, `limit:matches` (a string that
occurs a million times is given up), `crash` (any other error).

What a call costs before it looks at the first byte (callgrind and experiments with 7,000 rules): two parts in three are
the tables that modules fill anew each time if any rule imports them, `pe` above all (`elf` a tenth); the rest is
clearing the match tables and running the conditions. So there are two compiled files: all rules as they are, for nodes
that begin like a program, and the same rules without these modules (plain_rules.py) for every other node.
Namespaces, externals and the timeout cost nothing measurable. fast=True looks for a string only until it is found,
unless the rule needs its count or places.

Not here: which rules need not run on which nodes; the sandbox around all of this (scanner).
"""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import yara  # type: ignore[import-not-found]

from bartizan.detect.filenames import base_name
from bartizan.detect.plain_rules import MAGICS, without_modules
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node

SCORE = 10.0
SECONDS = 20.0
SHOWN_STRINGS = 5
EXTERNALS = dict.fromkeys(("filename", "filepath", "extension", "filetype", "owner"), "")
SUFFIXES = frozenset({".yar", ".yara"})
MATCH_BYTES = 16
"""How much of each match YARA copies: nothing here looks at it, and a million matches are copied too."""

FILETYPES = {"macho": "MACH-O", "bat": "BATCH", "py": "Python", "ps1": "PowerShell"}
"""Found types that public rules write otherwise than in upper case."""

IMPORTS = re.compile(r'^\s*import\s*"', re.MULTILINE)

_PLACE = re.compile(r"^(?P<file>.*)\((?P<line>\d+)\): (?P<text>.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Report:
    """What was compiled: number of `rules` (private ones too), the files left out with the reason, and the files whose
    modules could not be taken out: as long as there is one, plain nodes cost as much as programs."""

    rules: int
    skipped: tuple[Problem, ...] = ()
    unproven: tuple[str, ...] = ()


def compile(paths: Sequence[Path], out: Path, skip_broken: bool) -> Report:
    """Compile sources (files, or folders of .yar and .yara files) and the shipped rules into `out` and `plain(out)`.

    Raises ConfigError with every file that does not compile, unless `skip_broken`; always for a path without sources.
    """
    sources = _sources(paths)
    broken: tuple[Problem, ...] = ()
    try:
        rules = _compiled(sources)
    except yara.Error as error:
        broken = tuple(problem for problem in map(_problem_in, sources.values()) if problem)
        if not broken:
            raise ConfigError((Problem("signatures", "", f"rules that compile together: {error}"),)) from None
        if not skip_broken:
            raise ConfigError(broken) from None
        bad = {problem.file for problem in broken}
        sources = {namespace: file for namespace, file in sources.items() if file not in bad}
        rules = _compiled(sources)
    rules.save(str(out))
    unproven = _compile_plain(sources, plain(out))
    return Report(sum(1 for _ in rules), broken, unproven)


def plain(path: Path) -> Path:
    """Where the rules for plain nodes are, beside all rules at `path`."""
    return path.with_suffix(".plain" + path.suffix)


def _compile_plain(sources: dict[str, str], out: Path) -> tuple[str, ...]:
    """Compile the same rules without modules into `out`; the files where that is not certain stay as they are."""
    unproven: list[str] = []
    chosen = dict(sources)
    with tempfile.TemporaryDirectory() as folder:
        for number, (namespace, file) in enumerate(sources.items()):
            text = Path(file).read_bytes().decode("latin-1")
            changed = without_modules(text)
            place = Path(folder, f"{number}.yar")
            place.write_bytes((changed or "").encode("latin-1"))
            if changed is not None and _problem_in(str(place)) is None:
                chosen[namespace] = str(place)
            elif IMPORTS.search(text):
                unproven.append(file)
        _compiled(chosen).save(str(out))
    return tuple(unproven)


def _sources(paths: Sequence[Path]) -> dict[str, str]:
    """The source files by namespace, each file once. Raises ConfigError for paths that lead to none."""
    shipped = Path(str(files("bartizan.detect") / "eicar.yar"))
    found: dict[str, str] = {}
    seen: set[Path] = set()
    problems: list[Problem] = []
    for path in (shipped, *paths):
        below = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        if not below and not path.is_file():
            problems.append(Problem(str(path), "", "a file, or a folder with .yar or .yara files"))
        for file in below or [path]:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                name = str(file.relative_to(path.parent))
                found[name if name not in found else str(file)] = str(file)
    if problems:
        raise ConfigError(tuple(problems))
    return found


def _compiled(sources: dict[str, str]) -> yara.Rules:
    return yara.compile(filepaths=sources, externals=EXTERNALS, includes=False)


def _problem_in(file: str) -> Problem | None:
    """What is wrong with one source file, if it does not compile alone."""
    try:
        _compiled({"default": file})
    except yara.Error as error:
        place = _PLACE.match(str(error))
        if place is None:
            return Problem(file, "", f"a readable rule file: {error}")
        return Problem(file, f"line {place['line']}", place["text"])
    return None


class SignatureDetector:
    """Compiled rules; shared by all nodes, keeps nothing between them."""

    def __init__(self, rules: yara.Rules, plain_rules: yara.Rules) -> None:
        """`plain_rules` are the same rules for nodes that begin with none of MAGICS."""
        self._rules = rules
        self._plain_rules = plain_rules

    @classmethod
    def load(cls, path: Path) -> SignatureDetector:
        """From the files that `compile` wrote. Raises ValueError if one is missing, damaged or of another version."""
        yara.set_config(max_match_data=MATCH_BYTES)
        try:
            return cls(yara.load(str(path)), yara.load(str(plain(path))))
        except yara.Error as error:
            raise ValueError(f"{path}: {error}") from None

    def look(self, node: Node, data: bytes | memoryview, seconds: float = SECONDS) -> Iterable[Finding]:
        """All rules over the node's bytes, for `seconds` at most (rounded up); a finding for each that matches."""
        given_up: list[str] = []

        def warn(kind: int, string: object) -> int:
            given_up.append(_given_up(string))
            return int(yara.CALLBACK_CONTINUE)

        rules = self._rules if bytes(data[:4]).startswith(MAGICS) else self._plain_rules
        try:
            matches = rules.match(
                data=data,
                externals=externals(node),
                timeout=max(1, math.ceil(seconds)),
                which_callbacks=yara.CALLBACK_MATCHES,
                warnings_callback=warn,
                fast=True,
            )
        except yara.TimeoutError:
            return [gap(Reason.TIMEOUT, node.path, "signatures")]
        except yara.Error as error:
            return [gap(Reason.CRASH, node.path, f"signatures: {error}")]
        found = [_finding(node, match) for match in matches]
        if given_up:
            found.append(gap(Reason.LIMIT_MATCHES, node.path, "signatures: " + ", ".join(sorted(set(given_up))[:5])))
        return found


def externals(node: Node) -> dict[str, str]:
    """What rules can ask about a node: its first name, its path, the name's extension with the dot, its found type."""
    name = _text(base_name(node.names[0])) if node.names else ""
    _, dot, extension = name.rpartition(".")
    return {
        "filename": name,
        "filepath": _text(node.path),
        "extension": f".{extension.lower()}" if dot else "",
        "filetype": FILETYPES.get(node.type, node.type.upper()),
        "owner": "",
    }


def _text(name: str) -> str:
    """`name` as YARA takes it: valid UTF-8 without NUL."""
    return (
        name if name.isascii() and name.isprintable() else name.replace("\0", "?").encode("utf-8", "replace").decode()
    )


def _finding(node: Node, match: yara.Match) -> Finding:
    first = [(string.identifier, string.instances[0]) for string in match.strings if string.instances]
    shown = [f"{identifier} at {instance.offset}" for identifier, instance in first[:SHOWN_STRINGS]]
    more = len(first) - len(shown)
    detail = ": ".join(filter(None, (match.namespace, ", ".join(shown) + (f" and {more} more" if more else ""))))
    spans = [(instance.offset, instance.offset + instance.matched_length) for _, instance in first]
    return Finding(Kind.SIGNATURE, match.rule, node.path, SCORE, detail, min(spans, default=None))


def _given_up(string: object) -> str:
    """The rule and string of a warning."""
    return f"{getattr(string, 'rule', '?')}/{getattr(string, 'string', string)}"
