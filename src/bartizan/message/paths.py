"""Paths of nodes, and the names in them, as people read them (model.Node)."""

from __future__ import annotations

LABEL = 100
CUT = "\N{HORIZONTAL ELLIPSIS}"


def inside(prefix: str, path: str) -> str:
    """The path, seen from outside, of `path` in the mail whose parts begin with `prefix`."""
    return prefix.removesuffix("!/") if path in ("", "message") else prefix + path


def clean(name: str) -> str:
    """`name` as it can be written as UTF-8 anywhere."""
    return name if name.isascii() else name.encode("utf-8", "replace").decode("utf-8")


def label(name: str) -> str:
    """A name as a piece of a path that people read: printable, its last LABEL characters."""
    short = name[-LABEL:]
    return short if short.isprintable() else "".join(c if c.isprintable() else "?" for c in short)


def shortened(name: str, most: int) -> str:
    """`name` with its middle cut out when it is longer than `most` characters.

    Its end decides what a double click does, its beginning what a file system keeps of it.
    """
    if len(name) <= most:
        return name
    half = (most - 1) // 2
    return name[:half] + CUT + name[half + 1 - most :]
