"""ActiveMime files (editdata.mso): the macros of an Office document that is a web page, compressed behind a header.

The header differs between versions, so compressed data is looked for in the first WINDOW bytes. The content, an OLE
document, is one member; so is all else that can be inflated to its end. None, or one that ends early, is a gap.
Limits: `member_bytes` of all together.
"""

from __future__ import annotations

import io
import zlib

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give
from bartizan.unpack.sink import Sink

WINDOW = 1024
PLACE = 0x32
CHUNK = 64 * 1024


def open_activemime(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the content of an ActiveMime file to the sink."""
    head = bytes(data[:WINDOW])
    places = [at for at in range(len(head) - 1) if head[at] == 0x78 and int.from_bytes(head[at : at + 2]) % 31 == 0]
    left = limits.member_bytes
    some = b""
    ended = False
    for at in sorted(places, key=lambda at: at != PLACE):
        content, ends = _inflate(data[at:], max(left, 0))
        left -= len(content)
        if ends and content:
            ended = True
            if not give(sink, (), content, limits):
                return
        some = some or content
        if left < 0:
            break
    if not ended and some and not give(sink, (), some[: limits.member_bytes], limits):
        return
    if left < 0:
        sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {limits.member_bytes} bytes")
    elif not ended:
        problem = "compression that is cut short or damaged" if some else "no compressed data in an ActiveMime file"
        sink.gap(Reason.UNREADABLE, problem)


def _inflate(packed: memoryview, most: int) -> tuple[bytes, bool]:
    """What can be inflated, `most` bytes and one more, and whether it ends as it should."""
    inflater = zlib.decompressobj()
    out = io.BytesIO()
    for at in range(0, len(packed), CHUNK):
        if inflater.eof or out.tell() > most:
            break
        try:
            out.write(inflater.decompress(packed[at : at + CHUNK], most + 1 - out.tell()))
        except zlib.error:
            return out.getvalue(), False
    return out.getvalue(), inflater.eof
