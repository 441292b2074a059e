"""The README's two commands on a bare Debian 12."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.sink import ROOT
from integration import debian


@pytest.fixture
def root() -> Iterator[Path]:
    """A Debian with Python 3 and make, and this repository as it is committed."""
    with debian.folder() as folder:
        root = folder / "root"
        debian.make(root)
        debian.run(root, "apt-get update && apt-get install --yes --no-install-recommends python3 make", {})
        subprocess.run(["git", "clone", "--quiet", ROOT, root / "bartizan"], check=True)
        yield root


@pytest.mark.integration
def test_bare_debian(root: Path) -> None:
    """`make run ARGS=--once` and `make test` work where only Python 3 and make were installed before."""
    debian.run(root, "make run ARGS=--once && make test", {"LANG": "C.UTF-8"}, "/bartizan")
