"""Pages are read as they are seen; whatever a page holds, reading it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect.pages import ELEMENTS, HIDDEN, readings
from pace import seconds

SIGNS = st.sampled_from(
    [
        *(
            "<",
            ">",
            '"',
            "'",
            "=",
            "/",
            "a",
            " ",
            "<b",
            "</b>",
            "<b style='display:none'>",
            "<style>",
            "</style>",
            ".a{",
        ),
        *(
            "display:none}",
            "<b class=a>",
            "<td>",
            "</td>",
            "<bdo>",
            "&#8238;",
            "&amp;#97;",
            "é",
            "{",
            "}",
            "/*",
            "<!--",
        ),
        *("color:#fff", "<i hidden>", "\\", "alt="),
    ]
)


def test_plain_page() -> None:
    """A page with nothing odd has one reading."""
    found = readings(b'<p style="color:red; margin:0">text <b class=x>bold</b><br><img src="a.png"></p>')
    assert (found.shown, found.texts, found.apart) == ((), (), False)


def test_without_what_is_hidden() -> None:
    """The whole element goes, with those in it."""
    page = b"one<div style='display:none'>two<div>more</div>of</div>them<p hidden>here</p>and<br hidden>there"
    assert readings(page).shown == (b"onethemand<br hidden>there",)


def test_limits() -> None:
    """An element that is too long, or does not end, stays; and so do those after so many."""
    assert readings(b"<b hidden>" + b"x" * HIDDEN + b"</b>").shown == ()
    assert readings(b"<b hidden>x").shown == ()
    (shown,) = readings(b"<b hidden>word</b>" * (ELEMENTS + 5)).shown
    assert shown == b"<b hidden>word</b>" * 5


@given(st.lists(SIGNS, max_size=40).map("".join))
def test_anything(page: str) -> None:
    """Never raises; all readings are UTF-8."""
    found = readings(page.encode())
    for reading in (*found.shown, *found.texts):
        reading.decode("utf-8")


@pytest.mark.parametrize(
    "piece",
    [
        *(
            b"<b hidden>",
            b"<b hidden",
            b"<b style='display:none",
            b"<style>.a{display:none}",
            b"<b class=",
            b"<b class='a ",
        ),
        *(b"{", b"<bdo dir=rtl ", b'<b style="color:#fff;', b"<style>.a{display:none}</style><b class=a>", b"<"),
        *(b"<a bidi-override ", b"<td>a</td>", b"<b style='font:", b"<b", b"=", b"&", b"<!--", b"<script>", b"<b x='"),
    ],
)
def test_hostile_pages(piece: bytes) -> None:
    """The time grows with the size."""
    page = b"<style>.a{display:none}</style><bdo>" + piece * (200_000 // len(piece))
    assert seconds(lambda: readings(page), enough=3) < 3
