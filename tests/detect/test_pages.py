"""Pages are read as they are seen; whatever a page holds, reading it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect.pages import readings
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


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("a<b hidden>x", "a"),
        ("a<b hidden>" + "x" * 50_000 + "</b>b", "ab"),
        ("<b hidden>x</b>a" * 5000, "a" * 5000),
        ("a<p hidden>x<p>b", "a<p>b"),
        ("a<p hidden>x<b>x<div>b</div>", "a<div>b</div>"),
        ("<b>a<span hidden>x</b>b</span>c", "<b>a</b>b</span>c"),
        ("a<span hidden><div></span>x</div></span>b", "ab"),
        ("a<div hidden><table><td></div>x</table></div>b", "ab"),
        ("a<table><td>b<i hidden>x</table>c", "a<table><td>b</table>c"),
        ("a<b hidden><div>x</b>b</div>c", "ab</div>c"),
        ("a<li hidden>x<li>b", "a<li>b"),
        ("a<b hidden>x</c>x</b>b", "ab"),
        ("a<b hidden>x<br></br><img alt='</b>'>x</b>b", "ab"),
        ("a<b hidden>x<!-- </b> -->x</b>b", "ab"),
        ("a<b hidden><script>'</b>'</script>x</b>b", "ab"),
        ("a<x-y hidden>x</X-Y>b", "ab"),
        ("<style>x-y{display:none}</style>a<x-y>x</x-y>b", "<style>x-y{display:none}</style>ab"),
        ("<style>[q]{display:none}</style>a<i Q=1>x</i>b", "<style>[q]{display:none}</style>ab"),
        ("<style>.c{display:none}</style>a<i title='>' class=c>x</i>b", "<style>.c{display:none}</style>ab"),
        (
            "<style>p.b.c:first-child{display:none}</style>a<i class='b c'>x</i>b",
            "<style>p.b.c:first-child{display:none}</style>ab",
        ),
    ],
)
def test_where_hidden_elements_end(page: str, shown: str) -> None:
    """Where they end in browsers, however tags are nested, and however many and long they are."""
    assert readings(page.encode()).shown[0].decode() == shown


def test_too_much_to_hide() -> None:
    """What is not looked at is told."""
    assert readings(b"<b hidden>").complete
    assert not readings(b"<b alt=a>" * 1_000_001).complete


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


@pytest.mark.parametrize(
    "page",
    [
        b"<style>" + b"a" * 200_000,
        b"<style>" + b" " * 200_000 + b"!{display:none}",
        b"<style>" + b"a[" * 100_000 + b"{display:none}",
        b"<b" + b"/" * 200_000 + b" style=color:#fff;background:#000>",
        b"<b style='left:-100;" + b"/*" * 100_000 + b"'>",
        b"<b style='" + b"font:" * 40_000 + b"left:-100'>",
        b"<b style='color:#fff;background:#000' color=" + b" " * 200_000 + b"x>",
    ],
    ids=["sheet", "blanks in a selector", "brackets", "slashes", "comments", "fonts", "blanks"],
)
def test_one_long_thing(page: bytes) -> None:
    """The time grows with the size of it."""
    assert seconds(lambda: readings(page), enough=3) < 3


@pytest.mark.parametrize(
    "rule",
    [
        b".a{/*}*/display:none}",
        b".x.a{display:none}",
        b"p .x,  div > b.a {display:none}",
        b"@media all{.z{color:red}.a{display:none}}",
        b"/*{*/.a{display:none}",
        b"B{display:none}",
        b".z b[class = a]:not(.x .y){display:none}",
        b"." + b"y" * 200_000 + b",.a{display:none}",
    ],
)
def test_rules_of_sheets(rule: bytes) -> None:
    """Whatever the selector ends in hides what it is for, comments aside."""
    assert b"<b class=a>" not in readings(b"<style>" + rule + b"</style>one<b class=a>two</b>").shown[0]


def test_too_deep() -> None:
    """A page with more open elements than have room is not read in every way."""
    page = b"a<b hidden>" + b"<i>" * 600 + b"</i>" * 600 + b"x</b>b"
    assert not readings(page).complete
    assert readings(page[11:]).complete


@pytest.mark.parametrize(
    "style",
    [
        "font:italic" + " " * 500 + "0/0 a",
        "font:" + "normal /**/" * 100 + "0/0 a",
        "font : oblique -90." + "0" * 500 + "deg 1px/2 a",
        "font-size:0" + "0" * 500 + "1.5px",
        "font-size:calc(0px)",
        "font-size:+.0e9em",
        "font-size:9e-9em",
        "displa\\79:none",
        "dis\\play/**/:none",
        "color:red;display&#58;none",
        "color:red;color:#FFF",
    ],
)
def test_styles_written_oddly(style: str) -> None:
    """Blanks, comments, zeros and escapes do not help."""
    assert readings(f"a<b title=' style=x' style='{style}'>x</b>b".encode()).shown == (b" style=x", b"ab") or (
        readings(f"a<b title=' style=x' style='{style}'>x</b>b".encode()).shown == (b"ab", b" style=x")
    )


@pytest.mark.parametrize(
    "tag",
    [
        "<b style='font:bold 14px/1.5 a'>",
        "<b style='font:oblique 0deg 14px/0 a'>",
        "<b style='font-size:014px;opacity:1;width:10%'>",
        "<b data-style='display:none'>",
        "<b title='style=display:none hidden'>",
        "<b style='background:#000;color:#fff'>",
        "<templates hidde>",
    ],
)
def test_what_is_shown(tag: str) -> None:
    """It is not taken out."""
    assert f"a{tag}x".encode() in (f"a{tag}x".encode(), *readings(f"a{tag}x".encode()).shown)
    assert b"a" not in readings(f"a{tag}x".encode()).shown


@pytest.mark.parametrize("attribute", [b"", b' title=">"', b" title='" + b"x" * 5000 + b"'", b' a="<" b'])
def test_tags_of_any_length(attribute: bytes) -> None:
    """Cells are joined and directions turned whatever stands in the tags."""
    cells = b"".join(b"<td%b>%b</td%b>" % (attribute, text, b" " * len(attribute)) for text in (b"vi", b"ag", b"ra"))
    assert b"viagra" in b"".join(readings(b"<table><tr>" + cells + b"</table>").shown)
    found = readings(b"<bdo dir=rtl" + attribute + b">ARGAIV</bdo>").texts
    assert any(b"VIAGRA" in text for text in found)


@pytest.mark.parametrize("unit", [b"<td '", b"</td", b'<td "', b"<bdo dir=rtl", b"<!--", b"</", b"<td>a</td"])
def test_tags_without_end(unit: bytes) -> None:
    """Linear, whatever is never closed."""
    page = b"<table><td>a</td><td>b</td><bdo dir=rtl>" + unit * 40_000
    assert seconds(lambda: readings(page), enough=1) < 3
