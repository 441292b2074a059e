"""Every attribute that holds a link is read, and no byte that is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.pagelinks import page_links

SIGNS = st.sampled_from(
    [
        *("<a href=", "'", '"', " ", ">", "<", "=", "/", "&", ";", "&amp;", "&#x61;", "http:", "//", "data:x;base64,"),
        *("<base ", "<style>", "</style>", "<script>", "</script>", "<!--", "-->", "<!--[if", "url(", "content=0;url="),
        *("srcdoc=", "style=", "onclick=", "x", "\n", "\t", "é", "\\", "%41", "1"),
    ]
)


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (b"<a href=b><img SRC = 'c'><form action=\"d\"><b/src=e>", b"b\nc\nd\ne\n"),
        (b"<a href=' b\r\n\tc&amp;d ' class=e id=f>", b"bc&d\n"),
        (b"<meta content='5; URL = \"b\"'><meta content=\"0,c\"><meta content='width=1'>", b"b\nc\n"),
        (b"<!-- <a href=b> --><!--[if mso]><a href=c><![endif]--><a href=d>", b"c\nd\n"),
        (b"<a title='>' href=b>href=c", b"b\n"),
        (b"<img src='data:image/png;base64," + b"A" * 500 + b"'>", b"data:image/png;base64," + b"A" * 78 + b"\n"),
        (b"<svg><a xlink:href=b><a other:href=c>", b"b\nc\n"),
        (b"<a href='b", b"b\n"),
        (b"<scriptx><a href=b></script><styled><a href=c>", b"b\nc\n"),
        (b"<script/x><a href=b></script><STYLE\t><a href=c></style\n><style><a href=d>", b""),
        (b"<style></styled><!--</style><a href=b><!-- -->", b"b\n"),
        (b"<!-- --!x '<a href=b> --!><a href=c><!---><a href=d><!-- -->", b"c\nd\n"),
        (b"<a href=", b""),
        (b"", b""),
    ],
)
def test_links(page: bytes, links: bytes) -> None:
    """One a line, as a browser reads the attribute."""
    assert page_links(page)[0] == links


def test_others() -> None:
    """What has to be read with more care is pointed at."""
    page = (
        b"<a href=a&#98;><img srcset=c><p style='d:url(/e)' onclick=f><style>@import '//g'</style><script>h</script>"
        b"<iframe srcdoc=i><base href=j><p data-k=http://l>"
    )
    links, referring, texts, pages, bases, asks, complete = page_links(page)

    def of(spans: list[tuple[int, int]]) -> list[bytes]:
        return [page[start:stop] for start, stop in spans]

    assert (links, asks, complete) == (b"j\n", False, True)
    assert of(referring) == [b"a&#98;"]
    assert of(texts) == [b"c", b"d:url(/e)", b"f", b"@import '//g'", b"http://l"]
    assert (of(pages), of(bases)) == ([b"i"], [b"j"])


@pytest.mark.parametrize(
    ("page", "asks"),
    [
        (b"<p>see https://a.example/b</p>", False),
        (b"<a href=b>https://a.example/</a><br>and/or 1/2/2026", False),
        (b"<p>see http://3221225985/ now", True),
        (b"<p>see https://a.example/<i>b</i>", True),
        (b"<p>see the http:<i>//1/</i>", True),
        (b"<p>http&colon;//1/</p>", True),
        (b"<p>http:&#47;&#x2F;1/</p>", True),
        (b"<p>a&nbsp;b&#39;c</p>", False),
    ],
)
def test_asks(page: bytes, asks: bool) -> None:
    """A page is read again for links in its text that are odd, or may be cut by tags."""
    assert page_links(page)[5] is asks


def test_too_many() -> None:
    """More of a kind than a limit is told."""
    assert page_links(b"<a href=&#1;>" * 100_000)[6]
    links, referring, *_, complete = page_links(b"<a href=&#1;>" * 100_001)
    assert (links, len(referring), complete) == (b"", 100_000, False)


@given(st.lists(SIGNS, max_size=80).map("".join))
def test_any_page(page: str) -> None:
    """Links are never longer than the page; spans lie in it."""
    data = page.encode()
    links, *spans, _, complete = page_links(data)
    assert complete
    assert len(links) <= len(data) + 1
    for kind in spans:
        assert isinstance(kind, list)
        assert all(0 <= start <= stop <= len(data) for start, stop in kind)
