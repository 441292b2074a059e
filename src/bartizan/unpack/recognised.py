"""Containers that are recognised and not opened here: each is a gap, so that policy can answer.

Encrypted mail formats have reasons of their own. A detached signature holds nothing and is none of these.

Not here: encrypted Office documents (ole.py).
"""

from __future__ import annotations

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink

UNREADABLE: dict[str, str] = {
    "ace": "ACE archive",
    "alz": "ALZ archive",
    "arj": "ARJ archive",
    "chm": "compiled help file",
    "dmg": "macOS disk image",
    "egg": "EGG archive",
    "grz": "grzip file",
    "lrz": "lrzip file",
    "lzo": "lzop file",
    "sis": "Symbian package",
    "szdd": "file compressed by MS-DOS COMPRESS",
    "udf": "UDF disk image",
    "vhd": "virtual disk",
    "vhdx": "virtual disk",
    "wim": "Windows image",
    "zpaq": "ZPAQ archive",
}
SEALED = frozenset({"pgp"})

PGP_MESSAGE = b"-----BEGIN PGP MESSAGE"


def open_unreadable(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Say that a container of `type`, a key of UNREADABLE, was not opened."""
    sink.gap(Reason.UNREADABLE, f"{UNREADABLE[type]}: cannot be opened")


def open_sealed(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Say what a PGP object keeps from us; keys and detached signatures nothing."""
    # Binary OpenPGP has no armour; whatever it is, it is not readable here.
    armoured = bytes(data[:16]).lstrip().startswith(b"-----BEGIN PGP")
    if not armoured or PGP_MESSAGE in bytes(data):
        sink.gap(Reason.ENCRYPTED_PGP, "PGP message")
