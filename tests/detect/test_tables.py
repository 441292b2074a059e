"""Formulas that ask programs are found in any cell of a table that is text."""

from __future__ import annotations

from collections import deque

import pytest

from bartizan.detect.tables import in_markup, in_table
from pace import seconds


@pytest.mark.parametrize("unit", [b"ab|'c ", b'ab|"c ', b'DDE("a";"b")', b"a=1,ab|'c ", b"ab|'cd\n"])
def test_tables_take_linear_time(unit: bytes) -> None:
    """However many things look like a program in one line."""
    small, large = (
        seconds(lambda size=size: deque(in_table(unit * (size // len(unit))), 0)) for size in (50_000, 200_000)
    )
    assert large < 10 * max(small, 0.02)


def test_formulas_of_later_lines() -> None:
    """Each line counts for itself, whatever ends it."""
    table = b"x,y\r=cmd|' /c calc'!A0\nno,cmd2|'b'\r\n1;2;+cmd3|'c'!A\n"
    assert [program for program, _ in in_table(table)] == ["cmd", "cmd3"]


@pytest.mark.parametrize(
    "unit", [b"<td>=ab|'c ", b"<td fmla='=ab|", b'<td fmla="=ab|\'c">', b"<td ", b"&#124;'ab", b"<a>\n"]
)
def test_markup_takes_linear_time(unit: bytes) -> None:
    """However many tags and formulas there are."""
    small, large = (
        seconds(lambda size=size: deque(in_markup(unit * (size // len(unit))), 0)) for size in (50_000, 200_000)
    )
    assert large < 10 * max(small, 0.02)
