"""What the kill tests share."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def rules_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where compiled rules are kept for all gateways of this run."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for temporary files of everything that is started (short: sockets live there)."""
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)
