"""Numbers with the same thing between any two are read, and needless escapes counted, as the plain twins do it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.spelled import needless_escapes, next_spelled
from reference import spelled as reference

WORDS = b"Any text of some length will do here."
PIECES = st.sampled_from(
    b"4d|5A|77|90|115|0x4d|0X5|&H41|&h4|\\|\\x|\\u0041|%u|%|%41|&#|&#65;|;|,|:| |\n|\\\n|_\r\n|a|f|g|abc0|"
    b"ABCDEFGHIJKLMNOP|+|=|/|-|\xff|\0|\\/|\\n|0|255|256|000000".split(b"|")
)


@pytest.mark.parametrize(
    "text",
    [
        WORDS.hex(" ").encode(),
        WORDS.hex(":").encode().upper(),
        WORDS.hex("-").encode(),
        WORDS.hex(" ", 4).encode(),
        b"".join(b"\\x%02x" % c for c in WORDS),
        b", ".join(b"0x%02X" % c for c in WORDS),
        b",\\\r\n  ".join(b",".join(b"%02x" % c for c in WORDS[at : at + 5]) for at in range(0, len(WORDS), 5)),
        b" ".join(b"%d" % c for c in WORDS),
        b"\r\n".join(b"%d" % c for c in WORDS),
        b"".join(b"&#%d;" % c for c in WORDS),
        b"".join(b"&#x%x;" % c for c in WORDS),
        b"".join(b"\\u{%x}" % c for c in WORDS),
        b"".join(b"\\%03o" % c for c in WORDS),
        b" & _\r\n".join(b"Chr(%d)" % c for c in WORDS),
        b" & ".join(b"Chr(&H%X)" % c for c in WORDS),
        b".".join(b"chr(0x%x)" % c for c in WORDS),
        b'","'.join(b"%d" % c for c in WORDS),
        b"g".join(b"%02x" % c for c in WORDS),
    ],
)
def test_spelled(text: bytes) -> None:
    """Whatever stands between two numbers, and in front of the first of them, and behind the last."""
    found = next_spelled(b"On 12 May a, " + text + b"\r\nand so on, 12", 0, len(WORDS))

    assert found is not None
    assert WORDS in found[2]


@pytest.mark.parametrize("text", [b"4d 5a:90 41,42 43", b"300 301 302 303 304 305", b"4d5 a41 424 344", b"a be dad"])
def test_nothing_spelled(text: bytes) -> None:
    """Things that change, numbers that are no bytes, halves of pairs."""
    assert next_spelled(text * 20, 0, 8) is None


def test_table_of_the_wrong_length() -> None:
    """Too few, and then something else, many times."""
    text = (b"41 " * 39 + b"x ") * 500

    assert next_spelled(text, 0, 40) is None


def test_needless_escapes() -> None:
    """Letters anywhere; any escape in a long word of base64 but padding at its end."""
    assert needless_escapes(b"%41\\x42\\u0043&#68;&#x45;\\106%20%2F") == (6, 0)
    assert needless_escapes(b"QUJD" * 20 + b"\\/" + b"QUJD" * 20) == (0, 1)
    assert needless_escapes(b"QUJD" * 20 + b"%3D%3D") == (0, 0)
    assert needless_escapes(b"See https://example.com/a%2Fb%20c &amp; more") == (0, 0)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map(b"".join), st.integers(1, 12))
def test_twins(data: bytes, least: int) -> None:
    """The same answers, one after the other."""
    at = 0
    while True:
        found = next_spelled(data, at, least)
        assert found == reference.next_spelled(data, at, least)
        if found is None:
            break
        assert at <= found[0] < found[1] <= len(data)
        at = found[1]
    assert needless_escapes(data) == reference.needless_escapes(data)
