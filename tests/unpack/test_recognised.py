"""Containers that are recognised and cannot be opened are gaps; keys and detached signatures are not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bartizan.model.finding import Reason
from bartizan.unpack.base import CONTAINERS
from bartizan.unpack.recognised import UNREADABLE

Unpack = Callable[..., Any]

OID = {kind: bytes.fromhex("06092a864886f70d0107") + bytes([number]) for kind, number in
       {"data": 1, "signed": 2, "enveloped": 3}.items()}  # fmt: skip
COMPRESSED = bytes.fromhex("060b2a864886f70d0109100109")


def der(tag: int, *content: bytes) -> bytes:
    """One DER value; lengths below 128."""
    joined = b"".join(content)
    return bytes([tag, len(joined)]) + joined


def signed(content: bytes) -> bytes:
    """The beginning of a signed-data object around `content` (none: detached)."""
    inner = der(0x30, OID["data"], der(0xA0, der(0x04, content)) if content else b"")
    return der(0x30, OID["signed"], der(0xA0, der(0x30, der(2, b"\1"), der(0x31), inner, der(0x31))))


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


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (der(0x30, OID["enveloped"], der(0xA0, b"x")), {Reason.ENCRYPTED_SMIME}),
        (der(0x30, COMPRESSED, der(0xA0, b"x")), {Reason.UNREADABLE}),
        (signed(b"Content-Type: text/plain\r\n\r\nHello"), {Reason.UNREADABLE}),
        (signed(b""), set()),
    ],
)
def test_smime(unpack: Unpack, data: bytes, reason: set[Reason]) -> None:
    """Encrypted, compressed and opaque signed messages are gaps of their kind; a detached signature is none."""
    assert unpack("p7m", data).reasons == reason
