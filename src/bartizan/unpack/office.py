"""What the binary formats of Word, Excel, PowerPoint and Outlook keep in their streams: encryption, objects, bodies.

In: the name of a stream in lower case and its bytes. Out: whether the document is encrypted (MS-DOC 2.5.1,
MS-XLS 2.4.117, MS-PPT 2.3.2, MS-OFFCRYPTO), objects of a presentation, the RTF of an Outlook body. Never raises.
A workbook that opens without a question (its password is a constant of Excel) is encrypted all the same.

Limits: RECORDS records of a workbook, OBJECTS objects, the caller's number of bytes.
Known gaps: pictures and texts that these formats compress; Excel 4 macros, fields and other active content as findings.
Not here: streams (compound.py), files with names (package.py), macros (ovba.py).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

RECORDS = 100_000
OBJECTS = 1000
BEGINS, ENDS, FILE_PASS = (0x0809, 0x0409, 0x0209, 0x0009), 0x000A, 0x002F
ENCRYPTED_TOKEN = bytes.fromhex("dfc4d1f3")
HEAD = 16

_COMPRESSED = re.compile(rb"\x10\x00\x11\x10(.{4}).{4}(?=\x78)", re.DOTALL)
_PLAIN = re.compile(rb"\x00\x00\x11\x10(.{4})(?=\xd0\xcf\x11\xe0)", re.DOTALL)
"""Headers of ExOleObjStg records (MS-PPT 2.10.34): wherever they are, since edits leave objects behind."""

PRELOADED = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
"""What the dictionary of a compressed RTF begins with (MS-OXRTFCP 2.1.2.1)."""
WINDOW = 4096


def is_encrypted(name: str, content: bytes) -> bool:
    """Does this stream say that its document is encrypted?"""
    match name:
        case "encryptedpackage" | "encryptioninfo":
            return True
        case "worddocument":
            return content[:2] == b"\xec\xa5" and bool(content[11:12] and content[11] & 1)
        case "workbook" | "book":
            return _has_password(content)
        case "current user":
            return content[12:16] == ENCRYPTED_TOKEN
        case _:
            return False


def _has_password(content: bytes) -> bool:
    """A FilePass record among those before the first sheet."""
    at = 0
    for count in range(RECORDS):
        kind = int.from_bytes(content[at : at + 2], "little")
        if kind == FILE_PASS:
            return True
        if kind == ENDS or at >= len(content) or (not count and kind not in BEGINS):
            break
        at += 4 + int.from_bytes(content[at + 2 : at + 4], "little")
    return False


def objects(content: bytes, most: int) -> Iterator[tuple[bytes, bool]]:
    """The objects in the stream of a presentation, and whether each is whole; OBJECTS of them and one more."""
    for count, found in enumerate(_COMPRESSED.finditer(content)):
        size = int.from_bytes(found[1], "little")
        inflater = zlib.decompressobj()
        try:
            plain = inflater.decompress(content[found.end() : found.start() + 8 + size], most)
        except zlib.error:
            plain = b""
        yield plain, inflater.eof
        if count == OBJECTS:
            return
    for count, found in enumerate(_PLAIN.finditer(content)):
        size = int.from_bytes(found[1], "little")
        yield content[found.end() : found.end() + size], found.end() + size <= len(content)
        if count == OBJECTS:
            return


def compressed_rtf(content: bytes, most: int) -> tuple[bytes, bool]:
    """The RTF body of an Outlook message (MS-OXRTFCP 2.2), and whether it is whole."""
    kind = content[8:12]
    if kind == b"MELA":
        return content[HEAD : HEAD + most], True
    if kind != b"LZFu":
        return b"", False
    window = bytearray(PRELOADED.ljust(WINDOW, b"\0"))
    place = len(PRELOADED)
    out = bytearray()
    at = HEAD
    while at < len(content) and len(out) < most:
        flags = content[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                piece = content[at : at + 1]
                at += 1
                if piece:
                    window[place] = piece[0]
                    place = (place + 1) % WINDOW
                    out += piece
                continue
            if at + 2 > len(content):
                return bytes(out), False
            token = int.from_bytes(content[at : at + 2], "big")
            at += 2
            back = token >> 4
            if back == place:
                return bytes(out), True
            for _ in range((token & 15) + 2):
                byte = window[back]
                window[place] = byte
                out.append(byte)
                back, place = (back + 1) % WINDOW, (place + 1) % WINDOW
    return bytes(out), at >= len(content)
