"""One reader for all claims: a phrase in each of several scripts."""

from __future__ import annotations

import pytest

from claims.reading import PHRASES, Reader


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """PHRASES, compiled."""
    return Reader(tmp_path_factory.mktemp("claims"), PHRASES)
