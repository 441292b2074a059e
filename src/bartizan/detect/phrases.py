"""Compiles phrase files into the automaton that runs over every text.

In: UTF-8 files with one phrase a line, optionally a TAB and its weight (default 5). Empty lines are skipped; a line is
a comment when it is `#` alone or begins with `#` and a space, so that `#hashtag` can be a phrase. Phrases are folded as
the text view is (bartizan._core.text), so that case, kinds of white space and invisible characters make no difference;
white space around a phrase does not count. Listed more than once, a phrase keeps its highest weight.
Out: one file for bartizan._core.automaton; every error at once as ConfigError.
Limits: a folded phrase has 2 to LONGEST bytes.
Not here: running the automaton.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ahocorasick  # type: ignore[import-not-found]

from bartizan._core.assemble import assemble
from bartizan._core.text import fold
from bartizan.model.errors import ConfigError, Problem

DEFAULT_WEIGHT = 5.0
LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Phrase:
    """One listed phrase as written, its folded bytes, its weight, and the file and line that list it."""

    text: str
    folded: bytes
    weight: float
    file: str
    line: int


def build(files: Iterable[Path], target: Path) -> int:
    """Compile the phrases of `files` into `target` and return their number. Raises ConfigError naming file and line."""
    phrases = read(files)
    target.write_bytes(compile_phrases(phrases))
    return len(phrases)


def read(files: Iterable[Path]) -> tuple[Phrase, ...]:
    """The phrases of all files, each once, in the order they are first listed. Raises ConfigError."""
    best: dict[bytes, Phrase] = {}
    problems: list[Problem] = []
    for file in files:
        for found in _lines(file):
            if isinstance(found, Problem):
                problems.append(found)
            elif found.folded not in best or found.weight > best[found.folded].weight:
                best[found.folded] = found
    if problems:
        raise ConfigError(tuple(problems))
    return tuple(best.values())


def compile_phrases(phrases: tuple[Phrase, ...]) -> bytes:
    """The bytes of the automaton file for phrases with distinct folded bytes."""
    trie = ahocorasick.Automaton(ahocorasick.STORE_INTS)
    for index, phrase in enumerate(phrases):
        # The library's keys are text: each byte becomes the character of the same number.
        trie.add_word(phrase.folded.decode("latin-1"), index)
    entries = [(p.text, p.weight, p.file, p.line) for p in phrases]
    return assemble(trie.items(), max(1, trie.get_stats()["nodes_count"]), entries)


def _lines(file: Path) -> Iterator[Phrase | Problem]:
    try:
        data = file.read_bytes()
    except OSError as error:
        yield Problem(str(file), "", f"a readable phrase file ({error.strerror})")
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        content = line.strip()
        if content and content != b"#" and not content.startswith(b"# "):
            yield _phrase(content, str(file), number)


def _phrase(line: bytes, file: str, number: int) -> Phrase | Problem:
    key = f"line {number}"
    try:
        text, tab, weight_text = line.decode("utf-8").rpartition("\t")
    except UnicodeDecodeError:
        return Problem(file, key, "UTF-8")
    if not tab:
        text, weight_text = weight_text, str(DEFAULT_WEIGHT)
    text = text.strip()
    try:
        weight = float(weight_text)
    except ValueError:
        weight = math.nan
    if not math.isfinite(weight):
        return Problem(file, key, "a number after the tab")
    folded = fold(text).strip(b" ")
    if len(folded) < 2:
        return Problem(file, key, "a phrase of at least two characters that can be seen")
    if len(folded) > LONGEST:
        return Problem(file, key, f"a phrase of at most {LONGEST} bytes")
    return Phrase(text, folded, weight, file, number)
