"""BinHex files in text: both forks, runs, checksums, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import binhex
from unpack import binhex_file as make

Unpack = Callable[..., Any]
RUNS = st.lists(st.tuples(st.sampled_from([b"\0", b"\x90", b"a", b"bc"]), st.integers(0, 600)), max_size=5).map(
    lambda runs: b"".join(piece * count for piece, count in runs)
)


@given(
    data=st.binary(max_size=300) | RUNS, resource=st.binary(max_size=50), before=st.sampled_from([b"", b"Hello\n\n"])
)
def test_round_trip(data: bytes, resource: bytes, before: bytes, unpack: Unpack) -> None:
    """Both forks come out, the data fork under the file's name."""
    text = before + make.binhex("Läufer.exe".encode("mac-roman"), data, resource) + b"-- \nbye\n"
    opened = unpack("binhex", text)

    assert sniff(text) == "binhex"
    assert opened.gaps == []
    assert opened.members == [(("Läufer.exe",), data), *[((), resource)] * bool(resource)]


def test_several(unpack: Unpack) -> None:
    """All files of a text are found, with line ends of either kind and empty lines before them."""
    first = make.binhex(b"1.txt", b"one").replace(make.LINE, make.LINE + b"\n").replace(b"\n", b"\r\n")
    assert sniff(first) == "binhex"
    assert unpack("binhex", first + b"between\n" + make.binhex(b"2.js", b"two")).contents == {
        "1.txt": b"one",
        "2.js": b"two",
    }


def test_without_its_line(unpack: Unpack) -> None:
    """Some mailers leave out the line that announces the file."""
    text = make.binhex(b"x.exe", bytes(range(200))).removeprefix(make.LINE)
    assert sniff(text) == "binhex"
    assert unpack("binhex", text).members == [(("x.exe",), bytes(range(200)))]


@pytest.mark.parametrize(
    ("text", "told", "content"),
    [
        (b"no such thing", "no BinHex file", []),
        (make.LINE + b":!~", "a line that is not BinHex", []),
        (make.LINE + b"::", "no header of a BinHex file", []),
        (make.binhex(b"x", b"content")[:-4], "no end of a BinHex file", [b"content"]),
        (make.LINE + make.digits(make.forks(b"x", b"content")[:-6]), "data fork is cut short", [b"conte"]),
        (make.LINE + make.digits(make.forks(b"x", b"content")[:-1]), "resource fork is cut short", [b"content"]),
        (
            make.LINE + make.digits(make.forks(b"x", b"content").replace(b"content", b"Content")),
            "data fork has a wrong checksum",
            [b"Content"],
        ),
        (
            make.LINE + make.digits(make.forks(b"x", b"content").replace(b"TEXT", b"TEST")),
            "header has a wrong checksum",
            [b"content"],
        ),
        (make.LINE + make.digits(b"\5x"), "no header of a BinHex file", [b"\5x"]),
    ],
)
def test_damage(unpack: Unpack, text: bytes, told: str, content: list[bytes]) -> None:
    """What is wrong is told, and what there is, given."""
    opened = unpack("binhex", text)
    assert (Reason.UNREADABLE, told) in opened.gaps
    assert [data for _, data in opened.members] == content


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forks above the limit are cut; the sink's stop is obeyed; runs are counted."""
    text = make.binhex(b"zeros", bytes(1_000_000), b"next") + make.binhex(b"2", b"two")
    opened = unpack("binhex", text, replace(Limits(), member_bytes=600_000))
    assert [(names, len(data)) for names, data in opened.members] == [(("zeros",), 600_000), ((), 4), (("2",), 3)]
    assert opened.gaps == [(Reason.LIMIT_MEMBER_BYTES, "more than 600000 bytes")]
    assert len(unpack("binhex", text, max_bytes=1000).members) == 1
    assert len(unpack("binhex", text, max_members=0).members) == 1
    monkeypatch.setattr(binhex, "RUNS", 10)
    assert (Reason.LIMIT_TIME, "more than 10 runs") in unpack("binhex", text).gaps
