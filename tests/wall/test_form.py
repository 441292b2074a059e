"""The form of a message: what is told, whatever it consists of, in time that grows with its size alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.stream import MessageStream
from bartizan.model.check import Check, Checks, Rulings
from bartizan.wall.form import own_passes, wrong
from bartizan.wall.visit import Found
from pace import seconds

ALL = Rulings(Checks(header_length="reject"))
GOOD = b"From: a\r\nDate: b\r\nMessage-ID: c\r\nSubject: d\r\n\r\nbody\r\n"


def look(raw: bytes, *, smtputf8: bool = False, lengths: tuple[tuple[str, int], ...] = ()) -> list[Found]:
    """What is wrong with a message as it comes over the wire."""
    stream = MessageStream(max_bytes=1 << 26)
    stream.feed(
        b"".join(b"." + line if line.startswith(b".") else line for line in raw.splitlines(True)) + b"\r\n.\r\n"
    )
    headers = [(part.header_start, part.header_end) for part in stream.parts]
    return wrong(stream.raw, stream.fields, stream.anomalies, ALL, smtputf8=smtputf8, lengths=lengths, headers=headers)


def checks(raw: bytes, **options: bool) -> list[Check]:
    """Their names."""
    return [found.check for found in look(raw, **options)]


def test_good() -> None:
    """Nothing."""
    assert look(GOOD) == []


@pytest.mark.parametrize("name", ["From", "Date", "Message-ID"])
def test_missing(name: str) -> None:
    """Each by its name, in any case."""
    assert checks(GOOD.replace(name.encode(), b"X-Other")) == [Check.HEADER_MISSING]
    assert checks(GOOD.replace(name.encode(), name.upper().encode())) == []


@pytest.mark.parametrize("name", [b"From", b"Subject", b"reply-to", b"Message-ID"])
def test_doubled(name: bytes) -> None:
    """Fields that may occur once; others may occur as often as they like."""
    twice = name + b": x\r\n" + name.swapcase() + b": y\r\n"
    assert Check.HEADER_DOUBLED in checks(twice + GOOD)
    assert checks(b"Received: x\r\nReceived: y\r\nX-A: 1\r\nX-A: 2\r\n" + GOOD) == []


def test_eight_bit() -> None:
    """In the header, unless MAIL said SMTPUTF8; the body may have what it likes."""
    raw = GOOD.replace(b"Subject: d", "Subject: ü".encode())
    assert checks(raw) == [Check.HEADER_EIGHT_BIT]
    assert checks(raw, smtputf8=True) == []
    assert checks(GOOD + "ü".encode()) == []


def test_lengths() -> None:
    """Of a field with its folding, in the message and in its parts; fields that are not named have no limit."""
    parts = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment;\r\n"
        b" filename=" + b"x" * 100 + b"\r\n\r\nhello\r\n--b--\r\n"
    )
    raw = GOOD.partition(b"\r\n\r\n")[0] + b"\r\n" + parts
    limits = (("content-disposition", 60), ("content-type", 60))
    assert [found.check for found in look(raw, lengths=limits)] == [Check.HEADER_LENGTH]
    assert "Content-Disposition has" in look(raw, lengths=limits)[0].detail
    assert look(raw, lengths=(("content-disposition", 200),)) == []
    assert look(GOOD + b"Content-Type: " + b"x" * 500, lengths=limits) == [], "it is in the body"


@given(
    st.binary(max_size=300), st.lists(st.sampled_from([b"From: x", b"\r\n", b" ", b":", b"\t", b"To", b"\0", b"\xff"]))
)
def test_anything(start: bytes, words: list[bytes]) -> None:
    """Never raises, and tells each check once."""
    found = look(start + b"".join(words), lengths=(("to", 1), ("from", 3)))
    names = [one.check for one in found]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "unit",
    [b"x", b"To:", b" ", b"a\r\n", b"a: b\r\n ", b"by ", b"Received: by mx.example;\r\n", b"From:\r\n\t"],
    ids=lambda unit: repr(unit)[:20],
)
def test_time_grows_with_size(unit: bytes) -> None:
    """Four times as much takes at most a dozen times as long: nothing is looked at again and again."""

    def spent(count: int) -> float:
        raw = (unit * count)[: 1 << 20]
        fields = ((0, 8, 9, len(raw)),)

        def work() -> None:
            wrong(raw, fields, (), ALL, lengths=(("to", 10),), headers=[(0, len(raw))])
            own_passes(b"Received:" + raw, ((0, 8, 9, len(raw)),), "mx.example")

        return seconds(work)

    small, large = (spent(size // len(unit)) for size in (1 << 18, 1 << 20))
    assert large < 12 * small + 0.02
