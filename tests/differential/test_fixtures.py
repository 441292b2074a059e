"""The mails in which another parser once found something that we did not: now we find it, or hold the mail."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from differential import ours

FIXTURES = Path(__file__).parent / "fixtures"
EXPECTED = tomllib.loads((FIXTURES / "expected.toml").read_text("utf-8"))


def test_every_fixture_is_expected() -> None:
    """Each mail has its entry, with something to find and who found it."""
    assert sorted(EXPECTED) == sorted(path.stem for path in FIXTURES.glob("*.eml"))
    assert [name for name, one in EXPECTED.items() if not one["found_by"] or not one["marks"] + one["names"]] == []


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_nothing_is_missed(name: str) -> None:
    """All marks and all names that must not pass, unless the mail is held."""
    seen = ours.view((FIXTURES / f"{name}.eml").read_bytes())
    expected = EXPECTED[name]

    assert seen.held or {mark.encode() for mark in expected["marks"]} <= seen.marks
    assert seen.held or set(expected["names"]) <= seen.blocked()
