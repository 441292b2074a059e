"""Files that an image has compressed (zisofs, with which Linux reads them).

In: the packed file. Out: what it holds, and whether that is all. Never raises. Not here: which files those are.
"""

from __future__ import annotations

import struct
import zlib

MAGIC = b"\x37\xe4\x53\x96\xc9\xdb\xd6\x07"


def unpacked(packed: bytes, most: int) -> tuple[bytes, bool]:
    """The content, `most` bytes of it at most; a file that is not packed is its content."""
    if not packed.startswith(MAGIC) or len(packed) < 16:
        return packed, True
    size, header, shift = struct.unpack_from("<IBB", packed, 8)
    if not 15 <= shift <= 17:
        return packed, False
    block = 1 << shift
    count = -(-size // block)
    table = packed[4 * header : 4 * header + 4 * (count + 1)]
    if len(table) < 4 * (count + 1):
        return packed, False
    places = struct.unpack(f"<{count + 1}I", table)
    out = bytearray()
    for number in range(count):
        if len(out) >= most:
            return bytes(out), True
        piece = packed[places[number] : places[number + 1]]
        wanted = min(block, size - number * block)
        try:
            plain = zlib.decompressobj().decompress(piece, wanted) if piece else bytes(wanted)
        except zlib.error:
            return bytes(out), False
        out += plain
        if len(plain) < wanted:
            return bytes(out), False
    return bytes(out), True
