# ruff: noqa: RUF001
"""What asks for a second look is pointed at; nothing else is, and no byte is read that is not there."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.hints import is_plain, letters_apart
from bartizan._core.pagehints import page_hints
from bartizan.detect.styles import hides, is_white
from pace import seconds

CELLS, TURNED, LETTERS, DOUBLE = 1, 2, 4, 8
SIGNS = st.sampled_from(
    [*"<>=\"' /!-:;#&+~.\n\tbBtdhrsxoy0f", "<td>", "</td>", "style", "hidden", "&nbsp;", "&#97;", "é"]
)
MARKUP = st.lists(SIGNS, max_size=60).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        b"so v i a g r a now",
        b"so v.i.a.g.r.a now",
        b"so v - i - a - g - r - a now",
        b"v  i  a  g  r  a",
        b"a\r\nb\r\nc\r\nd\r\ne\r\n",
        "с к и д к а ".encode(),
        "ｃ ｌ ａ ｉ ｍ ".encode(),
        b"x&nbsp;y&nbsp;z&nbsp;u&nbsp;v!",
        b"x" * 200 + b" v i a g r a " + b"x" * 200,
    ],
)
def test_letters_apart(text: bytes) -> None:
    """Letters of any script, with any gaps."""
    assert letters_apart(text)
    assert not is_plain(text)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"a b c",
        b"I had a b and a c, or x and y, e. g. here",
        b"viagra " * 100,
        b"a = b + cd * e",
        b"1 2 3 4 5 6 7 8 9",
    ],
)
def test_prose(text: bytes) -> None:
    """Single letters are usual."""
    assert not letters_apart(text)
    assert is_plain(text)


@pytest.mark.parametrize("at", range(0, 200, 7))
def test_wherever_it_stands(at: int) -> None:
    """Blocks do not matter."""
    text = b"word " * 60
    assert letters_apart(text[: 5 * (at // 5)] + b"v i a g r a " + text)


@pytest.mark.parametrize(
    "odd", [b"\x00", b"\x08", b"\x1b(B", b"\x7f", b"\x80", b"~{", b"~\n", b"+AGk-", b"caf\xc3\xa9", b"\x0e"]
)
def test_odd_bytes(odd: bytes) -> None:
    """A byte that is not plain, at any place."""
    for before in (0, 1, 15, 16, 17, 63, 100):
        assert not is_plain(b"x" * before + odd + b"y" * 20)


@pytest.mark.parametrize("usual", [b"+1 555 1234", b"+4930123456", b"~user", b"a+b", b"\tx\r\n", b"1 + 2", b"c++ "])
def test_usual_signs(usual: bytes) -> None:
    """Telephone numbers and home directories are plain."""
    assert is_plain(usual + b" and more text behind it")


def spans(page: bytes, found: list[tuple[int, int]]) -> list[bytes]:
    """What the spans are of."""
    return [page[start:stop] for start, stop in found]


def test_tags_that_hide() -> None:
    """By their style, attribute or name; quotes may hold a >."""
    page = (
        b'<p style="margin:0">one<b style="display:none" title=">">two</b><i hidden>or</i><template x="<">a</template>'
        b"<font color=#FFF>of</font><font color=red>them</font>"
    )
    hiding, spoken, sheets, _, flags = page_hints(page)
    assert spans(page, hiding) == [
        b'<b style="display:none" title=">">', b"<i hidden>", b'<template x="<">', b"<font color=#FFF>"
    ]  # fmt: skip
    assert (spans(page, spoken), sheets, flags) == ([b">"], [], 0)


@pytest.mark.parametrize(
    ("style", "may_hide"),
    [
        (b"display/**/:none", True),
        (b"displa\\79:none", True),
        (b"display&#58;none;color:red", True),
        (b"color:red;displa&#121;:none", True),
        (b"font:italic  0/0 a", True),
        (b"font:1px a", True),
        (b"font-size:1.5px", True),
        (b"display  : none", True),
        (b"font-size:9e-9px", True),
        (b"font-size:+0", True),
        (b"font:bold 14px/1.5 a", False),
        (b"font-family:&quot;a&quot;;color:blue", False),
        (b"line-height:1.5;width:100%;padding:0", False),
    ],
)
def test_styles_that_hide(style: bytes, may_hide: bool) -> None:
    """However they are written."""
    assert bool(page_hints(b'<i style="' + style + b'">')[0]) is may_hide


def test_values_and_sheets() -> None:
    """Attributes that are shown or read out; style sheets; scripts and comments are passed over."""
    page = (
        b"<img ALT = 'one' src='alt'><style>.a{}</style><script>'<i alt=no>'</script><!-- <i alt=no> --><a title=two>"
    )
    _, spoken, sheets, scripts, _ = page_hints(page)
    assert (spans(page, spoken), spans(page, sheets)) == ([b"one", b"two"], [b".a{}"])
    assert spans(page, scripts) == [b"'<i alt=no>'"]


@pytest.mark.parametrize("page", [b"<scriptx>one<i hidden>", b"<styled><!--</style>-->one<i hidden>"])
def test_names_of_tags(page: bytes) -> None:
    """A tag whose name only begins like another is none of these."""
    hiding, _, sheets, *_ = page_hints(page + b"<templates><noscripting>")
    assert (spans(page, hiding), sheets) == ([b"<i hidden>"], [])


@pytest.mark.parametrize(
    ("page", "flags"),
    [
        (b"<td>a</td><td>b</td>\n<td>c</td> <td>d</td>", CELLS),
        (b"<td>one</td><td>two</td>", CELLS),
        (b"<td>one</td> <td>two</td>", 0),
        (b"<b>a</b> and <b>b</b> and <b>c</b> and <b>d</b>", 0),
        (b"<bdo dir=rtl>x</bdo>", TURNED),
        (b"<b style='unicode-bidi:bidi-override'>x</b>", TURNED),
        (b"<b style='opacity:0.9;unicode-bidi:bidi-override'>x</b>", TURNED),
        (b"x&#8238;y", TURNED),
        (b"x&#x202E;y", TURNED),
        (b"&#0097;", LETTERS),
        (b"&#x61;", LETTERS),
        (b"&#39;&#8217;&amp;", 0),
        (b"&amp;#97;", DOUBLE),
    ],
)
def test_flags(page: bytes, flags: int) -> None:
    """What is told of the whole page."""
    assert page_hints(page)[4] == flags


@given(st.one_of(MARKUP.map(str.encode), st.binary(max_size=200)))
def test_anything(data: bytes) -> None:
    """Spans are in order and of the page; tags begin with <."""
    hiding, spoken, sheets, scripts, _ = page_hints(data)
    for found in (hiding, spoken, sheets, scripts):
        assert found == sorted(found)
        assert all(0 <= start <= stop <= len(data) for start, stop in found)
    assert all(data[start] == 0x3C for start, _ in hiding)
    if is_plain(data):
        assert data.isascii()
        assert not letters_apart(data)


@given(st.lists(st.sampled_from([*"abcd", " ", ".", "ab", "1", "- "]), max_size=40).map("".join))
def test_apart_as_a_pattern(text: str) -> None:
    """The same as a pattern says that leaves out digits and what is wider than a gap."""
    row = re.search(r"(?<![a-z0-9])[a-z](?:[^a-z0-9]{1,5}[a-z](?![a-z0-9])){3,}", f" {text} ")
    assert letters_apart(f"     {text}     ".encode()) >= (row is not None)


PROPERTIES = (
    "display VISIBILITY mso-hide font Font-Size opacity height max-height width max-width color COLOR background "
    "BACKGROUND-color clip clip-path transform left text-indent margin"
)
VALUES = (
    "none hidden collapse all 0 0px .05 .5 1px 1.5px +0 1e-9px max(0px,0px) min(0px) calc(0px) red #fff #FEFEFE snow "
    "white rgb(255,255,255) hsl(0,0%,100%) #123456 transparent rect(0,0,0,0) inset(50%) scale(0) rotate(1deg)SCALE(0) "
    "-999px -9em"
)
DECLARATIONS = st.builds("{}:{}".format, st.sampled_from(PROPERTIES.split()), st.sampled_from(VALUES.split()))


@given(st.lists(DECLARATIONS | st.just("margin:0 auto"), min_size=1, max_size=3).map(";".join))
def test_hints_are_wider_than_styles(style: str) -> None:
    """Whatever style hides is pointed at, and so is whatever colour is not seen."""
    if hides(style):
        assert page_hints(f'<p style="{style}">a</p>'.encode())[0] != []
    colour = style.partition(":")[2].partition(";")[0]
    if is_white(colour.lower()):
        assert page_hints(f'<font color="{colour}">a</font>'.encode())[0] != []


def test_hints_of_long_styles() -> None:
    """However many declarations there are."""
    page = b'<p style="' + b"color:blue;transform:none;" * 40_000 + b'">'
    assert seconds(lambda: page_hints(page), enough=0.3) < 1
