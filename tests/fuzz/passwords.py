"""Texts, names and subjects that may hold a password: few candidates, short ones, and always the same."""

from __future__ import annotations

from bartizan.message.pagewords import page_words
from bartizan.message.passwords import CANDIDATES, COMMON, LONGEST, Clues
from bartizan.model.message import Node
from fuzz.chance import chance_of

CHARSETS = ("", "utf-8", "utf-16", "koi8-r", "gbk", "no-charset")


def TestOneInput(data: bytes) -> None:
    """A text, a page and a name made of the input."""
    page_words(data.decode("utf-8", "replace"))
    assert _candidates(data) == _candidates(data)


def _candidates(data: bytes) -> list[str]:
    clues = Clues()
    charset = chance_of(data).choice(CHARSETS)
    clues.subject(data)
    for declared, kind in (("text/plain", ""), ("text/html", "html"), ("", ""), ("", "xml")):
        name = data.decode("utf-8", "replace")
        clues.node(Node("1", (name,), declared, kind, len(data), "", charset), data)
    found = [candidate.password for candidate in clues.candidates()]
    assert len(set(found)) == len(found) <= CANDIDATES
    assert all(0 < len(password) <= LONGEST for password in found)
    assert set(COMMON) <= set(found)
    assert all(candidate.described() for candidate in clues.candidates())
    return found
