"""Which files a list of arguments means, and their bytes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

STDIN = "-"


def walk(names: Iterable[str], on_error: Callable[[str, OSError], None]) -> Iterator[str]:
    """Each name that is a file (or "-"), and for each folder the regular files in it and below, sorted by path.

    What cannot be listed goes to `on_error`. Links to folders are not followed.
    """
    for name in names:
        if name == STDIN or not os.path.isdir(name):
            yield name
        else:
            yield from sorted(_below(name, on_error))


def _below(folder: str, on_error: Callable[[str, OSError], None]) -> Iterator[str]:
    for place, _, found in os.walk(folder, onerror=lambda error: on_error(str(error.filename), error)):
        for name in found:
            path = os.path.join(place, name)
            if os.path.isfile(path) or os.path.islink(path):
                yield path


def read(name: str, most: int) -> bytes:
    """The first `most` bytes of a file or of standard input; OSError when it cannot be read."""
    if name == STDIN:
        return sys.stdin.buffer.read(most)
    with Path(name).open("rb") as file:
        return file.read(most)
