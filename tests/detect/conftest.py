"""What tests of signatures share: the public rules, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bartizan.detect import signatures


@dataclass(frozen=True, slots=True)
class Public:
    """Two public sets: what was compiled, and where it is."""

    report: signatures.Report
    path: Path


@pytest.fixture(scope="session")
def public(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Public:
    """All rules of both sets, none of them left out."""
    folders = [corpus / "yara" / "signature-base", corpus / "yara" / "reversinglabs"]
    path = tmp_path_factory.mktemp("public") / "out.yac"
    return Public(signatures.compile(folders, path, False), path)
