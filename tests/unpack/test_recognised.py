"""Containers that are recognised and cannot be opened are gaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bartizan.model.finding import Reason
from bartizan.unpack.base import CONTAINERS
from bartizan.unpack.recognised import UNREADABLE

Unpack = Callable[..., Any]


@pytest.mark.parametrize("type", sorted(UNREADABLE))
def test_unreadable(unpack: Unpack, type: str) -> None:
    """Recognised, not opened: a gap that says what it is."""
    assert unpack(type, b"whatever").gaps == [(Reason.UNREADABLE, f"{UNREADABLE[type]}: cannot be opened")]


@pytest.mark.parametrize("type", ["exe", "html", "text", "mail", ""])
def test_not_containers(type: str) -> None:
    """These are scanned as the bytes they are, and are no gap."""
    assert type not in CONTAINERS
