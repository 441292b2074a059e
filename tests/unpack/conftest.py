"""Opens containers for the tests: in this process what a test made, in a child of its own what may kill it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from unpack.apart import started
from unpack.opening import Opened, opened

Unpack = Callable[..., Opened]


@pytest.fixture(scope="session")
def unpack() -> Unpack:
    """Open a container in this process."""
    return opened


@pytest.fixture(scope="session")
def unpack_apart() -> Iterator[Unpack]:
    """Open a container in a child that can open no file and has limits of memory and time, as the scanner's have."""
    with started() as run:
        yield run
