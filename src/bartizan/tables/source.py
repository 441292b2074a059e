"""Where the entries of a list come from: map files and inline entries.

In: a path, or entries as the configuration has them. Out: a Source with UTF-8 text, one entry a line: `key`, or
`key value` with white space (spaces, tabs) between; blank lines and lines that begin with # say nothing; LF or CRLF
ends a line, and a byte order mark may stand at the start. A # later in a line is part of it; what a comment holds does
not matter.
What is wrong is a Problem with its place, never an exception.
Limits: FILE_MOST octets a file; a value of VALUE_MOST octets of UTF-8 without control characters.
Not here: what a key may be (entry.py), compiling (compile.py), watching files.
"""

from __future__ import annotations

import codecs
import os
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

FILE_MOST = 256 * 1024 * 1024
VALUE_MOST = 255
_CONTROL = frozenset({"Cc", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a list: where (`file:line`, or `name entry N` for an inline one), and what."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a map file, or of inline entries; `name` is the file, or what the configuration calls the list."""

    name: str
    data: bytes
    inline: bool = False

    def where(self, line: int) -> str:
        """The place of a line, counted from 1."""
        return f"{self.name} entry {line}" if self.inline else f"{self.name}:{line}"


def read_file(path: str | os.PathLike[str]) -> Source | Problem:
    """A map file, as it is now."""
    name = os.fspath(path)
    try:
        with open(name, "rb", opener=_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return Problem(name, "is no regular file")
            data = file.read(FILE_MOST + 1)
    except (OSError, ValueError) as error:
        return Problem(name, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(data) > FILE_MOST:
        return Problem(name, f"is larger than {FILE_MOST} octets")
    return Source(name, data.removeprefix(codecs.BOM_UTF8))


def _at_once(name: str, flags: int) -> int:
    """Opens without waiting for somebody to write to a pipe."""
    return os.open(name, flags | os.O_NONBLOCK)


def inline(name: str, entries: Sequence[str]) -> Source | Problem:
    """Entries that stand in the configuration, under the name of the list."""
    for number, entry in enumerate(entries, 1):
        if "\n" in entry or "\r" in entry:
            return Problem(f"{name} entry {number}", "has a line break")
    return Source(name, "\n".join(entries).encode("utf-8", "surrogatepass"), inline=True)


def text_error(key: bytes, value: bytes) -> str | None:
    """What is wrong with the octets of an entry; None if they are text."""
    if b"\0" in key or b"\0" in value:
        return "has a NUL"
    try:
        key.decode()
        text = value.decode()
    except UnicodeDecodeError:
        return "is not UTF-8"
    if any(unicodedata.category(c) in _CONTROL and c != "\t" for c in text):
        return "has a control character in its value"
    if len(value) > VALUE_MOST:
        return f"has a value of more than {VALUE_MOST} octets"
    return None
