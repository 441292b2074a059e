"""Configurations at random: whatever is written, it is loaded or every reason is given; nothing else ever happens."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bartizan.config.load import load
from bartizan.config.schema import Listener, NextHop, Settings
from bartizan.model.errors import ConfigError, Problem
from bartizan.model.rule import Rule, What, Who

SECTIONS = [key.name for key in fields(Settings) if key.name not in ("listeners", "next_hop", "rules")]
KEYS = {
    **{f"[{name}]": [key.name for key in fields(getattr(Settings(), name))] for name in SECTIONS},
    "[[listener]]": [key.name for key in fields(Listener)],
    "[next_hop]": [key.name for key in fields(NextHop)],
    "[[rule]]": [key.name for key in fields(Rule)],
    "[rule.who]": [key.name for key in fields(Who)],
    "[rule.what]": [key.name for key in fields(What)],
    "[listener.tls]": ["certificate", "key"],
}
VALUES = [
    *("0", "1", "-1", "65536", "1_000", "0x10", "0o7", "9223372036854775807", "9223372036854775808", "1e400", "-0.0"),
    *("inf", "nan", "true", "2020-01-01", "07:00:00", "2020-01-01T00:00:00Z", "[]", "{}", "[[]]", "[1, 'a', {}]"),
    *("''", "'*'", "['*']", "'<>'", "'127.0.0.1:25'", "'[::1]:25'", "'0.0.0.0:0'", "['a.org', 'ü.org']", "['ü..org']"),
    *("'accept'", "'tag'", "'quarantine'", "'threshold'", "'gap'", "['10.0.0.0/8']", "'::/0'", "['300.0.0.1']"),
    *("{ name = 'X-A', value = 'b' }", "{ certificate = 'a', key = '.' }", '"\\u0000"', '"\\n"', '"\\U0001F600"'),
    *('"""a\nb"""', "'''\n[server]\n'''", "'/'", "'.'", "'~'", f"'{'x' * 300}'", f"['{'ü' * 70}.org']"),
]
LINES = st.one_of(
    st.sampled_from(sorted(KEYS)),
    st.sampled_from(sorted({key for keys in KEYS.values() for key in keys})).flatmap(
        lambda key: st.sampled_from(VALUES).map(lambda value: f"{key} = {value}")
    ),
)


@st.composite
def sections(draw: st.DrawFn) -> str:
    """Sections with keys of theirs and values of others."""
    lines = []
    for header in draw(st.lists(st.sampled_from(sorted(KEYS)), unique=True, max_size=5)):
        lines.append(header)
        for key in draw(st.lists(st.sampled_from(KEYS[header]), unique=True, max_size=4)):
            lines.append(f"{key} = {draw(st.sampled_from(VALUES))}")
    return "\n".join(lines)


def problems(path: Path) -> tuple[Problem, ...]:
    """What is wrong with the file; any other exception goes on."""
    try:
        assert load(path).rules
    except ConfigError as error:
        return error.problems
    return ()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(sections(), st.lists(LINES, max_size=8).map("\n".join), st.text(max_size=60)))
def test_anything(tmp_path: Path, text: str) -> None:
    """Settings, or problems that name this file and say what was expected."""
    path = tmp_path / "bartizan.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for problem in problems(path):
        assert problem.file == str(path)
        assert problem.expected


@pytest.mark.parametrize("header", sorted(KEYS))
def test_every_key_with_every_value(tmp_path: Path, header: str) -> None:
    """All keys of a section with one value at a time: a problem for every key that does not take it, and no other."""
    path = tmp_path / "bartizan.toml"
    for value in VALUES:
        lines = [f"{key} = {value}" for key in KEYS[header]]
        path.write_text("\n".join([header, *lines]), "utf-8")
        for problem in problems(path):
            assert problem.file == str(path)
            assert problem.key or problem.expected.startswith("expected TOML")
