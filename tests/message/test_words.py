"""bartizan.message.words: encoded words as they are and as they are abused."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.words import decode_words, percent_decode
from pace import seconds


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain text", "plain text"),
        (b"=?iso-8859-1?q?a?= b", "a b"),
        (b"a =?utf-8?Q?b=20c?= d", "a b c d"),
        (b"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"),
        (b"=?ISO-8859-1?Q?a?=\r\n\t =?ISO-8859-1?Q?b?=", "ab"),
        (b"=?ISO-8859-1?Q?a_b?=", "a b"),
        (b"=?utf-8*en-US?B?eC5leGU=?=", "x.exe"),
        (b"=?utf-8?B?w6?= =?utf-8?B?Q=?=", "ä"),
        (b"=?utf-8?B?ww==?= =?utf-8?B?pA==?=", "ä"),
        (b"=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "ä"),
        (b"=?utf-8?Q?=C3?= =?UTF8?B?pA==?=", "ä"),
        (b"=?utf-8?B?eC5l?==?utf-8?B?eGU=?=", "x.exe"),
        (b"=?utf-8?B?eC5l*eGU?=", "x.exe"),
        (b"=?utf-8?B?eA==LmV4ZQ==?=", "x.exe"),
        (b"=?utf-16?B?AHgALgBlAHgAZQ==?=", "x.exe"),
        (b"=?x-unknown?Q?caf=E9?=", "café"),
        (b"=?utf-8?Q?a b?=", "a b"),
        (b"=?utf-8?Q?a=?=", "a="),
        (b"=?utf-8?Q?=4?=", "=4"),
        (b"=?utf-8?B??=", ""),
        (b"=?utf-8?B?eC5leGU=", "=?utf-8?B?eC5leGU="),
        (b"=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
        (b"=??Q?abc?=", "=??Q?abc?="),
        (b"=?=?utf-8?Q?a?=", "=?a"),
        (b"caf\xc3\xa9 caf\xe9", "cafÃ© café"),
        (b"caf\xe9", "café"),
        (b"invoice=?utf-8?Q?.exe?=", "invoice.exe"),
    ],
)
def test_decode_words(value: bytes, expected: str) -> None:
    """Each value reads as the common mail clients read it."""
    assert decode_words(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(b"x.%65xe", b"x.exe"), (b"100%", b"100%"), (b"%zz%4", b"%zz%4"), (b"%%41", b"%A"), (b"", b"")],
)
def test_percent_decode(value: bytes, expected: bytes) -> None:
    """Only a % with two hexadecimal digits is an escape."""
    assert percent_decode(value) == expected


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=50), st.integers(1, 60))
def test_split_base64_words(text: str, size: int) -> None:
    """UTF-8 in base64 cut at any byte into words reads as the whole."""
    data = text.encode()
    words = [data[i : i + size] for i in range(0, len(data), size)]
    value = b" ".join(b"=?utf-8?B?" + base64.b64encode(word) + b"?=" for word in words)
    assert decode_words(value) == text


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=50))
def test_quoted_printable_word(text: str) -> None:
    """The Q encoding reads back what the standard library's encoder writes."""
    encoded = b"".join(b"=%02X" % b for b in text.encode())
    assert quopri.decodestring(encoded) == text.encode()
    assert decode_words(b"=?utf-8?Q?" + encoded + b"?=") == text


@given(
    st.lists(
        st.sampled_from([b"=?", b"?=", b"utf-8", b"?B?", b"?q?", b"=", b"4", b"?", b" ", b"\xff", b"QUJD"]), max_size=60
    )
)
def test_never_raises(pieces: list[bytes]) -> None:
    """Any arrangement of the syntax's pieces is text."""
    decode_words(b"".join(pieces)).encode("utf-8")


@pytest.mark.parametrize("piece", [b"=?", b"=?a?b?", b"=?a?b? ", b"=?a?b?a?= ", b"=?utf-8?b?YWJ?= ", b"=?utf-8?q?=?="])
def test_linear(piece: bytes) -> None:
    """The largest header of nothing but word pieces takes well under a second."""
    value = piece * (65536 // len(piece))
    assert seconds(lambda: decode_words(value), enough=1.0) < 1.0
