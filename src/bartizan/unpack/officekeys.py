"""Encrypted documents of Office since 2007: the package that a password opens (MS-OFFCRYPTO 2.3.4).

In: the compound file and passwords to try. Out: the decrypted package, which is a zip, and its password. The constant
that Office tries by itself comes first: with that a document opens without a question. Standard and agile encryption;
the verifier tells a wrong password. Never raises for what is in the file.

Limits: WORK rounds of hashing in all, which a document may ask for in any number.
Known gaps: extensible encryption.
Not here: the streams of the compound file (ole.py), what is in the package (archive.py), binary documents
(officelocks.py), but for the tables of their XOR.
"""

from __future__ import annotations

import importlib
import io
from contextlib import suppress
from dataclasses import dataclass

import msoffcrypto.exceptions  # type: ignore[import-untyped]
from msoffcrypto.format.ooxml import OOXMLFile  # type: ignore[import-untyped]
from msoffcrypto.method.xor_obfuscation import DocumentXOR  # type: ignore[import-untyped]

DEFAULT = "VelvetSweatshop"
WORK = 4_000_000
STANDARD_ROUNDS = 50_000
LATE = ("xml.dom.expatbuilder", "xml.parsers.expat", "cryptography.hazmat.backends.openssl.backend")
"""What the library imports when it is used."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A decrypted package, and the password that opened it."""

    package: bytes
    password: str


def prepare() -> None:
    """Load what the library would load too late."""
    for module in LATE:
        importlib.import_module(module)


def unlocked(data: memoryview, passwords: tuple[str, ...]) -> Unlocked | None:
    """The package, if Office's own password or one of these opens it."""
    try:
        document = OOXMLFile(io.BytesIO(data))
        rounds = 2 * int(document.info.get("spinValue", STANDARD_ROUNDS)) + 1
        for password in (DEFAULT, *passwords)[: WORK // rounds]:
            with suppress(msoffcrypto.exceptions.InvalidKeyError):
                document.load_key(password, verify_password=True)
                package = io.BytesIO()
                document.decrypt(package)
                return Unlocked(package.getvalue(), password)
    except Exception:  # the library raises whatever damage makes of its code
        return None
    return None


def is_xor(password: str, verifier: int) -> bool:
    """Is it the password of a workbook that is obfuscated? ASCII, 1 to 15 characters (MS-OFFCRYPTO 2.3.7.1)."""
    return bool(DocumentXOR.verifypw(password, verifier))


def xor_pad(password: str) -> bytes:
    """The 16 bytes that such a password makes (2.3.7.2)."""
    return bytes(DocumentXOR.create_xor_array_method1(password))
