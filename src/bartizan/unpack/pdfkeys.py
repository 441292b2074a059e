"""The standard security handler of PDF: from a password to a key, all revisions (ISO 32000-2 section 7.6.4).

In: what an encryption dictionary says, the identifiers of the document, passwords. Out: the key that opens it, and how
strings and streams are encrypted with it: RC4 or AES, or not at all. A password is tried as that of the user and of the
owner. Never raises for content.
Limits: none of its own; revision 6 takes at most 288 rounds of a hash for each try.
Known gaps: public-key handlers, passwords that SASLprep changes.
"""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bartizan._core.rc4 import rc4
from bartizan.unpack import aes
from bartizan.unpack.pdfobjects import Name, Value

PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
LEAST_ROUNDS, MOST_ROUNDS = 64, 288
_HASHES = (hashlib.sha256, hashlib.sha384, hashlib.sha512)


class Method(enum.Enum):
    """How something is encrypted."""

    NONE = "Identity"
    RC4 = "V2"
    AES = "AESV2"
    AES_256 = "AESV3"


@dataclass(frozen=True, slots=True)
class Handler:
    """What an encryption dictionary says; `others`: methods that single streams may ask for."""

    revision: int
    length: int
    owner: bytes
    user: bytes
    owner_key: bytes
    user_key: bytes
    permissions: bytes
    metadata: bool
    streams: Method
    strings: Method
    others: tuple[Method, ...]


