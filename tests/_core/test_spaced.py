"""Rows of letters that stand alone are found as a pattern finds them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.spaced import spaced_row

ROW = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,4}[^\W_](?![^\W_])){3,}")
TEXTS = st.text(
    st.one_of(st.sampled_from("ab1_ .-\u00e9\u0431\u4e2d\u00b2\U0001d42b\u2022\n"), st.characters()), max_size=60
)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("so v i a g r a now", "v i a g r a"),
        ("v.i. - a", None),
        ("v.i. - a_g", "v.i. - a_g"),
        ("v     i a g", None),
        ("v     i a g r", "i a g r"),
        ("v i a g rs t", "v i a g"),
        ("\u0441 \u043a \u0438 \u0434", "\u0441 \u043a \u0438 \u0434"),
        ("", None),
    ],
)
def test_row(text: str, row: str | None) -> None:
    """Four letters or more, few other characters between."""
    found = spaced_row(text, 0)
    assert (text[slice(*found)] if found else None) == row


@given(TEXTS)
def test_as_a_pattern(text: str) -> None:
    """All of them, one behind the other."""
    found, at = [], 0
    while (row := spaced_row(text, at)) is not None:
        found.append(row)
        at = row[1]
    assert found == [match.span() for match in ROW.finditer(text)]


@given(TEXTS, st.integers(0, 70))
def test_from_anywhere(text: str, at: int) -> None:
    """A row that is looked for in the middle of a text begins there or behind."""
    match = ROW.search(text, at)
    assert spaced_row(text, at) == (match.span() if match else None)


def test_nowhere() -> None:
    """No text has a place in front of its beginning."""
    with pytest.raises(ValueError, match="begins"):
        spaced_row("a b c d", -1)
