"""Compressed streams: one layer, all streams of the file, every byte accounted for."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.base import STREAMS, inner_names

Unpack = Callable[..., Any]
DATA = b"".join(b"%d " % number for number in range(50_000))


def make_lzip(data: bytes) -> bytes:
    """One lzip member."""
    chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 16, "lc": 3, "lp": 0, "pb": 2}]
    body = lzma.compress(data, lzma.FORMAT_RAW, filters=chain)
    return b"LZIP\1\x10" + body + struct.pack("<IQQ", zlib.crc32(data), len(data), 26 + len(body))


def make_lzma(data: bytes) -> bytes:
    """A stream of the old lzma tool."""
    return lzma.compress(data, lzma.FORMAT_ALONE)


MAKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lz": make_lzip,
    "lzma": make_lzma,
}
CONCATENATED = ("gz", "bz2", "xz", "lz")


@pytest.mark.parametrize("type", MAKERS)
@pytest.mark.parametrize("data", [b"", b"x", DATA], ids=len)
def test_one_stream(unpack: Unpack, type: str, data: bytes) -> None:
    """What was packed comes out."""
    opened = unpack(type, MAKERS[type](data))
    assert (opened.members, opened.gaps) == ([((), data)], [])


@pytest.mark.parametrize("type", CONCATENATED)
def test_all_streams(unpack: Unpack, type: str) -> None:
    """Streams that follow one another are one content, padding between them is nothing."""
    packed = MAKERS[type](DATA) + MAKERS[type](b"") + bytes(8) + MAKERS[type](b"end") + bytes(1000)
    opened = unpack(type, packed)
    assert (opened.members, opened.gaps) == ([((), DATA + b"end")], [])


@pytest.mark.parametrize("type", MAKERS)
def test_bytes_behind(unpack: Unpack, type: str) -> None:
    """What follows the last stream is a gap."""
    opened = unpack(type, MAKERS[type](b"data") + b"MZ payload")
    assert opened.members == [((), b"data")]
    assert opened.reasons == {Reason.UNREADABLE}


@pytest.mark.parametrize("type", MAKERS)
def test_truncated_anywhere(unpack: Unpack, type: str) -> None:
    """A stream cut at any byte is a gap."""
    packed = MAKERS[type](b"hello hello hello")
    for cut in range(len(packed)):
        opened = unpack(type, packed[:cut])
        assert opened.reasons == {Reason.UNREADABLE}, cut


@pytest.mark.parametrize("type", ["gz", "bz2", "xz", "lz"])
def test_checksum(unpack: Unpack, type: str) -> None:
    """A stream whose checksum is wrong is a gap."""
    packed = bytearray(MAKERS[type](b"hello"))
    packed[{"gz": -8, "bz2": 10, "xz": -30, "lz": -20}[type]] ^= 1
    assert unpack(type, bytes(packed)).reasons == {Reason.UNREADABLE}


@pytest.mark.parametrize("type", MAKERS)
def test_limit(unpack: Unpack, type: str) -> None:
    """Output is cut at the limit and told; a bomb ends there."""
    packed = MAKERS[type](bytes(3_000_000))
    opened = unpack(type, packed, replace(Limits(), member_bytes=1_000_000))
    assert opened.members == [((), bytes(1_000_000))]
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert unpack(type, packed, replace(Limits(), member_bytes=3_000_000)).gaps == []


@pytest.mark.parametrize("type", MAKERS)
def test_stop(unpack: Unpack, type: str) -> None:
    """When the sink says stop, nothing more comes: the collector would fail."""
    opened = unpack(type, MAKERS[type](bytes(3_000_000)), max_bytes=100_000)
    assert 100_000 < len(opened.members[0][1]) < 300_000


def test_name_in_header(unpack: Unpack) -> None:
    """A gzip header's name is the member's, behind an extra field too."""
    body = gzip.compress(b"x")[10:]
    named = b"\x1f\x8b\x08\x08" + bytes(4) + b"\0\3" + b"evil.js\0" + body
    assert unpack("gz", named).names == [("evil.js",)]
    extra = b"\x1f\x8b\x08\x0c" + bytes(4) + b"\0\3" + b"\4\0ABCD" + "ä.js".encode("latin-1") + b"\0" + body
    assert unpack("gz", extra).members == [(("ä.js",), b"x")]


def test_one_layer_only(unpack: Unpack) -> None:
    """A stream in a stream is the content, not opened here."""
    inner = gzip.compress(b"x")
    assert unpack("gz", gzip.compress(inner)).members == [((), inner)]


@pytest.mark.parametrize("type", ["Z", "lz4", "zst", "rpm"])
def test_not_such_a_stream(unpack: Unpack, type: str) -> None:
    """Bytes that the decoder does not know are a gap, never passed on as they are."""
    opened = unpack(type, b"no stream at all" * 50)
    assert (opened.members, opened.reasons) == ([], {Reason.UNREADABLE})


def test_zstd_and_lz4(unpack: Unpack) -> None:
    """Frames with stored blocks, written by hand: all of them come out."""
    zst = b"\x28\xb5\x2f\xfd\x20\x05" + (1 | 5 << 3).to_bytes(3, "little") + b"hello"
    assert unpack("zst", zst + zst).members == [((), b"hellohello")]
    lz4 = b"\x04\x22\x4d\x18\x60\x40\x82" + (5 | 1 << 31).to_bytes(4, "little") + b"hello" + bytes(4)
    assert unpack("lz4", lz4 + lz4).members == [((), b"hellohello")]


@pytest.mark.parametrize(
    ("name", "inner"),
    [
        ("a.tar.gz", ("a.tar",)),
        ("a.TGZ", ("a.tar",)),
        ("invoice.js.xz", ("invoice.js",)),
        ("plain", ()),
        (".gz", ()),
        ("a.exe", ()),
    ],
)
def test_inner_names(name: str, inner: tuple[str, ...]) -> None:
    """What a compressed file holds is called like it, less the suffix."""
    assert inner_names((name,)) == inner


def test_streams_are_listed() -> None:
    """The list that tells whose content is called after the container."""
    assert frozenset({"gz", "zlib", "bz2", "xz", "lzma", "lz", "Z", "lz4", "zst", "rpm", "p7m", "pgp"}) == STREAMS