def handler(entries: dict[bytes, Value]) -> Handler | None:
    """The handler that an encryption dictionary describes; None for another one than the standard one."""

    def number(name: bytes, otherwise: int) -> int:
        value = entries.get(name)
        return value if isinstance(value, int) else otherwise

    def text(name: bytes) -> bytes:
        value = entries.get(name)
        return value if isinstance(value, bytes) else b""

    filter = entries.get(b"Filter")
    version, revision = number(b"V", 0), number(b"R", 0)
    if not (isinstance(filter, Name) and filter.text == b"Standard" and 1 <= version <= 5 and 2 <= revision <= 6):
        return None
    filters = entries.get(b"CF")
    methods = _methods(filters) if version >= 4 and isinstance(filters, dict) else {}

    def method(name: bytes) -> Method:
        if version < 4:
            return Method.RC4
        chosen = entries.get(name)
        return methods.get(chosen.text, Method.NONE) if isinstance(chosen, Name) else Method.NONE

    length = 128 if version == 4 else number(b"Length", 40)
    return Handler(
        revision,
        5 if revision == 2 or version == 1 else min(max(length // 8 if length >= 40 else length, 5), 16),
        text(b"O"),
        text(b"U"),
        text(b"OE"),
        text(b"UE"),
        (number(b"P", 0) & 0xFFFFFFFF).to_bytes(4, "little"),
        entries.get(b"EncryptMetadata") is not False,
        method(b"StmF"),
        method(b"StrF"),
        tuple(dict.fromkeys((*methods.values(), Method.NONE))),
    )


def _methods(filters: dict[bytes, Value]) -> dict[bytes, Method]:
    """The methods of all crypt filters, by the filters' names."""
    found: dict[bytes, Method] = {}
    for name, entry in filters.items():
        kind = entry.get(b"CFM") if isinstance(entry, dict) else None
        for method in Method:
            if isinstance(kind, Name) and kind.text == method.value.encode():
                found[name] = method
    return found


def key(handler: Handler, identifiers: Iterable[bytes], password: str) -> bytes | None:
    """The key of a document, if the password opens it."""
    if handler.revision >= 5:
        return _key_256(handler, password.encode("utf-8", "replace")[:127])
    return _key_128(handler, password.encode("latin-1", "replace"), tuple(identifiers))


def _key_128(handler: Handler, password: bytes, identifiers: tuple[bytes, ...]) -> bytes | None:
    """The key of revisions 2 to 4 (algorithms 2 to 7)."""
    for candidate in (password, *_user_password(handler, password)):
        for identifier in identifiers:
            for metadata in (handler.metadata, not handler.metadata) if handler.revision >= 4 else (True,):
                found = _made(handler, candidate, identifier, metadata=metadata)
                if _opens(handler, found, identifier):
                    return found
    return None


def _made(handler: Handler, password: bytes, identifier: bytes, *, metadata: bool) -> bytes:
    whole = (password + PADDING)[:32] + handler.owner[:32] + handler.permissions + identifier
    if handler.revision >= 4 and not metadata:
        whole += b"\xff\xff\xff\xff"
    return _digested(whole, handler)


def _digested(whole: bytes, handler: Handler) -> bytes:
    digest = _md5(whole)
    if handler.revision >= 3:
        for _ in range(50):
            digest = _md5(digest[: handler.length])
    return digest[: handler.length]


def _opens(handler: Handler, found: bytes, identifier: bytes) -> bool:
    """Does the user's entry say so?"""
    if handler.revision == 2:
        return rc4(found, PADDING) == handler.user[:32]
    text = _md5(PADDING + identifier)
    for number in range(20):
        text = rc4(bytes(byte ^ number for byte in found), text)
    return text == handler.user[:16]


def _user_password(handler: Handler, owner: bytes) -> Iterator[bytes]:
    """The user's password, if this is the owner's."""
    found = _digested((owner + PADDING)[:32], handler)
    text = handler.owner[:32]
    for number in range(19, -1, -1) if handler.revision >= 3 else (0,):
        text = rc4(bytes(byte ^ number for byte in found), text)
    yield text


def _key_256(handler: Handler, password: bytes) -> bytes | None:
    """The key of revisions 5 and 6 (algorithm 2.A)."""
    user = handler.user[:48]
    for entry, sealed, more in ((handler.user, handler.user_key, b""), (handler.owner, handler.owner_key, user)):
        if len(entry) >= 48 and len(sealed) >= 32 and _hash(handler, password, entry[32:40], more) == entry[:32]:
            return aes.decrypted(_hash(handler, password, entry[40:48], more), bytes(aes.BLOCK), sealed[:32])
    return None


def _hash(handler: Handler, password: bytes, salt: bytes, more: bytes) -> bytes:
    """The hash of revision 5, or of 6 (algorithm 2.B)."""
    found = hashlib.sha256(password + salt + more).digest()
    if handler.revision == 5:
        return found
    for count in range(1, MOST_ROUNDS + 1):
        text = aes.encrypted(found[:16], found[16:32], (password + found + more) * 64)
        # 256 is 1 modulo 3: the sum of the digits is the number.
        found = _HASHES[sum(text[:16]) % 3](text).digest()
        if count >= LEAST_ROUNDS and text[-1] <= count - 32:
            break
    return found[:32]


def object_key(key: bytes, number: int, generation: int, method: Method) -> bytes:
    """The key of one object's strings or stream (algorithm 1)."""
    if method is Method.AES_256:
        return key
    own = (number & 0xFFFFFF).to_bytes(3, "little") + (generation & 0xFFFF).to_bytes(2, "little")
    salt = b"sAlT" if method is Method.AES else b""
    return _md5(key + own + salt)[: min(len(key) + 5, 16)]


def decrypted(key: bytes, method: Method, content: bytes) -> bytes:
    """What a string or a stream says, by the key of its object."""
    if method is Method.NONE or not content:
        return content
    if method is Method.RC4:
        return rc4(key, content)
    first, rest = content[: aes.BLOCK], content[aes.BLOCK :]
    rest = rest[: len(rest) // aes.BLOCK * aes.BLOCK]
    if len(first) < aes.BLOCK or not rest:
        return b""
    text = aes.decrypted(key if len(key) in (16, 32) else key.ljust(16, b"\0")[:16], first, rest)
    return text[: -text[-1]] if 1 <= text[-1] <= aes.BLOCK else text


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()
