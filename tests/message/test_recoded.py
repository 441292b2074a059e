"""Texts that are no ASCII until they are decoded come out as UTF-8; all others are left alone."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.message.recoded import as_utf8

TEXT = "BEGIN:VCALENDAR\r\nSUMMARY:Grüße ~ + ~{ und 報告\r\nEND:VCALENDAR\r\n"
PLAIN = TEXT.encode("ascii", "ignore").decode()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
def test_marks_and_zeros(codec: str) -> None:
    """With a mark or without; UTF-8 needs nothing done."""
    data = TEXT.encode(codec)
    assert as_utf8(data, sniff(data), "") == (b"" if codec == "utf-8-sig" else TEXT.encode())


def test_marks_of_the_other_end() -> None:
    """Both ways round."""
    for mark, codec in ((codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")):
        data = mark + TEXT.encode(codec)
        assert as_utf8(memoryview(data), "ics", "") == TEXT.encode()


@pytest.mark.parametrize(
    ("codec", "label"),
    [
        ("utf-7", "UTF-7"),
        ("cp037", "ibm037"),
        ("cp1140", "cp1140"),
        ("hz", "hz-gb-2312"),
        ("utf-16-be", "utf-16be"),
        ("utf-16-le", "UTF-16"),
        ("utf-32-le", "utf-32le"),
    ],
)
def test_labels(codec: str, label: str) -> None:
    """A charset that has ASCII elsewhere is taken at its word, whatever the bytes look like."""
    assert as_utf8(PLAIN.encode(codec), "", label).decode() == PLAIN


def test_escapes() -> None:
    """ISO 2022 is like ASCII but for its escapes."""
    assert as_utf8(b"BEG\x1b(BIN:VCALENDAR", "text", "iso-2022-jp") == b"BEGIN:VCALENDAR"
    assert as_utf8(b"BEGIN:VCALENDAR", "ics", "iso-2022-jp") == b""


@pytest.mark.parametrize(
    "label", ["", "utf-8", "us-ascii", "iso-8859-1", "windows-1251", "shift_jis", "gbk", "nonsense"]
)
def test_others(label: str) -> None:
    """Charsets that have ASCII as it is, and labels that nobody knows."""
    assert as_utf8(TEXT.encode(), "ics", label) == b""


def test_no_texts() -> None:
    """A program with as many zeros is left alone."""
    assert as_utf8(b"M\0Z\0" * 50, "exe", "") == b""
    assert as_utf8(b"\xff\xfe" + bytes(50), "", "") == b""
    assert as_utf8(b"a text with a zero\0 in it", "text", "") == b""


@given(
    st.binary(max_size=300), st.sampled_from(["text", "ics", ""]), st.sampled_from(["", "utf-7", "cp037", "x", "hz"])
)
def test_anything(data: bytes, type: str, label: str) -> None:
    """Whatever the bytes are, the answer is UTF-8."""
    as_utf8(data, type, label).decode()
