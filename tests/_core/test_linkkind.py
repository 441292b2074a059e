# ruff: noqa: RUF001
"""Links that are written as a client would write them ask for nothing; all others are pointed at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.linkkind import links_in_lines, links_in_text

SIGNS = st.lists(st.sampled_from([*b"htps:/\\.@%25?#=&'aHR0c -_3A[]0<>\"\r\n\xe3\x80\x82"]), max_size=200).map(bytes)


@pytest.mark.parametrize(
    "link",
    [
        b"https://www.shop.example/a/b.html?c=d&e=f-g_h:i#j",
        b"HTTP://Shop.Example",
        b"http://192.0.2.1/a",
        b"https://shop.example?to=https://www.shop.example/a",
        b"https://shop.example/.well-known/a/.b",
        b"//shop.example/a",
        b"images/a.png",
        b"/a/b",
        b"#a",
        b"mailto:ann@example.com",
        b"cid:1@example.com",
        b"tel:+1-2",
        b"",
    ],
)
def test_normal(link: bytes) -> None:
    """Nothing to be undone."""
    assert links_in_lines(link) == ([], b"")
    assert links_in_text(b"see " + link + b" now")[:2] == ([], b"")


@pytest.mark.parametrize(
    "link",
    [
        b"https:/shop.example/a",
        b"https:///shop.example/a",
        b"https:\\\\shop.example\\a",
        b"https://ann@shop.example/a",
        b"https://shop.example:443/a",
        b"https://shop.example./a",
        b"https://shop..example/a",
        b"https://sh%6fp.example/a",
        b"https://xn--shp-x.example/a",
        b"https://a.xn--shp-x/a",
        b"https://shop.example//a",
        b"https://shop.example/./a",
        b"https://shop.example/a/../",
        b"https://shop.example\\a",
        b"https://shop.example/a?to=https:/b.example/",
        b"https://shop.example/a?to=https://1/",
        b"https://shop.example/a?to=//b.example/",
        b"https://shop.example/aHR0cDovLw",
        b"https://shop.example/?u=http-3A__b.example_a",
        "https://shop\N{IDEOGRAPHIC FULL STOP}example/a".encode(),
        "https://shop.example/\N{FRACTION SLASH}a".encode(),
        b"http://3221225985/a",
        b"http://192.0.2.01/a",
        b"http://192.0.513/a",
        b"http://0xc0000201/a",
        b"http://[::1]/a",
        b"shop.example:443/a",
        "shop\N{IDEOGRAPHIC FULL STOP}example/a".encode(),
        b"shop.example/a/../b",
    ],
)
def test_odd(link: bytes) -> None:
    """Pointed at, in a list and in a text."""
    assert links_in_lines(b"#\n" + link + b"\n") == ([(2, 2 + len(link))], b"")
    odd, encoded, others = links_in_text(b"(see " + link + b"), or not")
    assert (odd, encoded, others) == ([(5, 5 + len(link))], b"", b"")


def test_encoded() -> None:
    """Encoded bytes are decoded together, however often they are encoded; controls become blanks."""
    links = b"https://a.example/%41%2542%252543%0a%zz%\nhttps://b.example/?c\nmailto:a@b.example?subject=%64\n"
    assert links_in_lines(links) == ([], b"https://a.example/ABC %zz%\nmailto:a@b.example?subject=d\n")
    assert links_in_text(links)[:2] == ([], b"https://a.example/ABC %zz%\n")
    cut = b"https://a.example/%41?b=http://\n"
    assert links_in_lines(cut) == ([], b"https://a.example/A?b=http://\n")


@pytest.mark.parametrize(
    "text",
    [
        b"and/or 1/2/2026 //comment C:\\Users\\x \\d \\\\ ./configure ../a a/b/../c 1.5/2 x:/y http: // a",
        b"/" * 1000,
        b"\\" * 1000,
        b"foo://3221225985/",
        "你好/再见 50%/x 中文：a/b".encode(),
    ],
)
def test_no_links(text: bytes) -> None:
    """Slashes alone make no link."""
    assert links_in_text(text) == ([], b"", b"")


def test_quoted() -> None:
    """In scripts all links are told, and those without a scheme are links too."""
    script = b"a='//b.example/c';d=\"https://e.example/f\";g=url(//1/2)"
    odd, _, others = links_in_text(script, quoted=True)
    assert [script[start:stop] for start, stop in odd] == [b"//1/2"]
    assert others == b"//b.example/c\nhttps://e.example/f\n"


def test_share() -> None:
    """A share of a server is a link."""
    text = b"open \\\\shop.example\\a now"
    assert [text[start:stop] for start, stop in links_in_text(text)[0]] == [b"\\\\shop.example\\a"]


@given(SIGNS)
def test_any_text(text: bytes) -> None:
    """Spans lie in the text, one behind the other; what is decoded is never longer."""
    for odd, *others in (links_in_lines(text), links_in_text(text), links_in_text(text, quoted=True)):
        flat = [at for span in odd for at in span]
        assert flat == sorted(flat)
        assert all(0 <= at <= len(text) for at in flat)
        assert sum(map(len, others)) <= len(text) + 1
