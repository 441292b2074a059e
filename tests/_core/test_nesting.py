"""Elements that are taken out of pages: any arrangement of tags, in time that grows with the size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.nesting import start_tags, without
from pace import seconds

TAGS = [
    *("<b>", "</b>", "<p>", "</p>", "<div>", "</div>", "<table>", "<tr>", "<td>", "</table>", "<li>", "<ul>", "<br>"),
    *(
        "<!--",
        "-->",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<a b='",
        '"',
        "'",
        ">",
        "=",
        "<",
        "</",
        "x",
        "\0",
    ),
    *("<span>", "</span>", "<select>", "<option>", "</option>", "<template>", "</template>", "<x-y/>", "</x-y>", "é"),
]


@given(
    st.lists(st.sampled_from(TAGS), max_size=60).map("".join), st.lists(st.integers(-9, 400), max_size=9).map(sorted)
)
def test_any_page(page: str, starts: list[int]) -> None:
    """What is left stands in the page in this order; nothing is left out where nothing is to be."""
    data = page.encode()
    rest = iter(data)
    assert all(byte in rest for byte in without(data, starts)[0])
    assert without(data, []) == (data, True)


@given(st.lists(st.sampled_from(TAGS), max_size=60).map("".join))
def test_start_tags(page: str) -> None:
    """Each begins like one, and they do not overlap."""
    data = page.encode()
    past = 0
    for start, stop in start_tags(data):
        assert past <= start < stop <= len(data)
        assert data[start : start + 1] == b"<"
        assert data[start + 1 : start + 2].isalpha()
        past = stop


@given(st.lists(st.sampled_from(["<b>", "<p>", "<i>", "<td>"]), min_size=1, max_size=9))
def test_the_outermost_counts(tags: list[str]) -> None:
    """Of elements in elements that are left out, the outermost says what is left."""
    page = b"a<table>" + "".join(tags).encode() + b"x</table>b"
    assert without(page, [1, *(start for start, _ in start_tags(page))]) == (b"ab", True)


@pytest.mark.parametrize(
    ("inner", "complete"), [("<u>" * 511, True), ("<u>" * 512, False), ("<u>" * 513 + "</u>" * 513, False)]
)
def test_too_deep(inner: str, complete: bool) -> None:
    """More open elements than have room are told, if they can change where something ends."""
    page = f"a<b>{inner}</b>b".encode()
    assert without(page, [1])[1] is complete
    assert without(inner.encode() + b"<b>x", [len(inner)])[1] is complete
    assert without(page, []) == (page, True)
    assert without(b"<b>x</b>" + inner.encode(), [0]) == (inner.encode(), True)


@pytest.mark.parametrize("page", [b"a<b>x<scriptx>x</b>b<b>x", b"a<b>x<style><!--</stylex></style>x</b>b<b>x"])
def test_names_of_raw_elements(page: bytes) -> None:
    """A name that only begins like that of a script or style sheet neither begins nor ends one."""
    assert without(page, [1, page.rindex(b"<b>")]) == (b"ab", True)


@pytest.mark.parametrize(
    "unit",
    [b"<b><div>", b"<b><div></b>", b"<b><i></b>", b"<a '", b"<a b='", b"<!--", b"</p>", b"<td>", b"<p><i>", b"<style>"],
)
def test_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long, whatever is left open."""

    def taken(size: int) -> float:
        page = unit * (size // len(unit))
        starts = [start for start, _ in start_tags(page)][::2]
        return seconds(lambda: without(page, starts))

    assert taken(800_000) < 10 * max(taken(200_000), 0.02)
