"""Expressions over senders: RE2's language, any case, and no expression that takes long."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.wall.patterns import LONGEST, MOST, Patterns


def test_find() -> None:
    """The first that matches anywhere."""
    patterns = Patterns(["^bounce-", r"@(.*\.)?bad\.example$"])
    assert patterns.find("Bounce-1@good.example") == "^bounce-"
    assert patterns.find("a@X.BAD.example") == r"@(.*\.)?bad\.example$"
    assert patterns.find("a@notbad.example") is None
    assert Patterns().find("a@b.example") is None


@pytest.mark.parametrize(
    "wrong", [["("], ["(?=a)"], [r"(a)\1"], ["a" * (LONGEST + 1)], ["a"] * (MOST + 1), ["(a{1000}){1000}"], ["["]]
)
def test_what_is_none(wrong: list[str]) -> None:
    """Is refused before it is used, with a reason."""
    with pytest.raises(ValueError, match="expected"):
        Patterns(wrong)


def test_what_would_take_for_ever_elsewhere() -> None:
    """Nested repetitions are linear."""
    assert Patterns([r"^(a+)+$", r"(x*)*y"]).find("a" * 100_000 + "!") is None


@given(st.text(max_size=200))
def test_any_address(address: str) -> None:
    """Never raises."""
    Patterns(["a.*b", "^$", "ü"]).find(address)
