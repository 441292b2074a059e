"""Containers that are recognised and cannot be opened are gaps; keys and detached signatures are not."""

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


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"-----BEGIN PGP MESSAGE-----\n\nhQEM", {Reason.ENCRYPTED_PGP}),
        (b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN", set()),
        (b"-----BEGIN PGP SIGNATURE-----\n\niQEz", set()),
        (b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello\n-----BEGIN PGP SIGNATURE-----\n", set()),
        (b"\x85\x01\x0c\x03", {Reason.ENCRYPTED_PGP}),
    ],
)
def test_pgp(unpack: Unpack, data: bytes, reason: set[Reason]) -> None:
    """A PGP message is encrypted for all we know; a key, a signature and readable text are not."""
    assert unpack("pgp", data).reasons == reason
