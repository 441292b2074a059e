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
    "one": "OneNote section",
    "sis": "Symbian package",
    "szdd": "file compressed by MS-DOS COMPRESS",
    "udf": "UDF disk image",
    "vhd": "virtual disk",
    "vhdx": "virtual disk",
    "wim": "Windows image",
    "zpaq": "ZPAQ archive",
}
SEALED = frozenset({"p7m", "pgp"})

ENVELOPED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
"""Content types enveloped-data and authenticated enveloped-data (RFC 5652 section 6, RFC 5083) as they are encoded."""
SIGNED = bytes.fromhex("2a864886f70d010702")
COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
DATA = bytes.fromhex("06092a864886f70d010701")
PGP_MESSAGE = b"-----BEGIN PGP MESSAGE"


def open_unreadable(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Say that a container of `type`, a key of UNREADABLE, was not opened."""
    sink.gap(Reason.UNREADABLE, f"{UNREADABLE[type]}: cannot be opened")


def open_sealed(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Say what a PGP or a CMS object keeps from us; keys and detached signatures nothing."""
    if type == "pgp":
        # Binary OpenPGP has no armour; whatever it is, it is not readable here.
        armoured = bytes(data[:16]).lstrip().startswith(b"-----BEGIN PGP")
        if not armoured or PGP_MESSAGE in bytes(data):
            sink.gap(Reason.ENCRYPTED_PGP, "PGP message")
        return
    head = bytes(data[:64])
    if any(oid in head for oid in ENVELOPED):
        sink.gap(Reason.ENCRYPTED_SMIME, "S/MIME encrypted message")
    elif COMPRESSED in head:
        sink.gap(Reason.UNREADABLE, "S/MIME compressed message: cannot be opened")
    elif SIGNED in head and _holds_content(bytes(data[:4096])):
        sink.gap(Reason.UNREADABLE, "S/MIME signed message: cannot be opened")


def _holds_content(head: bytes) -> bool:
    """False for detached signed-data (RFC 5652 section 5.2): nothing follows the content type's OID in its sequence."""
    at = head.find(DATA, head.find(SIGNED) + len(SIGNED))
    if at < 0:
        return True
    behind = head[at + len(DATA) : at + len(DATA) + 1]
    return behind == b"\xa0"
