"""Uuencoded files in text: the way old mailers attached things."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits

Unpack = Callable[..., Any]


def encode(data: bytes, name: bytes = b"x.exe", backtick: bool = True, end: bytes = b"end\n") -> bytes:
    """One uuencoded file."""
    lines = [binascii.b2a_uu(data[at : at + 45], backtick=backtick) for at in range(0, len(data), 45)]
    return b"begin 644 " + name + b"\n" + b"".join(lines) + (b"`\n" if backtick else b" \n") + end


@given(data=st.binary(max_size=500), backtick=st.booleans(), before=st.sampled_from([b"", b"Hello\n\n", b"begin x\n"]))
def test_round_trip(data: bytes, backtick: bool, before: bytes, unpack: Unpack) -> None:
    """What was encoded comes out, wherever in the text it stands."""
    opened = unpack("uu", before + encode(data, backtick=backtick) + b"-- \nbye\n")
    assert (opened.members, opened.gaps) == ([(("x.exe",), data)], [])


def test_several(unpack: Unpack) -> None:
    """All files of a text are found, with line ends of either kind."""
    text = encode(b"one", b"1.txt") + b"between\n" + encode(b"two", b"2 two.js").replace(b"\n", b"\r\n")
    assert unpack("uu", text).contents == {"1.txt": b"one", "2 two.js": b"two"}


def test_base64_alphabet(unpack: Unpack) -> None:
    """The alphabet of begin-base64."""
    text = b"begin-base64 644 a.bin\n" + base64.encodebytes(bytes(range(256))) + b"====\n"
    assert unpack("uu", text).contents == {"a.bin": bytes(range(256))}


@pytest.mark.parametrize("begin", [b"Begin 644 ", b"BEGIN 0644\t", b"begin 1 ", b"begin 06=44 "])
def test_begin_lines(unpack: Unpack, begin: bytes) -> None:
    """As some decoders take them: in capitals, with a mode of any length."""
    assert unpack("uu", begin + b"x.exe\n#0V%T\n`\nend\n").contents == {"x.exe": b"Cat"}


@pytest.mark.parametrize("tail", [b" x", b"==", b"(abcd)", b"#abce01234567fghj"])
def test_junk_behind_lines(unpack: Unpack, tail: bytes) -> None:
    """What is no character of the last byte is nothing, though it fills up a group of four."""
    for line, content in ((b"#0V%T", b"Cat"), (b'"0V$', b"Ca"), (b"!0P", b"C")):
        assert unpack("uu", b"begin 644 x.exe\n" + line + tail + b"\n`\nend\n").contents == {"x.exe": content}


def test_padding_between_lines(unpack: Unpack) -> None:
    """Of another encoding: nothing."""
    assert unpack("uu", b"begin 644 x.exe\n====\n#0V%T\n=\n`\nend\n").contents == {"x.exe": b"Cat"}


@pytest.mark.parametrize("end", [b"", b"e"])
def test_blanks_lost(unpack: Unpack, end: bytes) -> None:
    """Lines whose trailing blanks some gateway removed, and a last line that is missing after the empty one."""
    text = encode(bytes(90), backtick=False).replace(b"end\n", end)
    stripped = b"\n".join(line.rstrip(b" ") if len(line) > 2 else line for line in text.split(b"\n"))
    opened = unpack("uu", stripped)
    assert (opened.contents, opened.gaps) == ({"x.exe": bytes(90)}, [])


@pytest.mark.parametrize(
    "text", [b"no such thing", b"begin 644 x.exe\n#0V%T\n", b"begin 644 x.exe\n#0V%T\n~~~~\nend\n"]
)
def test_damage(unpack: Unpack, text: bytes) -> None:
    """No begin, no end, or a line that is not encoded: a gap, with what could be decoded."""
    opened = unpack("uu", text)
    assert opened.reasons == {Reason.UNREADABLE}
    assert list(opened.contents.values()) in ([], [b"Cat"])


def test_limits(unpack: Unpack) -> None:
    """A file above the limit is cut; the sink's stop is obeyed."""
    text = encode(bytes(1_000_000)) + encode(b"next", b"next")
    opened = unpack("uu", text, replace(Limits(), member_bytes=300_000))
    assert opened.contents == {"x.exe": bytes(300_000), "next": b"next"}
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert len(unpack("uu", text, max_bytes=1000).members) == 1
    assert len(unpack("uu", text, max_members=0).members) == 1


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        (b"`\n", True),
        (b" \r\n", True),
        (b"\n`\n", True),
        (b"`\n\n", False),
        (b"\n\n", False),
        (b"`\n`\r\r\n", True),
        (b"`\nend\n", True),
        (b"\r\n\r\nend\n", True),
        (b"  \n", False),
        (b"`", True),
    ],
)
def test_lines_without_content(lines: bytes, complete: bool, unpack: Unpack) -> None:
    """A text may stop behind a line of length zero, not behind an empty one."""
    opened = unpack("uu", b"begin 644 x\n#86)C\n" + lines)
    assert opened.members == [(("x",), b"abc")]
    assert opened.reasons == (set() if complete else {Reason.UNREADABLE})
