"""Predictors are undone as the standards tell it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.predictors import png, tiff


def _paeth(a: int, b: int, c: int) -> int:
    p = a + b - c
    return min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]


def predicted(rows: list[bytes], kinds: list[int], pixel: int) -> bytes:
    """Rows as a writer predicts them (PNG specification section 9.2)."""
    out = bytearray()
    above = bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        out.append(kind)
        for k, byte in enumerate(row):
            a = row[k - pixel] if k >= pixel else 0
            b = above[k]
            c = above[k - pixel] if k >= pixel else 0
            out.append((byte - (0, a, b, (a + b) // 2, _paeth(a, b, c))[kind]) % 256)
        above = row
    return bytes(out)


@given(st.data(), st.integers(1, 12), st.integers(1, 6), st.integers(1, 4))
def test_png(data: st.DataObject, size: int, count: int, pixel: int) -> None:
    """Any predictor for any row."""
    rows = data.draw(st.lists(st.binary(min_size=size, max_size=size), min_size=count, max_size=count))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    packed = predicted(rows, kinds, pixel)
    assert png(packed, size, pixel) == b"".join(rows)
    cut = data.draw(st.integers(0, len(packed)))
    assert b"".join(rows).startswith(png(packed[:cut], size, pixel))


@given(st.binary(max_size=60), st.integers(1, 12), st.integers(1, 4))
def test_tiff(data: bytes, row: int, pixel: int) -> None:
    """Differences to the left, within a row."""
    packed = bytes((byte - (data[k - pixel] if k % row >= pixel else 0)) % 256 for k, byte in enumerate(data))
    assert tiff(packed, row, pixel) == data


@pytest.mark.parametrize("undo", [png, tiff])
@pytest.mark.parametrize(("row", "pixel"), [(0, 1), (1, 0), (-1, 1)])
def test_no_rows(undo: object, row: int, pixel: int) -> None:
    """A row has something in it."""
    assert callable(undo)
    with pytest.raises(ValueError, match="at least one"):
        undo(b"abc", row, pixel)
