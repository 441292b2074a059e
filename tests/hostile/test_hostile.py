"""Four times the bytes take about four times as long, whatever the bytes are; what is left out is told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import Any

import pytest

from bartizan._core.textkind import text_kind
from bartizan.message.carve import pieces
from bartizan.message.hole import Hole
from bartizan.message.loosenames import loose_names
from bartizan.message.parse import from_bytes
from bartizan.message.readings import readings
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from hostile import cases
from hostile.measure import LEAST, height, opened
from pace import seconds

SIZES = (30_000, 250_000)
"""Once below the number of members that end a reading, once with more of everything."""
TRIES = 3
MOST = 10
"""Times as long for four times the size: sixteen would be quadratic."""
MEMORY = 1_000_000
HEIGHT = 7
"""Bytes of memory for each byte, beside FIXED for all that has a limit of its own."""
FIXED = 4_000_000

Make = Callable[[int], bytes]
Read = Callable[[bytes], object]


def other_readings(data: bytes) -> None:
    """The readings of a mail, as many as a message may have."""
    deque(islice(readings(from_bytes(data, None, Limits(), stored=True).message), 5000), 0)


READERS: dict[str, tuple[dict[str, Make], Read]] = {
    "zip": (cases.ZIPS, lambda data: opened("zip", data)),
    "uu": (cases.UU, lambda data: opened("uu", data)),
    "pdf": (cases.PDFS, lambda data: opened("pdf", data)),
    "text": (cases.TEXTS, text_kind),
    "script": (cases.SCRIPTS, lambda data: deque(pieces(data, "html"), 0)),
    "mail": (cases.MAILS, other_readings),
    "names": (cases.NAMES, loose_names),
    "noise": (cases.NOISE, lambda data: deque(pieces(data, "exe"), 0)),
}


def every(*readers: str) -> list[Any]:
    """All cases of these readers."""
    return [
        pytest.param(make, READERS[reader][1], id=f"{reader}: {name}")
        for reader in readers
        for name, make in READERS[reader][0].items()
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("make", "read"), every(*READERS))
def test_linear(make: Make, read: Read, size: int) -> None:
    """Each technique costs what its size says. What looks otherwise is measured again: the machine has other work."""
    small, large = make(size), make(4 * size)
    for _ in range(TRIES):
        once, more = LEAST, seconds(partial(read, large), enough=MOST * LEAST)
        if more >= MOST * LEAST:
            once = max(LEAST, seconds(partial(read, small)))
        if more < MOST * once:
            return
    pytest.fail(f"{once:.3f} s, and {more:.3f} s for four times as much")


@pytest.mark.parametrize(("make", "read"), every(*sorted(READERS.keys() - {"names", "pdf"})))
def test_memory(make: Make, read: Read) -> None:
    """Reading takes no more than a few times the size; of a header, and of what filters make, limits say how much."""
    assert height(read, make(MEMORY)) < HEIGHT * MEMORY + FIXED


def test_silence_is_told() -> None:
    """A zip that takes long to inflate and says nothing: the reader stops, and says so."""
    assert Reason.LIMIT_TIME in opened("zip", cases.ZIPS["deflated headers in silence"](10_000_000)).reasons


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("delimiters", Reason.LIMIT_PARTS),
        ("folded names", Reason.LIMIT_HEADER),
        ("names", Reason.LIMIT_HEADER),
        ("headers", Reason.LIMIT_PARTS),
    ],
)
def test_limits_of_readings(name: str, reason: Reason) -> None:
    """What another reading would hold, and is not looked at, is told."""
    message = from_bytes(cases.MAILS[name](5_000_000), None, Limits(), stored=True).message
    told = [found.reason for found in readings(message) if isinstance(found, Hole)]
    assert reason in told
    assert len(set(told)) == len(told)


def test_limits_of_names() -> None:
    """So is a name among too many."""
    assert loose_names(b"Content-Type: x/y; name=a; name=b").complete
    assert not loose_names(cases.NAMES["names in numbered pieces"](100_000)).complete
    assert not loose_names(b"".join(b"; name=%d" % number for number in range(60))).complete
