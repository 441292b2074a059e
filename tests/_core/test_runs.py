"""base64 in the middle of a text is found wherever it stands; prose is none."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.runs import base64_runs, next_word
from reference import runs as reference

DATA = bytes(range(200))
FLAT = base64.b64encode(DATA)
PIECES = st.sampled_from(
    [
        b"A" * 15,
        b"A" * 16,
        b"Ab+/" * 20,
        b"=",
        b"==",
        b" ",
        b"\r\n",
        b"\n",
        b"\t" * 7,
        b"word",
        b".",
        b"'",
        b"-_" * 9,
        b"x",
    ]
)


@pytest.mark.parametrize(
    "around",
    [b"%b", b"Hello,\r\n\r\n%b\r\nAnn\r\n", b'<a href="data:application/zip;base64,%b">', b"atob('%b')", b"BINARY:%b"],
)
def test_found(around: bytes) -> None:
    """The run alone, without what stands around it."""
    text = around % FLAT
    assert [text[start:end] for start, end in base64_runs(text, 80)] == [FLAT]


def test_lines() -> None:
    """Lines of any length from 16 on are one run, with the shorter last one."""
    lines = b"\r\n ".join(FLAT[at : at + 19] for at in range(0, len(FLAT), 19))
    [(start, end)] = base64_runs(b"x: " + lines + b"\r\n\r\nbye", 80)
    assert (b"x: " + lines)[start:end] == lines


@pytest.mark.parametrize("text", [b"", b"A" * 15, b"the quick brown fox jumps over the lazy dog " * 50, FLAT[:79]])
def test_prose(text: bytes) -> None:
    """Words are too short, and a short run is none."""
    assert base64_runs(text, 80) == []


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join), st.sampled_from([16, 40, 80]))
def test_twin(data: bytes, least: int) -> None:
    """The same spans as the plain twin."""
    assert base64_runs(data, least) == reference.base64_runs(data, least)


@settings(deadline=None)
@given(st.lists(PIECES, max_size=30).map(b"".join), st.sampled_from([16, 40, 80]))
def test_goes_on(data: bytes, least: int) -> None:
    """From the end of any run on, the runs behind it are found."""
    found = base64_runs(data, least)
    for number, (_, end) in enumerate(found, 1):
        assert base64_runs(data, least, end) == found[number:]


def test_many() -> None:
    """A thousand at a time, until there are no more."""
    text = (b"A" * 80 + b". ") * 2500
    counts = []
    at = 0
    while spans := base64_runs(text, 80, at):
        counts.append(len(spans))
        at = spans[-1][1]
    assert counts == [1000, 1000, 500]


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([b"A" * 9, b"ab!#$", b"%&()", b"*=", b":", b"/", b"//", b" ", b"\n", b"\xff"]), max_size=40
    ).map(b"".join),
    st.sampled_from([1, 5, 30]),
)
def test_words(data: bytes, least: int) -> None:
    """The same words as the twin, one after the other."""
    found = []
    at = 0
    while (word := next_word(data, at, least)) is not None:
        found.append(word)
        at = word[1]

    assert found == reference.words(data, least)
