"""bartizan.message.charset: labels and bytes of every kind become text."""

from __future__ import annotations

import encodings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message import charset
from bartizan.message.charsetnames import EBCDIC_KANA, IMAP_UTF7
from pace import seconds


@pytest.mark.parametrize(
    ("label", "data", "expected"),
    [
        ("utf-8", b"caf\xc3\xa9", "café"),
        ("UTF8", b"caf\xc3\xa9", "café"),
        ("ISO-8859-1", b"caf\xe9 \x80", "café €"),
        ("latin1", b"\x81", "\x81"),
        ("us-ascii", b"caf\xc3\xa9", "café"),
        ("us-ascii", b"caf\xe9", "café"),
        ("KOI8-R", "имя".encode("koi8-r"), "имя"),
        ("gb2312", "镕".encode("gbk"), "镕"),
        ("utf-16", "x.exe".encode("utf-16-le"), "x.exe"),
        ("utf-16", "x.exe".encode("utf-16-be"), "x.exe"),
        ("utf-16", "x.exe".encode("utf-16"), "x.exe"),
        ("utf-7", b"+AHg-.exe", "x.exe"),
        ("x-no-such-thing", b"caf\xe9", "café"),
        ("", b"plain", "plain"),
        ("idna", b"xn--caf-dma", "xn--caf-dma"),
        ("unicode_escape", b"\\x41", "\\x41"),
        ("hex", b"41", "41"),
        ("ibm-500", "x.exe".encode("cp500"), "x.exe"),
        ("IBM01140", "x.exe".encode("cp1140"), "x.exe"),
        ("IBM01047", "x.exe".encode("cp037"), "x.exe"),
        ("ebcdic-de-273+euro", "x.exe".encode("cp037"), "x.exe"),
        ("CCSID00037", "x.exe".encode("cp037"), "x.exe"),
        ("x-EBCDIC-JapaneseAndKana", b"\xb7Kf\xb7f", "x.exe"),
        ("UCS-2BE", "x.exe".encode("utf-16-be"), "x.exe"),
        ("UCS-4", "x.exe".encode("utf-32-be"), "x.exe"),
    ],
)
def test_decode(label: str, data: bytes, expected: str) -> None:
    """Each label is read as mail clients read it, an unknown one as if there were none."""
    assert charset.decode(data, label) == expected


def test_no_lone_surrogates() -> None:
    """What comes out can always be written as UTF-8."""
    assert charset.decode(b"+2AA-", "utf-7").encode() == b"?"


def test_unknown_label_is_not_remembered() -> None:
    """A label made up by a sender never reaches Python's own cache of codecs."""
    before = len(encodings._cache)
    for number in range(100):
        charset.decode(b"x", f"made-up-{number}")
    assert len(encodings._cache) == before


def test_load_knows_every_codec() -> None:
    """Every name in the table is a codec of this Python."""
    charset.load()
    assert set(charset.CODECS.values()) - {"", IMAP_UTF7, EBCDIC_KANA} <= set(encodings._cache)


@given(st.binary(max_size=200), st.one_of(st.sampled_from(sorted(charset.CODECS)), st.text(max_size=20)))
def test_never_raises(data: bytes, label: str) -> None:
    """Any bytes under any label are text that can be encoded."""
    charset.decode(data, label).encode("utf-8")


def test_holes_cost_no_more() -> None:
    """Bytes that windows-1252 does not define are read one by one; the others are not."""
    data = bytes(range(256)) * 400
    by_hand = "".join(bytes((octet,)).decode("cp1252", "ignore") or chr(octet) for octet in data)
    assert charset.decode(data, "windows-1252") == by_hand
    defined = seconds(lambda: charset.decode(data, "cp1251"))
    assert seconds(lambda: charset.decode(data, "windows-1252")) < 20 * defined
