"""Texts as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.disguises import readings


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("vixx\b\brus", "virus"),
        ("a\b\b\bvirus\b", "viru"),
        ("\b\b", ""),
        ("xy\bab\b\b\bvirus", "virus"),
        ("a \u202esuriv\u202c b", "a virus b"),
        ("\u202esuriv\nb\u202e", "virus\nb"),
        ("vi-\r\nrus", "virus"),
        ("> vi-\n> rus\n-- \nx", "> virus\n-- \nx"),
        ("vi\N{SOFT HYPHEN}\nrus", "virus"),
        ("a.virus.b", "a virus b"),
        ("v0rus", "vorus"),
    ],
)
def test_readings(text: str, seen: str) -> None:
    """One other reading."""
    assert [reading.decode() for reading in readings(text.encode())] == [seen]


def test_flowed() -> None:
    """The last space of a line is no text where that is said."""
    assert list(readings(b"vi \r\nrus\n> x \n> y", flowed=True)) == [b"virus\n> xy"]
    assert list(readings(b"vi \r\nrus")) == []


def test_disguises_together() -> None:
    """Words that are broken, parted and spelled with digits; a one may be two letters."""
    found = [reading.decode() for reading in readings(b"cla-\nim.y0ur.pr1ze")]
    assert found == ["claim.y0ur.pr1ze", "claim y0ur pr1ze", "claim your prize", "claim your prlze"]


@given(st.text(alphabet=["a", "b", "\b"], max_size=40))
def test_backspaces(text: str) -> None:
    """As a terminal does it, one character after the other."""
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept:
            kept.pop()
    assert [reading.decode() for reading in readings(text.encode())] == (["".join(kept)] if "\b" in text else [])
