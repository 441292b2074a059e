"""AES in CBC mode, the cipher of documents (the only importer of cryptography).

In: a key of 16, 24 or 32 bytes, a vector of 16, content. Out: its whole blocks the other way, padding and all.
ValueError for any other length. Not here: what keys are.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 16


def encrypted(key: bytes, vector: bytes, content: bytes) -> bytes:
    """The content encrypted."""
    return Cipher(AES(key), CBC(vector)).encryptor().update(content)


def decrypted(key: bytes, vector: bytes, content: bytes) -> bytes:
    """The content decrypted."""
    return Cipher(AES(key), CBC(vector)).decryptor().update(content)
