"""The page docs/configuration.md is what the schema says, complete, and true of the loader."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.config import manual
from bartizan.config.manual import Key, Section
from bartizan.config.shape import shape

PAGE = Path(__file__).resolve().parents[2] / "docs" / "configuration.md"
SECTIONS = list(manual.sections())
_INDEX = re.compile(r"\[\d+\]| \(line \d+\)")
"""What a problem's key has beyond the names: which of an array, and the line."""
KEYS = [pytest.param(section, key, id=f"{section.name}.{key.name}") for section in SECTIONS for key in section.keys]


def test_page_is_current() -> None:
    """The committed page is the generated one; otherwise run the command that the message names."""
    assert PAGE.read_text(encoding="utf-8") == manual.page(), f"run: {manual.COMMAND}"


def test_command() -> None:
    """The command on the page prints the page."""
    module = manual.COMMAND.split()[2]
    done = subprocess.run([sys.executable, "-m", module], capture_output=True, check=True, timeout=60)
    assert done.stdout.decode() == manual.page()


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_key_says_what_it_means(section: Section, key: Key) -> None:
    """No field of the schema is without a docstring."""
    assert key.meaning, f"write a docstring below the field {key.name} of the class for {section.heading}"


@pytest.mark.parametrize(("section", "key"), KEYS)
def test_every_key_is_one_of_the_loader(section: Section, key: Key) -> None:
    """A key of the page with a value that no key takes is complained about as a wrong value, not as unknown."""
    heading = section.heading
    for outer in reversed(SECTIONS):
        if outer.repeated and section.name.startswith(f"{outer.name}."):
            heading = f"{outer.heading}\n{heading}"
    wrong = "1" if key.type.startswith("table") else "2026-11-24"
    found = shape(f"{heading}\n{key.name} = {wrong}\n", "bartizan.toml", "bartizan.toml")
    path = f"{section.name}.{key.name}"
    named = [problem.expected for problem in found.problems if _INDEX.sub("", problem.key) == path]
    assert len(named) == 1
    assert "unknown" not in named[0]


def test_types_and_defaults() -> None:
    """Choices, ranges, units and defaults are in words."""
    found = {(section.name, key.name): (key.type, key.default) for section in SECTIONS for key in section.keys}
    assert found["next_hop", "port"] == ("whole number from 1 to 65535", "`25`")
    assert found["limits", "message_bytes"] == ("whole number, bytes", "`52428800` (50 MiB)")
    assert found["timeouts", "command"] == ("number above 0, seconds", "`300`")
    assert found["listener", "bare_line_ends"] == ('`"reject"` or `"normalize"`', '`"reject"`')
    assert found["listener", "recipient_domains"] == ("list of texts, at least one", "required")
    assert found["listener", "tls"] == ("table, see `[listener.tls]`", "not given")


def test_nothing_that_no_file_may_set() -> None:
    """The place of a rule is the loader's to say."""
    (rule,) = (section for section in SECTIONS if section.name == "rule")
    assert "place" not in [key.name for key in rule.keys]
