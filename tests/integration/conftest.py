"""What several of these tests start from: the image, built once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.sink import ROOT
from integration import debian, image
from integration.image import Image


@pytest.fixture(scope="session")
def work() -> Iterator[Path]:
    """Where roots are made; removed at the end."""
    with debian.folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def built(work: Path) -> Image:
    """What the Dockerfile describes."""
    return image.build(ROOT, work, {"VERSION": "tested"})
