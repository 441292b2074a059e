"""What a text has that points to something encoded is told, at every place, and nothing else is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.runs import base64_runs, longest_run
from bartizan._core.traces import (
    CONTINUED,
    DUMPED,
    ESCAPED,
    FRAMED,
    NUMBERS,
    OCTETS,
    QUOTED,
    TURNED,
    traces,
)

TWIN = {
    QUOTED: re.compile(rb"\n[>|]"),
    ESCAPED: re.compile(rb"[%&\\]"),
    CONTINUED: re.compile(rb"[\\^`]\s"),
    OCTETS: re.compile(rb"=\s|(?:=[^=]*){6}"),
    NUMBERS: re.compile(rb"(?:[0-9][^0-9]*){20}"),
    DUMPED: re.compile(rb"\n00"),
    FRAMED: re.compile(rb"<~"),
    TURNED: re.compile(rb"uggc|ptth"),
}
"""What each bit says, in the plainest words."""
SIGNS = st.sampled_from(
    [b"\n", b"\r", b" ", b">", b"|", b"%", b"\\", b"^", b"=", b"0", b"7", b"<", b"~", b"uggc", b"ptth"]
)
TEXTS = st.lists(SIGNS | st.binary(max_size=3) | st.just(b"x" * 120), max_size=40).map(b"".join)


@given(TEXTS)
def test_alike(text: bytes) -> None:
    """Every bit is that of its twin, wherever in a block the signs stand."""
    assert {bit for bit in TWIN if traces(text) & bit} == {bit for bit, twin in TWIN.items() if twin.search(text)}


@pytest.mark.parametrize("sign", [b"\n>", b"%", b"^ ", b"= ", b"\n00", b"<~", b"uggc", b"ptth"])
def test_every_place(sign: bytes) -> None:
    """Also over the edge of a block, and at both ends of the text."""
    for before in range(520):
        text = b"." * before + sign
        assert traces(text), before
        assert traces(text + b"." * 7), before
        assert not traces(text[:-1]), before


def test_many() -> None:
    """Counts go beyond eight bits."""
    assert traces(b"=" * 100_000) & OCTETS
    assert traces(b"7" * 256) & NUMBERS


@given(st.lists(st.sampled_from([b"A" * 20, b"B" * 30, b" ", b"\n", b". ", b"==", b"c"]), max_size=30).map(b"".join))
def test_longest_run(text: bytes) -> None:
    """That of the runs with 24 letters."""
    assert longest_run(text) == max((end - start for start, end in base64_runs(text, 24)), default=0)


def test_many_runs() -> None:
    """One behind the first thousand."""
    assert longest_run((b"A" * 30 + b". . . . ") * 1500 + b"B" * 50) == 50
