"""Source text of VBA projects: decompression and the list of modules (MS-OVBA 2.4.1, 2.3.4.2).

In: the bytes of streams. Out: source text, as bytes in the project's code page. Never raises.
Limits: the caller's number of bytes.
Known gaps: modules that consist of compiled code alone; Excel 5 modules.
Not here: whether macros are welcome (policy).
"""

from __future__ import annotations

from dataclasses import dataclass

CHUNK = 4096
MODULE_NAME, STREAM_NAME, STREAM_NAME_WIDE, OFFSET, VERSION = 0x19, 0x1A, 0x32, 0x31, 0x09
BEGINNING = b"\0Attribut"
"""How compressed source begins: a flag byte and eight literals of `Attribute`."""


@dataclass(frozen=True, slots=True)
class Module:
    """Where the source of a module begins in its stream."""

    stream: str
    offset: int


def decompress(data: bytes, at: int, most: int) -> tuple[bytes, bool]:
    """The content of the compressed container at `at`, `most` bytes or a little more; False: it is damaged."""
    if data[at : at + 1] != b"\1":
        return b"", False
    out = bytearray()
    at += 1
    while at < len(data) and len(out) < most:
        header = int.from_bytes(data[at : at + 2], "little")
        if header >> 12 & 7 != 3:
            return bytes(out), False
        end = min(at + (header & 0xFFF) + 3, len(data))
        if header & 0x8000:
            if not _chunk(data, at + 2, end, out):
                return bytes(out), False
        else:
            end = at + 2 + CHUNK
            out += data[at + 2 : end]
        at = end
    return bytes(out), True


def _chunk(data: bytes, at: int, end: int, out: bytearray) -> bool:
    """Append one compressed chunk to `out`; False if it refers to what is not there or is too long."""
    start = len(out)
    while at < end:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= end:
                break
            if not flags >> bit & 1:
                out.append(data[at])
                at += 1
                continue
            token = int.from_bytes(data[at : min(at + 2, end)], "little")
            at += 2
            done = len(out) - start
            bits = max((done - 1).bit_length(), 4) if done else 4
            length = (token & 0xFFFF >> bits) + 3
            back = (token >> 16 - bits) + 1
            if back > done:
                return False
            piece = out[-back:][:length]
            out += (piece * -(-length // len(piece)))[:length]
        if len(out) - start > CHUNK:
            del out[start + CHUNK :]
            return False
    return True


def modules(directory: bytes) -> list[Module]:
    """The modules that a project's decompressed `dir` stream lists."""
    found: list[Module] = []
    stream = ""
    at = 0
    while at + 6 <= len(directory):
        kind = int.from_bytes(directory[at : at + 2], "little")
        size = int.from_bytes(directory[at + 2 : at + 6], "little") if kind != VERSION else 6
        value = directory[at + 6 : at + 6 + size]
        if kind == STREAM_NAME_WIDE:
            stream = value.decode("utf-16-le", "replace")
        elif kind == STREAM_NAME:
            stream = value.decode("latin-1")
        elif kind == OFFSET:
            found.append(Module(stream.lower(), int.from_bytes(value[:4], "little")))
        at += 6 + size
    return found


def source(content: bytes, offset: int | None, most: int) -> tuple[bytes, bool] | None:
    """The source in a module's stream, at `offset` or where it is found; None if there is none."""
    if offset is None or content[offset : offset + 1] != b"\1":
        at = content.find(BEGINNING) - 3
        if at < 0 or content[at : at + 1] != b"\1":
            return None if offset is None else (b"", False)
        offset = at
    return decompress(content, offset, most)
