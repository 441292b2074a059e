"""yEnc files in text: whole ones, parts that make one, parts that do not, and damage."""

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
from bartizan.unpack import yenc
from unpack import binhex_file
from unpack import yenc_file as make
from unpack.test_uudecode import encode

Unpack = Callable[..., Any]
EVERY = bytes(range(256)) * 3


@given(data=st.binary(max_size=600), before=st.sampled_from([b"", b"-- \r\n", b"Hello\n\n"]))
def test_round_trip(data: bytes, before: bytes, unpack: Unpack) -> None:
    """What was encoded comes out, wherever in the text it stands and however little of it is text."""
    text = before + make.yenc(b"my file.exe", data) + b"bye\r\n"
    opened = unpack("yenc", text)

    assert sniff(text) == "yenc"
    assert (opened.members, opened.gaps) == ([(("my file.exe",), data)], [])


def test_parts_that_make_a_file(unpack: Unpack) -> None:
    """Each part comes out, in any order, and then the whole."""
    parts = [make.part(b"x.exe", EVERY[at : at + 256], at // 256, at + 1, len(EVERY)) for at in (256, 0, 512)]
    opened = unpack("yenc", b"".join(parts))

    assert opened.gaps == []
    assert opened.members[-1] == (("x.exe",), EVERY)
    assert [data for _, data in opened.members[:-1]] == [EVERY[:256]] * 3


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_missing_part(missing: int, unpack: Unpack) -> None:
    """Parts of which one is missing are given, with a gap that says so."""
    parts = [make.part(b"x", EVERY[at : at + 256], at // 256, at + 1, len(EVERY)) for at in (0, 256, 512)]
    del parts[missing]
    opened = unpack("yenc", b"".join(parts))

    assert opened.gaps == [(Reason.PARTIAL, "part of a yEnc file")]
    assert len(opened.members) == 2


def test_one_part_of_one(unpack: Unpack) -> None:
    """A file may be its only part."""
    opened = unpack("yenc", make.part(b"x", b"content", 1, 1, 7))
    assert (opened.members, opened.gaps) == ([(("x",), b"content")], [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"no such thing", "no =ybegin line"),
        (make.yenc(b"x", b"content").partition(b"=yend")[0], "no =yend line"),
        (make.yenc(b"x", b"content").replace(b"size=7", b"size=8"), "7 bytes, not 8"),
        (make.yenc(b"x", b"content").replace(b"crc32=", b"crc32=1"), ""),
        (make.yenc(b"x", b"Content").replace(b"m\x99\x98", b"\x8d\x99\x98"), "wrong checksum"),
        (make.yenc(b"x", b"content").partition(b"=yend")[0] + make.yenc(b"x", b"content"), "no =yend line"),
    ],
)
def test_damage(unpack: Unpack, text: bytes, told: str) -> None:
    """What is wrong is told, and what there is, given."""
    opened = unpack("yenc", text)
    assert opened.gaps == [(Reason.UNREADABLE, told)] * bool(told)
    assert {data for _, data in opened.members} <= {b"content"}


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit is cut; the sink's stop is obeyed; escapes and files are counted."""
    text = make.yenc(b"large", bytes(100_000)) + make.yenc(b"next", b"next")
    opened = unpack("yenc", text, replace(Limits(), member_bytes=30_000))
    assert opened.contents == {"large": bytes(30_000), "next": b"next"}
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert len(unpack("yenc", text, max_bytes=1000).members) == 1
    assert len(unpack("yenc", text, max_members=0).members) == 1
    monkeypatch.setattr(yenc, "PARTS", 1)
    assert unpack("yenc", text).gaps == [(Reason.LIMIT_MEMBERS, "more than 1 yEnc files")]
    monkeypatch.setattr(yenc, "ESCAPES", 10)
    assert unpack("yenc", make.yenc(b"x", b"\x13" * 20)).gaps == [(Reason.LIMIT_TIME, "more than 10 escapes")]


def test_encodings_together(unpack: Unpack) -> None:
    """Files in all encodings that one text holds are found, whichever of them its type tells."""
    files = [make.yenc(b"y", b"yenc"), binhex_file.binhex(b"b", b"binhex"), encode(b"uu", b"u")]
    for number in range(3):
        text = b"".join(files[number:] + files[:number])
        opened = unpack(sniff(text), text)
        assert opened.contents == {"y": b"yenc", "b": b"binhex", "u": b"uu"}
        assert opened.gaps == []
        assert len(unpack(sniff(text), text, max_members=1).members) == 2
