"""Fixtures shared by all tests."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of shared test material; tests that need it are skipped, with this reason, where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip("../shared/corpus is not here")
    return CORPUS


def pytest_collection_finish() -> None:
    """Leave the tests themselves out of garbage collection: they are many, and stay to the end."""
    gc.collect()
    gc.freeze()
