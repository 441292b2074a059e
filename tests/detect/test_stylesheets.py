"""What rules of style sheets are for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect import stylesheets
from bartizan.detect.stylesheets import StyleSheets
from pace import seconds

ELEMENT = '<i class="é a:b X" id=Y q="P-r s">'
SIGNS = st.sampled_from(
    [
        *("{", "}", ";", ",", ".a", "#a", "[a=b]", "[", "]", "(", ")", ":is(", ":not(", "::before", "content:'x'", "i"),
        *("display:none", '"', "'", "\\", "\\61 ", "/*", "*/", "<!--", "@media x{", " ", ">", "*", "&", "attr(q)", "é"),
    ]
)


@pytest.mark.parametrize(
    "selector",
    [
        ".é",
        "*.X",
        ".x, .nothing",
        ":is(.x,.y)",
        ":where(p, :is(.nothing, b > .x))",
        ":not(.a,.b)",
        "*",
        "p > *",
        "[class~=x]",
        '[class="x"]',
        "[id=y]",
        "[id = 'Y' i]",
        "[q='p-r s']",
        "[q~=s]",
        "[q^='p-']",
        "[q$=s]",
        "[q*=r]",
        "[q|=p]",
        "[q]",
        "[|class=x]",
        "[*|class=x]",
        "[a|q]",
        "[",
        "p{background:url({)} .x",
        "p{background:url(a{b)} .x",
        "p{background:url(it's)} .x",
        "p{background:URL( //h/* )} .x",
        "i[q='{},;()']" + ",i",
        ".a\\:b",
        ".\\78 ",
        ".\\000078",
        "I:nth-child(2n + 1 of .z)",
        "u+.x:hover:not(:has(> .z, b))",
        "<!-- .x",
        '@import "a,b{}";.x',
        "p{color:red;.x",
        "@media (a:b) { @supports (c) { .x",
        'p[t="}"]{} .x',
        'p::after{content:"}{"} .x',
        "/*{*/.x/*,*/",
    ],
)
def test_hidden(selector: str) -> None:
    """An element that a browser, or a rule in doubt, takes the selector for."""
    page = f"<div>{ELEMENT}x</i></div>".encode()
    rules = StyleSheets([f"{selector}{{color:red;display:none}}".encode()])
    assert list(rules.hidden(page)) == [5]
    assert rules.complete


@pytest.mark.parametrize(
    "selector",
    [
        ".z",
        ".xx",
        "[q=p]",
        "[q^=s]",
        "[q$=p]",
        "[q|=s]",
        "[q*='']",
        "[z]",
        "b",
        ".z,[class~=a]",
        "i::before",
        "i:after",
        "&",
        "",
    ],
)
def test_not_hidden(selector: str) -> None:
    """Another element, or a part of it."""
    rules = StyleSheets([f"{selector}{{display:none}}".encode()])
    assert list(rules.hidden(f"<div>{ELEMENT}x</i></div>".encode())) == []


@pytest.mark.parametrize(
    ("sheet", "filled"),
    [
        ("i:before{content:'a < b '}", "<u><i class=c q=d>a &lt; b x</i></u>"),
        (".c::after { color:red; CONTENT: 'a' \" b\" }", "<u><i class=c q=d>xa b</i></u>"),
        ("u::after{content:attr(Q) attr(z) 'a'}u:before{content:'\\62\\a c'}", "<u>b\nc<i class=c q=d>x</i>a</u>"),
        ("i::before{content:attr(q)}", "<u><i class=c q=d>dx</i></u>"),
        ("i::before{content:'' '\u2014 \ue123'}", "<u><i class=c q=d>x</i></u>"),
        ("b::before{content:'a'}i{content:'b'}", "<u><i class=c q=d>x</i></u>"),
        ("*::before{content:'a'}", "<u><i class=c q=d>ax</i></u>"),
    ],
)
def test_generated_text(sheet: str, filled: str) -> None:
    """It stands where a browser shows it."""
    assert StyleSheets([sheet.encode()]).filled(b"<u><i class=c q=d>x</i></u>").decode() == filled


def test_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what is nested too deep."""
    page = b"<i class=c>x</i>" * 100
    deep = StyleSheets([b":is(" * 9 + b".c" + b")" * 9 + b"{display:none}"])
    assert not deep.complete
    monkeypatch.setattr(stylesheets, "WORK", 90)
    hiding, filling = (StyleSheets([sheet]) for sheet in (b".c{display:none}", b".c:before{content:'abc'}"))
    assert len(list(hiding.hidden(page))) < 100
    assert filling.filled(page) == page
    assert not hiding.complete
    assert not filling.complete


@given(st.lists(SIGNS, max_size=40).map("".join), st.lists(SIGNS, max_size=20).map("".join))
def test_anything(sheet: str, page: str) -> None:
    """Never raises; only texts are added."""
    rules = StyleSheets([sheet.encode()])
    data = f"<i class=a id=b q='c'>{page}".encode()
    assert all(data[at] == 0x3C for at in rules.hidden(data))
    assert len(rules.filled(data)) >= len(data)


@pytest.mark.parametrize(
    ("rule", "element"),
    [
        (".c:before{content:'abc'}", "<i class=c>"),
        ("[q*=abc]{display:none}", "<i q=abd>"),
        (":is(.c,", "<i class=c>"),
        (".c{", "<i class=c>"),
        (".c,", "<i class=c>"),
        ("'", "<i class=c>"),
        ('"\\', "<i class=c>"),
        ("i:before{content:attr(q)}", "<i q='" + "c" * 1000 + "'>"),
        ("(", "<i>"),
        ("i:before{content:''" + " ''" * 1000, "<i>"),
        ("::a(", "<"),
        ("i[a='" + "c" * 1000, "<i a=" + "c" * 1000 + ">"),
    ],
)
def test_linear(rule: str, element: str) -> None:
    """Four times the size takes about four times as long."""

    def taken(size: int) -> float:
        sheet, page = ((unit * (size // len(unit))).encode() for unit in (rule, element))

        def work() -> None:
            for ending in (b"", b"{display:none}"):
                rules = StyleSheets([sheet + ending])
                list(rules.hidden(page))
                rules.filled(page)

        return seconds(work)

    assert taken(100_000) < 10 * max(taken(25_000), 0.02)


def test_the_last_text_counts() -> None:
    """Browsers take the last of several, so all are read."""
    sheets = StyleSheets([b"p::before{content:'x';content:'the words'}"])
    assert b"the words" in sheets.filled(b"<p>a</p>")
