"""Other charsets are tried where bytes ask for it, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.message.charset import CODECS
from bartizan.message.labels import labelled, others


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (b"plain text, 1 + 1 = 2, ~user, +49 30 123", "us-ascii"),
        ("größer als naïve Köche".encode(), "utf-8"),
        ("größer".encode(), ""),
        ("größer als".encode("latin-1"), "iso-8859-1"),
        ("größer als".encode("latin-1"), "us-ascii"),
        ("привет".encode("koi8-r"), "koi8-r"),
        ("日本".encode("shift_jis"), "shift_jis"),
        (b"see \x81", "utf-8"),
        (b"", ""),
    ],
)
def test_nothing_else(data: bytes, label: str) -> None:
    """Text that is what it says, or that tells nothing."""
    assert list(others(data, label)) == []


@pytest.mark.parametrize(
    ("data", "label", "other"),
    [
        ("größer".encode(), "iso-8859-1", "größer"),
        ("при в".encode("utf-16-le"), "us-ascii", "при в"),
        ("привет".encode("utf-32-be"), "us-ascii", "привет"),
        ("привет".encode("utf-32-le"), "us-ascii", "привет"),
        (b"\xfe\xff" + "日本".encode("utf-16-be"), "", "日本"),
        ("привет".encode("koi8-r"), "us-ascii", "привет"),
        ("привет".encode("koi8-r"), "iso-8859-1", "привет"),
        (b"vi+AHI-us", "", "virus"),
        (b"vi\xc1\xb2us", "utf-8", "virus"),
        (b"vi\xed\xa0\xb5\xed\xb0\xabus", "utf-8", "vi\U0001d42bus"),
        (b"vi&AHI-us", "utf-7-imap", "virus"),
        ("virus".encode("cp500"), "ibm-500", "virus"),
        ("virus".encode("cp037"), "OSF10020025", "virus"),
        (b"vi~\r\nrus", "", "virus"),
        (b"vi\x1b$)A\x0e\x0frus", "", "virus"),
        (b"vi\x1b[1;31mrus", "", "virus"),
    ],
)
def test_others(data: bytes, label: str, other: str) -> None:
    """What the bytes tell."""
    found = list(others(data, label))
    assert other.encode() in found or (other + "\0").encode() in found


def test_page_that_names_its_charset() -> None:
    """Only of pages, and near their beginning."""
    page = b'<meta charset="cp866">' + "привет".encode("cp866")
    assert "привет".encode() in list(others(page, "", html=True))[-1]
    assert not any("привет".encode() in other for other in others(page, ""))
    assert not any("привет".encode() in other for other in others(b" " * 1100 + page, "", html=True))


@given(
    st.one_of(
        st.binary(max_size=100),
        st.lists(
            st.sampled_from(
                [
                    *(
                        b"\xf0\x8d\xa0\x80",
                        b"\xfc\x83\xbf\xbf\xbf\xbf",
                        b"\xf8\x87\xbf\xbf\xbf",
                        b"\xed\xa0\x80",
                        b"\xed\xb0\x80",
                    ),
                    *(b"\xc0\x80", b"a", b"\x1b$B", b"~{", b"+AGk", b"\0"),
                ]
            ),
            max_size=12,
        ).map(b"".join),
    ),
    st.sampled_from(["", "utf-16", "utf-7-imap", *sorted(CODECS)]),
)
def test_anything(data: bytes, label: str) -> None:
    """Never raises; what comes out is UTF-8, each reading once and another than the labelled one."""
    found = list(others(data, label, html=True))
    assert len(set(found)) == len(found)
    assert data not in found or labelled(data, label) not in found
    for text in found:
        text.decode("utf-8")
