"""The files that a .dockerignore lets into a build: the form of ours, and an error for all else.

Ours leaves everything out (`*`), takes in files and folders by name (`!src`), and leaves out by pattern again what may
lie anywhere in them (`**/*.so`).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator
from pathlib import Path


def files(source: Path) -> Iterator[Path]:
    """Relative paths of the files below `source` that a build sees. ValueError for a pattern of another form."""
    lines = [line for line in (source / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    if lines[:1] != ["*"]:
        raise ValueError("expected * as the first pattern")
    taken = [line[1:] for line in lines[1:] if line.startswith("!")]
    dropped = [line for line in lines[1:] if not line.startswith("!")]
    for pattern in dropped:
        if not pattern.startswith("**/") or "/" in pattern[3:]:
            raise ValueError(f"expected a pattern **/NAME, found {pattern}")
    for name in taken:
        if any(character in name for character in "*?[") or not (source / name).exists():
            raise ValueError(f"expected the name of something that is here, found {name}")
        top = source / name
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            parts = path.relative_to(source).parts
            if path.is_file() and not any(fnmatch.fnmatch(part, p[3:]) for part in parts for p in dropped):
                yield path.relative_to(source)
