"""ActiveMime files: the document that is compressed in them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits

Unpack = Callable[..., Any]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 4


def activemime(content: bytes, place: int = 0x32) -> bytes:
    """A file whose header has the length that is usual, or another one."""
    return b"ActiveMime\0\0\1\xf0\4\0\0\0\xff\xff\xff\xff".ljust(place, b"\7") + zlib.compress(content)


@given(content=st.binary(min_size=1, max_size=500), place=st.sampled_from([0x32, 0x22A, 0x22, 100]))
def test_content(content: bytes, place: int, unpack: Unpack) -> None:
    """Wherever its compressed data begins."""
    packed = activemime(content, place)
    opened = unpack("mso", packed)

    assert sniff(packed) == "mso"
    assert (opened.members, opened.gaps) == ([((), content)], [])


@pytest.mark.parametrize("cut", [30, 0x32, 0x34, 0x32 + 60])
def test_damage(cut: int, unpack: Unpack) -> None:
    """What could be inflated is given, and a gap."""
    opened = unpack("mso", activemime(OLE)[:cut])
    assert opened.reasons == {Reason.UNREADABLE}
    assert all(OLE.startswith(data) for _, data in opened.members)


def test_limits(unpack: Unpack) -> None:
    """A document above the limit is cut; the sink's stop is obeyed."""
    packed = activemime(bytes(1_000_000))
    opened = unpack("mso", packed, replace(Limits(), member_bytes=5000))
    assert ([len(data) for _, data in opened.members], opened.reasons) == ([5000], {Reason.LIMIT_MEMBER_BYTES})
    assert len(unpack("mso", packed, max_members=0).members) == 1


def test_another_stream_in_the_usual_place(unpack: Unpack) -> None:
    """Where the header leads may be somewhere else: everything that ends as it should comes out."""
    front = activemime(b"harmless" * 5)
    contents = [content for _, content in unpack("mso", front + zlib.compress(OLE)).members]
    assert contents == [b"harmless" * 5, OLE]
