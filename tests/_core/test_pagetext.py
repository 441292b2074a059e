"""Pieces of text out of any content."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.pagetext import FONT, GAP, LINE, MOVE, SPACE, TEXT, pieces

MANY = 10_000
_WORDS = "(a) (b(c)\\) <41 <4142> [ ] -200 -300 1 0 Tj TJ ' \" Td TD Tm T* /F1 Tf ET BI ID EI % ( << \\"
TOKENS = st.sampled_from(_WORDS.encode().split())


def test_kinds() -> None:
    """The strongest of what lies between two strings."""
    content = b"/F1 1 Tf (a) Tj [(b) -150 (c) -300 (d)] TJ 5 0 Td (e) Tj 5 0 Td 0 5 Td (f) Tj"
    assert pieces(content, MANY) == [
        *[(FONT, b"F1"), (TEXT, b"ab"), (GAP, b""), (TEXT, b"c"), (SPACE, b""), (TEXT, b"d"), (MOVE, b"")],
        *[(TEXT, b"e"), (LINE, b""), (TEXT, b"f")],
    ]


@given(st.lists(TOKENS | st.binary(max_size=3), max_size=60).map(b" ".join), st.integers(1, 20))
def test_anything(content: bytes, most: int) -> None:
    """No more text than there was content; pieces of text are apart; the limit holds and changes nothing else."""
    found = pieces(content, MANY)
    assert sum(len(text) for kind, text in found if kind == TEXT) <= len(content)
    assert all(text for kind, text in found if kind == TEXT)
    few = pieces(content, most)
    assert len(few) <= most + 3
    assert found[: min(len(few), most)] == few[:most]


@given(st.binary(max_size=200))
def test_any_bytes(content: bytes) -> None:
    """Never raises, in an array or out of it."""
    pieces(content, MANY)
    pieces(b"[(" + content, MANY)
    assert pieces(b"(" + content.translate(None, b"()\\\r\n") + b")Tj", MANY) in (
        [(TEXT, content.translate(None, b"()\\\r\n"))],
        [],
    )
