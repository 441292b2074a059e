"""Every seed of every fuzz target, and a few hundred changes of each: the same bytes in every run."""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from fuzz import TARGETS
from fuzz.mutate import mutated

SEEDS = Path(__file__).parent / "seeds"
CHANGES = int(os.environ.get("BARTIZAN_CHANGES", "200"))
"""Of each seed; more of them are a long run, with `make asan` a search for memory errors."""
LONGEST = 4096
"""Bytes of a changed seed: the plain twins are slow on purpose."""


def seeds(target: str) -> list[Path]:
    """The seeds of a target."""
    return sorted((SEEDS / target).iterdir())


def target_of(name: str) -> Callable[[bytes], None]:
    """The function that a target is."""
    function: Callable[[bytes], None] = importlib.import_module(f"fuzz.{name}").TestOneInput
    return function


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_and_one_byte(name: str) -> None:
    """The shortest inputs there are."""
    target = target_of(name)
    target(b"")
    for byte in range(256):
        target(bytes([byte]))


@pytest.mark.parametrize(("name", "path"), [pytest.param(n, p, id=f"{n}-{p.name}") for n in TARGETS for p in seeds(n)])
def test_seed(name: str, path: Path) -> None:
    """A seed keeps the target's promises, and so do its changes."""
    target = target_of(name)
    seed = path.read_bytes()
    target(seed)
    others = [other.read_bytes() for other in seeds(name)]
    chance = random.Random(f"{name}/{path.name}")
    for number in range(CHANGES):
        changed = mutated(seed, chance, others)[:LONGEST]
        try:
            target(changed)
        except BaseException as problem:
            problem.add_note(f"change {number} of {path.name}: {changed!r}")
            raise


def test_every_target_has_seeds() -> None:
    """No folder without a target, and none without its seeds."""
    assert sorted(path.name for path in SEEDS.iterdir()) == sorted(TARGETS)
    assert all(len(seeds(name)) >= 5 for name in TARGETS)
