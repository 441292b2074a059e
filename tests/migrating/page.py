"""Reads docs/migrating.md: its tables and whole configurations, each with the dialogue that shows it.

A row is `| option there | lines of TOML here | difference | [dialogue](path) |`; the lines are code spans with `<br>`
between them. A whole configuration is a block of TOML with a link to its dialogue in the paragraph behind it. The first
block is what all rows share; a row that has a table of it itself replaces that table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^```toml\n(.*?)^```\n\n?((?:[^\n]+\n)*)", re.M | re.S)
_ROW = re.compile(r"^\|(.*)\|$", re.M)
_BAR = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([a-z_0-9]+)\]\((\S+?)\)")
_SPAN = re.compile(r"`([^`]+)`")
_HEADER = re.compile(r"^\[.*\]$", re.M)


@dataclass(frozen=True, slots=True)
class Shown:
    """One configuration, for which `option` of the other product it stands, what is `different`, and the name and
    path of its dialogue."""

    option: str
    toml: str
    different: str
    dialogue: str
    path: str


def shared(page: str) -> str:
    """The block that is in front of every row."""
    first = _BLOCK.search(page)
    return first[1] if first else ""


def whole(page: str) -> list[Shown]:
    """The whole configurations."""
    found = []
    for block in list(_BLOCK.finditer(page))[1:]:
        link = _LINK.search(block[2])
        found.append(Shown("a whole configuration", block[1], block[2], *(link.groups() if link else ("", ""))))
    return found


def rows(page: str) -> list[Shown]:
    """The rows of all tables, their TOML complete."""
    found, base = [], shared(page)
    for row in _ROW.finditer(page):
        cells = [cell.strip().replace("\\|", "|") for cell in _BAR.split(row[1])]
        if len(cells) != 4 or set("".join(cells)) <= set("-") or cells[3] == "shown":
            continue
        option, ours, different, last = cells
        link = _LINK.fullmatch(last)
        toml = complete(base, "\n".join(_SPAN.findall(ours)) + "\n") if clean(ours) else ""
        found.append(Shown(option, toml, different, *(link.groups() if link else ("", ""))))
    return found


def clean(ours: str) -> bool:
    """Is the cell nothing but code spans, one for each line?"""
    return bool(ours) and not _SPAN.sub("", ours).replace("<br>", "").strip()


def complete(base: str, lines: str) -> str:
    """`lines` behind those tables of `base` that they do not have themselves."""
    own = set(_HEADER.findall(lines))
    tables = re.split(r"^(?=\[)", base, flags=re.M)
    return "".join(table for table in tables if table.partition("\n")[0] not in own) + lines
