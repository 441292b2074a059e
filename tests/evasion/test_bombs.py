"""Every bomb ends soon, and what was left out of it is told."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping

import pytest

from bartizan.app import examiner
from bartizan.model.message import Examination
from evasion import decide
from evasion.bombs import BOMBS, EXAMINED, quine
from evasion.report import MOST_SECONDS


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Examination]:
    """What was found in each, one after the other."""
    settings = decide.settings(tmp_path_factory.mktemp("bombs"))

    async def examined() -> dict[str, Examination]:
        async with examiner(settings) as examine:
            return {title: await examine(make(), "bomb") for title, make in BOMBS.items()}

    return asyncio.run(examined())


@pytest.mark.parametrize("title", BOMBS)
def test_ends(seen: Mapping[str, Examination], title: str) -> None:
    """Held for a limit or for what it is, and by no deadline; or examined, where that costs nothing."""
    found = {finding.name for finding in seen[title].findings}
    assert not found & {"timeout", "crash", "partial"}
    assert seen[title].complete is (title in EXAMINED)


def test_quine() -> None:
    """It is what it says; and `make evasion` holds all of them to the same seconds."""
    assert gzip.decompress(quine()) == quine()
    assert MOST_SECONDS == 2
