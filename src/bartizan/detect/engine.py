"""libyara: compiles rules, loads them, and runs them over a node (its only importer).

Each source is a namespace of its own, so that equal rule names in two files do not clash. Includes are off. Compiled
rules are code for YARA's machine: load only what this host compiled. A rule that matches is a finding of score SCORE.
What YARA did not do is a gap: `timeout`, `limit:matches` (a string that occurs a million times is given up), `crash`
(any other error). fast=True looks for a string only until it is found, unless the rule needs its count or places.
Not here: which rules are run on which nodes (signatures.py); the sandbox around all of this (scanner).
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import TypeAlias

import yara  # type: ignore[import-not-found]

from bartizan.detect.filenames import base_name
from bartizan.model.errors import Problem
from bartizan.model.finding import Finding, Kind, Reason, gap
from bartizan.model.message import Node

SCORE = 10.0
SHOWN_STRINGS = 5
EXTERNALS = dict.fromkeys(("filename", "filepath", "extension", "filetype", "owner"), "")
MATCH_BYTES = 16
"""How much of each match YARA copies: nothing here looks at it, and a million matches are copied too."""

FILETYPES = {"macho": "MACH-O", "bat": "BATCH", "py": "Python", "ps1": "PowerShell"}
"""Found types that public rules write otherwise than in upper case."""

_PLACE = re.compile(r"^(?P<file>.*)\((?P<line>\d+)\): (?P<text>.*)$", re.DOTALL)

Rules: TypeAlias = yara.Rules
RuleError = yara.Error


def load(path: Path) -> Rules:
    """Compiled rules. RuleError for what is damaged, missing, or from another version."""
    yara.set_config(max_match_data=MATCH_BYTES)
    return yara.load(str(path))


def compiled(sources: dict[str, str]) -> Rules:
    """Rules of the files that `sources` has by their namespaces. RuleError when they do not compile together."""
    return yara.compile(filepaths=sources, externals=EXTERNALS, includes=False)


def problem_in(file: str) -> Problem | None:
    """What is wrong with one source file, if it does not compile alone."""
    try:
        compiled({"default": file})
    except yara.Error as error:
        place = _PLACE.match(str(error))
        if place is None:
            return Problem(file, "", f"a readable rule file: {error}")
        return Problem(file, f"line {place['line']}", place["text"])
    return None


def compiles(text: str) -> bool:
    """Does it compile alone?"""
    try:
        compiled_texts({"default": text})
    except yara.Error:
        return False
    return True


def compiled_texts(texts: dict[str, str]) -> Rules:
    """Rules of texts that have a character for each byte, by their namespaces. RuleError."""
    with tempfile.TemporaryDirectory() as folder:
        places = {}
        for number, (namespace, text) in enumerate(texts.items()):
            place = Path(folder, f"{number}.yar")
            place.write_bytes(text.encode("latin-1"))
            places[namespace] = str(place)
        return compiled(places)


def run(rules: Rules, node: Node, data: bytes | memoryview, seconds: float) -> list[Finding]:
    """What these rules find in a node, in `seconds` at most (rounded up)."""
    given_up: list[str] = []

    def warn(kind: int, string: object) -> int:
        given_up.append(_given_up(string))
        return int(yara.CALLBACK_CONTINUE)

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
