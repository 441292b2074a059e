"""Where in a TOML file each key is written, so that a problem or a rule can be named by its line.

In: text that tomllib has accepted. Out: key paths, with an index after each array of tables, and their line numbers.
The scan knows comments, all four kinds of strings and nested arrays, so text in a value is never taken for a header.
Not here: values, and keys inside inline tables (they are found under the key that holds the table).
"""

from __future__ import annotations

import re
import tomllib

Path = tuple[str | int, ...]

_KEY = re.compile(r"""[ \t]*([A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}' r"|'''(?:[^']|'(?!''))*'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'",
    re.DOTALL,
)
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")


class Places:
    """The line numbers (from 1) of one file's headers and keys."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        self._scan(text)

    def line(self, path: Path) -> int:
        """The line of `path`, or of the closest thing around it; 0 when nothing of it is in the file."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 0)

    def _scan(self, text: str) -> None:
        at, line, here = 0, 1, ()
        section: Path = here
        while True:
            start = at
            blank = _BLANK.match(text, at)
            at = blank.end() if blank else at
            line += text.count("\n", start, at)
            if at >= len(text):
                return
            start = at
            if text[at] == "[":
                array = text.startswith("[[", at)
                names, at = _keys(text, at + 1 + array)
                section = self._header(names, array)
                self._lines.setdefault(section, line)
                at += 1 + array
            else:
                names, at = _keys(text, at)
                path = section
                for name in names:
                    path = (*path, name)
                    self._lines.setdefault(path, line)
                at = _end_of_value(text, at + 1)
            line += text.count("\n", start, at)

    def _header(self, names: tuple[str, ...], array: bool) -> Path:
        path: Path = ()
        for name in names[:-1]:
            path = (*path, name)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        path = (*path, names[-1])
        if not array:
            return path
        count = self._tables.get(path, 0)
        self._tables[path] = count + 1
        return (*path, count)


def _keys(text: str, at: int) -> tuple[tuple[str, ...], int]:
    """The dotted key that begins at `at`, and where it ends."""
    names: list[str] = []
    while found := _KEY.match(text, at):
        token = found[1]
        names.append(tomllib.loads(f"key = {token}")["key"] if token[0] in "\"'" else token)
        at = found.end()
        if not text.startswith(".", at):
            break
        at += 1
    return tuple(names), at


def _end_of_value(text: str, at: int) -> int:
    """The end of the value that begins at `at`: the line end after it, or the end of the text."""
    depth = 0
    while at < len(text):
        char = text[at]
        string = _STRING.match(text, at) if char in "\"'" else None
        if string:
            at = string.end()
            continue
        if char == "#":
            at = _line_end(text, at)
            continue
        if char == "\n" and depth == 0:
            return at
        depth += (char in "[{") - (char in "]}")
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
