"""What scripts write."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect.pages import readings
from bartizan.detect.scripts import written
from pace import seconds


@pytest.mark.parametrize(
    ("script", "page"),
    [
        (b"document.write('a b')", b"a b"),
        (b"w('a ' + \"b\" +\n`c`)", b"a bc"),
        (b"a='x\\x41\\u0042\\103\\ny';b=''", b"xABC\ny"),
        (b"a='x';b=\"it's\";c=`d\ne`", b"x\nit's\nd\ne"),
        (b"a='<b>x</b>'", b"<b>x</b>"),
        (b"a='x", b"x"),
    ],
)
def test_strings(script: bytes, page: bytes) -> None:
    """Strings are read as the page that they may become."""
    assert written([script])[0] == page


def test_text() -> None:
    """What is no string, or only seems so, is read as text."""
    assert written([b"// don't\nw('a\\x41')", b"x"])[1] == b"// don't\nw('aA')\nx"


def test_of_a_page() -> None:
    """All scripts of a page are read, and of other pages nothing."""
    found = readings(b"<script>w('a')</script><p>x<script>w('b')</script>")
    assert found.shown == (b"a\nb",)
    assert found.texts == (b"w('a')\nw('b')",)
    assert readings(b"<p>x<script src=a></script>").shown == ()


@given(st.text("'\"`\\\n+&;ax ", max_size=40).map(str.encode))
def test_any_script(script: bytes) -> None:
    """Never raises."""
    written([script])


@pytest.mark.parametrize("unit", [b"'", b"'\\", b'`"', b"'a'+", b"\\", b"'\n"])
def test_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long."""
    small, large = (seconds(partial(written, [unit * (size // len(unit))])) for size in (100_000, 400_000))
    assert large < 10 * max(small, 0.02)
