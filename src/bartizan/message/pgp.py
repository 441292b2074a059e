"""OpenPGP from the outside (RFC 9580): blocks of armour, and the packets that bytes are made of.

In: a text, or the bytes of a message. Out: what each block stands for; packets by their number, each with the pieces
of its body. Bytes that are no packet end the packets. Nothing is inflated or decrypted.
Limits: linear. Not here: what is in the packets (unpack.pgp), bytes that begin like a message (bartizan._core.sniff).
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

ARMOUR = b"-----BEGIN PGP "
KEY, SIGNATURE, ONE_PASS, SECRET_KEY, PUBLIC_KEY = 1, 2, 4, 5, 6
SECRET_SUBKEY, COMPRESSED, ENCRYPTED, MARKER, LITERAL, TRUST, USER = 7, 8, 9, 10, 11, 12, 13
PUBLIC_SUBKEY, ATTRIBUTES, PROTECTED, CHECK, AUTHENTICATED, PADDING = 14, 17, 18, 19, 20, 21
PASSWORD = 3
SEALED = frozenset((KEY, PASSWORD, ENCRYPTED, PROTECTED, AUTHENTICATED))
"""Packets of an encrypted message."""
HOLDING = frozenset((LITERAL, COMPRESSED))
"""Packets that hold something to be read."""
ABOUT = frozenset(
    (
        *(SIGNATURE, ONE_PASS, SECRET_KEY, PUBLIC_KEY, SECRET_SUBKEY, MARKER, TRUST, USER),
        *(PUBLIC_SUBKEY, ATTRIBUTES, CHECK, PADDING),
    )
)
"""Packets of keys and signatures, which hold no message."""

_BLOCK = re.compile(
    rb"-----BEGIN PGP (?!SIGNED)[A-Z0-9, /]{1,40}+-----[ \t]*+\r?\n?(?:[!-9;-~]++:[^\n]*+\n)*+"
    rb"([^-]*+)(?:-----END [^\r\n]*+)?",
    re.IGNORECASE,
)
_CHECKSUM = re.compile(rb"\n=[A-Za-z0-9+/]{4}[ \t]*+\r?(?:\n|\Z)")
_NO_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


@dataclass(frozen=True, slots=True)
class Block:
    """A block of armour: its span in the text, and what it stands for."""

    start: int
    end: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet by its number, the pieces of its body, and where it ends; `whole`: no byte of it is missing."""

    tag: int
    body: tuple[memoryview, ...]
    end: int
    whole: bool


def blocks(text: bytes, start: int = 0) -> Iterator[Block]:
    """What is in armour in a text from `start` on; texts that are signed and can be read are none of it."""
    for found in _BLOCK.finditer(text, start):
        lines = _CHECKSUM.split(found[1], maxsplit=1)[0]
        digits = lines.translate(None, _NO_BASE64)
        digits = digits[: len(digits) - (len(digits) % 4 == 1)]
        yield Block(found.start(), found.end(), binascii.a2b_base64(digits + b"=" * (-len(digits) % 4)))


def packets(data: memoryview) -> Iterator[Packet]:
    """The packets that `data` begins with."""
    at = 0
    while at < len(data) and data[at] & 0x80:
        first = data[at]
        if first & 0x40:
            packet = _packet(data, at + 1, first & 0x3F)
        else:
            packet = _old_packet(data, at + 1, first >> 2 & 0xF, first & 3)
        if packet is None:
            return
        yield packet
        at = packet.end


def is_message(data: memoryview) -> bool:
    """Is anything in the packets but keys and signatures?"""
    return any(packet.tag not in ABOUT for packet in packets(data))


def _old_packet(data: memoryview, at: int, tag: int, kind: int) -> Packet | None:
    """A packet whose length has one, two or four bytes, or goes to the end (section 4.2.2)."""
    if not tag:
        return None
    if kind == 3:
        return Packet(tag, (data[at:],), len(data), True)
    size = 1 << kind
    if at + size > len(data):
        return None
    start = at + size
    end = start + int.from_bytes(data[at:start])
    return Packet(tag, (data[start:end],), min(end, len(data)), end <= len(data))


def _packet(data: memoryview, at: int, tag: int) -> Packet | None:
    """A packet whose length tells its own size, or that of one piece (section 4.2.1)."""
    pieces: list[memoryview] = []
    while tag and at < len(data):
        first = data[at]
        partial = 224 <= first < 255
        size = 5 if first == 255 else 2 if 192 <= first < 224 else 1
        if partial:
            length = 1 << (first & 0x1F)
        elif size == 5:
            length = int.from_bytes(data[at + 1 : at + 5])
        else:
            length = first if size == 1 else (first - 192 << 8) + int.from_bytes(data[at + 1 : at + 2]) + 192
        start = at + size
        at = start + length
        pieces.append(data[start:at])
        if not partial:
            return Packet(tag, tuple(pieces), min(at, len(data)), at <= len(data))
    return Packet(tag, tuple(pieces), len(data), False) if pieces else None
