"""One member on its way into a sink, cut at the limit of a member's bytes, and its name.

Not here: what the members are (the openers), limits of all members together (the walk).
"""

from __future__ import annotations

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.sink import Sink

LONGEST_NAME = 2000


def give(sink: Sink, names: tuple[str, ...], content: bytes | memoryview, limits: Limits) -> bool:
    """Give a whole member; what is above `member_bytes` is a gap. False: the sink said stop."""
    most = limits.member_bytes
    if not (sink.member(names) and sink.data(memoryview(content)[:most])):
        return False
    if len(content) > most:
        sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {most} bytes")
    return True


def ends(name: str) -> str:
    """A name of LONGEST_NAME characters at most: its end says what a double click does, its beginning is what people
    see."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME // 2] + name[-LONGEST_NAME // 2 :]


def shown(raw: bytes, codec: str = "utf-8") -> str:
    """A name's bytes as text: by `codec`, else as Latin-1, never failing."""
    try:
        return raw.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return raw.decode("latin-1")
