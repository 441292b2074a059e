"""Zips that hold more than their directory says: the bytes as one, in front of one, behind it, and in its middle."""

from __future__ import annotations

from bartizan.unpack.zipnames import NAME, directory, names
from bartizan.unpack.ziprest import Read, give_rest
from fuzz.archives import LIMITS, Sink
from fuzz.chance import chance_of
from hostile.cases import behind, listed_zip, local

LISTED = listed_zip()


def TestOneInput(data: bytes) -> None:
    """Members and gaps to a sink that stops early; an entry in front is never passed over."""
    chance = chance_of(data)
    cut = chance.randrange(len(LISTED))
    for packed in (data, behind(data), LISTED + data, LISTED[:cut] + data + LISTED[cut:], data + LISTED + data):
        for members, size in ((20, 1 << 20), (chance.randrange(3), chance.randrange(5000))):
            sink = Sink(members, size)
            assert give_rest(packed, Read(), sink, LIMITS) or sink.stopped or sink.told
        table = directory(packed, 20)
        assert len(table.listed) <= 20
        assert 0 <= table.start <= table.stop or not table.listed
        found = names(packed, 20)
        assert all(found.found)
        assert all(len(name.encode()) <= 4 * NAME for name in found.found)
    sink = Sink(1000, 1 << 20)
    give_rest(behind(local(0, b"hidden", packed=4) + b"text" + data), Read(), sink, LIMITS)
    assert sink.begun
