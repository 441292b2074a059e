"""Writes encrypted binary documents of Word, Excel and PowerPoint (MS-OFFCRYPTO) for the tests."""

from __future__ import annotations

import hashlib
import struct

from msoffcrypto.method.xor_obfuscation import DocumentXOR  # type: ignore[import-untyped]

from bartizan._core.rc4 import rc4
from bartizan.unpack.officeciphers import Api, Basic
from unpack.compound_file import Tree
from unpack.test_officetext import word

SALT, VERIFIER = bytes(range(16)), bytes(range(16, 32))
TEXT = "The quarterly figures were sent to the board. " * 60


def cipher_of(kind: str, password: str) -> Basic | Api:
    """A cipher by its name."""
    return Basic(password, SALT) if kind == "basic" else Api(password, SALT, int(kind[3:]) // 8)


def header_of(cipher: Basic | Api) -> bytes:
    """The encryption header."""
    if isinstance(cipher, Basic):
        return b"\1\0\1\0" + SALT + rc4(cipher.key(0), VERIFIER + hashlib.md5(VERIFIER).digest())
    name = "Microsoft Base Cryptographic Provider v1.0\0".encode("utf-16-le")
    told = struct.pack("<8I", 4, 0, 0x6801, 0x8004, cipher.size * 8, 1, 0, 0) + name
    sealed = rc4(cipher.key(0), VERIFIER + hashlib.sha1(VERIFIER).digest())
    verifier = struct.pack("<I", 16) + SALT + sealed[:16] + struct.pack("<I", 20) + sealed[16:]
    return b"\2\0\2\0" + struct.pack("<II", 4, len(told)) + told + verifier


def in_blocks(cipher: Basic | Api, content: bytes, size: int) -> bytes:
    """Each block with a key of its own."""
    return b"".join(rc4(cipher.key(at // size), content[at : at + size]) for at in range(0, len(content), size))


def sealed_word(kind: str, password: str) -> Tree:
    """A document of Word."""
    cipher = cipher_of(kind, password)
    header = header_of(cipher)
    tree = word((TEXT, True), ("日本", False))
    document = bytearray(tree["WordDocument"])  # type: ignore[arg-type]
    table = bytes(tree["1Table"])  # type: ignore[arg-type]
    struct.pack_into("<I", document, 0x1A2, 8 + len(header))
    document[11] |= 1
    document[14:18] = struct.pack("<I", len(header))
    table = header + table
    document[68:] = in_blocks(cipher, bytes(document), 512)[68:]
    table = header + in_blocks(cipher, table, 512)[len(header) :]
    return {"WordDocument": bytes(document), "1Table": table, "Data": in_blocks(cipher, b"picture" * 200, 512)}


def book(check: bytes) -> tuple[bytes, list[tuple[int, int]]]:
    """A workbook with the record of its encryption, and the spans that are encrypted."""
    text = TEXT.encode()
    strings = struct.pack("<IIHB", 1, 1, len(text), 0) + text
    records = [
        (0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)),
        (0x002F, check),
        (0x00E1, b"\xb0\x04"),
        (0x0085, struct.pack("<IBBB", 4000, 0, 0, 5) + b"\0First"),
        (0x00FC, strings),
        (0x000A, b""),
    ]
    stream, spans = b"", []
    for kind, content in records:
        clear = len(content) if kind in (0x0809, 0x002F, 0x00E1) else 4 if kind == 0x0085 else 0
        stream += struct.pack("<HH", kind, len(content))
        spans.append((len(stream) + clear, len(stream) + len(content)))
        stream += content
    return stream, spans


def sealed_book(kind: str, password: str) -> Tree:
    """A workbook of Excel."""
    cipher = cipher_of(kind, password)
    stream, spans = book(b"\1\0" + header_of(cipher))
    noise, sealed = in_blocks(cipher, stream, 1024), bytearray(stream)
    for start, stop in spans:
        sealed[start:stop] = noise[start:stop]
    return {"Workbook": bytes(sealed)}


def turned_book(password: str) -> Tree:
    """A workbook that is obfuscated by XOR."""
    key = DocumentXOR.create_xor_key_method1(password)
    verifier = next(number for number in range(1 << 16) if DocumentXOR.verifypw(password, number))
    stream, spans = book(struct.pack("<HHH", 0, key, verifier))
    pad, sealed = DocumentXOR.create_xor_array_method1(password), bytearray(stream)
    for start, stop in spans:
        # Counted from where the record begins, and on by its size.
        shift = stop - start + (4 if stop - start == 10 else 0)
        for at in range(start, stop):
            byte = sealed[at]
            sealed[at] = ((byte << 5 | byte >> 3) & 0xFF) ^ pad[(at + shift) % 16]
    return {"Workbook": bytes(sealed)}


def record(kind: int, content: bytes, version: int = 0) -> bytes:
    """A record of a presentation."""
    return struct.pack("<HHI", version, kind, len(content)) + content


def sealed_slides(password: str, *, pictures: bytes = b"", loop: bool = False) -> Tree:
    """A presentation of PowerPoint: two objects, its encryption, and an edit that lists them."""
    cipher = Api(password, SALT, 16)
    text = record(0x0FA8, TEXT.encode())
    stream, places = b"", {}
    for number, content in ((1, record(0x03E8, text, 15)), (2, record(0x03EE, text, 15))):
        places[number] = len(stream)
        stream += rc4(cipher.key(number), content)
    places[3] = len(stream)
    stream += record(0x2F14, header_of(cipher), 15)
    directory = len(stream)
    stream += record(0x1772, struct.pack("<I3I", 3 << 20 | 1, *places.values()))
    edit = len(stream)
    last = edit if loop else 0
    stream += record(0x0FF5, struct.pack("<IIIIIIII", 0, 0x03000000, last, directory, 1, 3, 1, 3))
    user = record(
        0x0FF6, struct.pack("<III", 20, 0xF3D1C4DF, edit) + struct.pack("<HHBBH", 1, 1012, 3, 0, 0) + b"a" * 5
    )
    tree: dict[str, bytes] = {"Current User": user, "PowerPoint Document": stream}
    return {**tree, "Pictures": pictures} if pictures else tree
