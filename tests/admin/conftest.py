"""Pages of a node, for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from admin.pages import Pages


@pytest.fixture
def pages() -> Iterator[Pages]:
    """Fresh ones."""
    pages = Pages()
    yield pages
    pages.close()
