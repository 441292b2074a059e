"""Four times the bytes take about four times as long, whatever the bytes are; what is left out is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from bartizan._core.textkind import text_kind
from bartizan.message.carve import pieces
from bartizan.model.finding import Reason
from hostile import cases
from hostile.measure import LEAST, height, opened, seconds

SIZES = (30_000, 250_000)
"""Once below the number of members that end a reading, once with more of everything."""
MOST = 9
"""Times as long for four times the size: sixteen would be quadratic."""
MEMORY = 2_000_000
HEIGHT = 4.5
"""Bytes of memory for each byte."""

Make = Callable[[int], bytes]
Read = Callable[[bytes], object]

READERS: dict[str, tuple[dict[str, Make], Read]] = {
    "zip": (cases.ZIPS, lambda data: opened("zip", data)),
    "uu": (cases.UU, lambda data: opened("uu", data)),
    "text": (cases.TEXTS, text_kind),
    "script": (cases.SCRIPTS, lambda data: deque(pieces(data, "html"), 0)),
    "noise": (cases.NOISE, lambda data: deque(pieces(data, "exe"), 0)),
}
ALL = [
    pytest.param(make, read, id=f"{reader}: {name}")
    for reader, (made, read) in READERS.items()
    for name, make in made.items()
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("make", "read"), ALL)
def test_linear(make: Make, read: Read, size: int) -> None:
    """Each technique costs what its size says."""
    once = seconds(read, make(size))
    assert seconds(read, make(4 * size)) < MOST * max(once, LEAST)


@pytest.mark.parametrize(("make", "read"), ALL)
def test_memory(make: Make, read: Read) -> None:
    """Whatever the bytes are, reading them takes no more than a few times their size."""
    assert height(read, make(MEMORY)) < HEIGHT


def test_silence_is_told() -> None:
    """A zip that takes long to inflate and says nothing: the reader stops, and says so."""
    assert Reason.LIMIT_TIME in opened("zip", cases.ZIPS["deflated headers in silence"](10_000_000)).reasons
