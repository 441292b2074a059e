"""Marks are found wherever they stand, in any kind of buffer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.marks import find_mark, has_low_bytes

FEW = st.lists(st.sampled_from([b"P", b"K", b"\5", b"\6", b"PK\5"]), max_size=40).map(b"".join)


@given(FEW, st.sampled_from([b"PK\5\6", b"P", b"KK"]), st.integers(-3, 90))
def test_find_mark(data: bytes, mark: bytes, at: int) -> None:
    """As bytes.find does."""
    assert find_mark(data, mark, at) == data.find(mark, max(at, 0))
    assert find_mark(memoryview(data), mark, at) == data.find(mark, max(at, 0))


@pytest.mark.parametrize(
    ("data", "found"), [(b"", False), (b"text\r\n\t\x07", False), (b"x" * 100 + b"\6", True), (b"\0", True)]
)
def test_low_bytes(data: bytes, found: bool) -> None:
    """Anything below 7, anywhere."""
    assert has_low_bytes(data) is found
