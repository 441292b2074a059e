"""Lists: a map file compiles to what the plain twin finds, or has problems; a forged compiled file never does harm."""

from __future__ import annotations

import hashlib

from bartizan._core.lookup import DIGEST_AT, MAGIC, TableFile
from bartizan.tables.access import AccessTable, Match
from bartizan.tables.compile import compile_list
from bartizan.tables.source import Source
from reference.tables import Model

PROBES = 50


def TestOneInput(data: bytes) -> None:
    """Octets that begin as a compiled file are one, with a digest that is right; all others are a map file."""
    if data.startswith(MAGIC):
        forged(data)
    else:
        listed(data)


def forged(data: bytes) -> None:
    """Refused with ValueError, or opened and asked."""
    try:
        file = TableFile.open(data[: len(MAGIC)] + hashlib.sha256(data[DIGEST_AT:]).digest() + data[DIGEST_AT:])
    except ValueError:
        return
    table = AccessTable(file)
    for text in ("192.0.2.7", "10.1.1.1", "2001:db8::1", "ffff::", "example.com", "a.b.example.com", "ann@example.com"):
        for find in (table.find_address, table.find_domain, table.find_mailbox):
            match = find(text)
            assert match is None or isinstance(match, Match)


def listed(data: bytes) -> None:
    """Each key that stands in the list, and its parts, find what the twin finds."""
    compiled = compile_list([Source("list", data)])
    assert bool(compiled.data) != bool(compiled.problems)
    if not compiled.data:
        assert all(problem.where.startswith("list") and problem.what.isprintable() for problem in compiled.problems)
        return
    table = AccessTable.open(compiled.data)
    entries = [
        line.strip(b" \t").decode("utf-8", "surrogateescape") for line in data.replace(b"\r\n", b"\n").split(b"\n")
    ]
    pairs = [key_value(entry) for entry in entries if entry and not entry.startswith("#")]
    model = Model(pairs)
    assert compiled.entries == len(pairs)
    for key, _ in pairs[:PROBES]:
        text = key.partition("/")[0]
        assert pair(table.find_address(text)) == model.address(text.partition("%")[0])
        if text.isascii() and "@" not in text and model.address(text) is None:
            assert pair(table.find_domain(text)) == model.domain(text)


def key_value(entry: str) -> tuple[str, str]:
    """The two halves of a line."""
    at = min((k for k in (entry.find(" "), entry.find("\t")) if k >= 0), default=len(entry))
    return entry[:at], entry[at:].strip(" \t")


def pair(match: Match | None) -> tuple[str, str] | None:
    """A match as the twin gives it."""
    return None if match is None else (match.entry, match.value)
