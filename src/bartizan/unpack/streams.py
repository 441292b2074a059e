"""Compressed streams that Python's own decoders read: gzip, zlib, bzip2, xz, lzma, lzip; all streams of a file in turn.

The decoders are the same C libraries that libarchive would call, but it would also unwrap streams inside streams by
itself, without end for a file that contains itself. Here one layer is taken off; checksums and lengths are verified.

The result is one member. It carries the name that a gzip header holds (RFC 1952), else none: it then goes by the
container's name less its suffix. Zeros between and behind streams are padding; anything else behind them is a gap.

Limits: `member_bytes` of output, 256 MiB of memory for an xz or lzma dictionary.

Not here: what is inside (the walk recognises a tar); .Z, lz4 and zstd (archive.py).
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Protocol

from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.sink import Sink

CHUNK = 64 * 1024
MEMORY = 256 * MIB


class Decoder(Protocol):
    """One stream. `decompress` raises one of ERRORS for damage; `unused_data` counts once `eof` is True."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class _Deflate:
    """zlib behind the interface that bz2 and lzma have; verifies length and checksum of its stream."""

    __slots__ = ("inner",)

    def __init__(self, wbits: int) -> None:
        self.inner = zlib.decompressobj(wbits=wbits)

    @property
    def eof(self) -> bool:
        return self.inner.eof

    @property
    def needs_input(self) -> bool:
        return not self.inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self.inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self.inner.decompress(self.inner.unconsumed_tail + data, max_length)


class _Lzip:
    """A member of a lzip file: header, LZMA stream that ends with a marker, trailer of CRC, size and member size."""

    TRAILER = 20

    def __init__(self) -> None:
        self.inner: lzma.LZMADecompressor | None = None
        self.head = b""
        self.tail = b""
        self.crc = 0
        self.size = 0

    @property
    def eof(self) -> bool:
        return len(self.tail) >= self.TRAILER

    @property
    def needs_input(self) -> bool:
        return self.inner is None or self.inner.eof or self.inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self.tail[self.TRAILER :]

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        if self.inner is None:
            self.head += data
            if len(self.head) < 6:
                return b""
            self.inner, data = self._start(self.head), self.head[6:]
        if self.inner.eof:
            self.tail += data
            decoded = b""
        else:
            decoded = self.inner.decompress(data, max_length)
            self.crc = zlib.crc32(decoded, self.crc)
            self.size += len(decoded)
            if self.inner.eof:
                self.tail = self.inner.unused_data
        if self.eof and self.tail[:12] != self.crc.to_bytes(4, "little") + self.size.to_bytes(8, "little"):
            raise ValueError("checksum or size is wrong")
        return decoded

    @staticmethod
    def _start(head: bytes) -> lzma.LZMADecompressor:
        code = head[5]
        dictionary = 1 << (code & 31)
        dictionary -= dictionary // 16 * (code >> 5)
        if head[4] != 1 or not 4096 <= dictionary <= 512 * MIB:
            raise ValueError("unknown version or dictionary size")
        chain = [{"id": lzma.FILTER_LZMA1, "dict_size": dictionary, "lc": 3, "lp": 0, "pb": 2}]
        return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=chain)


STREAMS: dict[str, tuple[bytes, Callable[[], Decoder]]] = {
    "gz": (b"\x1f\x8b", lambda: _Deflate(31)),
    "zlib": (b"", lambda: _Deflate(15)),
    "bz2": (b"BZh", bz2.BZ2Decompressor),
    "xz": (b"\xfd7zXZ\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)),
    "lzma": (b"", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MEMORY)),
    "lz": (b"LZIP", _Lzip),
}
"""For each type, how a further stream of the same file begins (never, if empty), and a new decoder."""


def open_stream(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give the content of a compressed file of `type`, a key of STREAMS, to the sink as one member."""
    magic, start = STREAMS[type]
    if not sink.member(_gzip_name(data) if type == "gz" else ()):
        return
    at = size = 0
    while True:
        try:
            decoder = start()
            while not decoder.eof:
                chunk = bytes(data[at : at + CHUNK]) if decoder.needs_input else b""
                if decoder.needs_input and not chunk:
                    sink.gap(Reason.UNREADABLE, f"truncated {type} stream")
                    return
                at += len(chunk)
                decoded = decoder.decompress(chunk, CHUNK)
                room = limits.member_bytes - size
                if decoded and room and not sink.data(decoded[:room]):
                    return
                size += len(decoded)
                if size > limits.member_bytes:
                    sink.gap(Reason.LIMIT_MEMBER_BYTES, f"more than {limits.member_bytes} bytes")
                    return
        except ERRORS as error:
            sink.gap(Reason.UNREADABLE, f"damaged {type} stream: {error}")
            return
        at = _skip_zeros(data, at - len(decoder.unused_data))
        if at == len(data):
            return
        if not magic or bytes(data[at : at + len(magic)]) != magic:
            sink.gap(Reason.UNREADABLE, f"{len(data) - at} bytes follow the {type} stream")
            return


def _skip_zeros(data: memoryview, at: int) -> int:
    while at < len(data):
        chunk = bytes(data[at : at + CHUNK])
        kept = chunk.lstrip(b"\0")
        at += len(chunk) - len(kept)
        if kept:
            break
    return at


def _gzip_name(data: memoryview) -> tuple[str, ...]:
    """The name in a gzip header (RFC 1952 section 2.3.1: ISO 8859-1; in practice often UTF-8); () without one."""
    head = bytes(data[: 64 * 1024])
    if len(head) < 10 or not head[3] & 8:
        return ()
    at = 10
    if head[3] & 4:
        at += 2 + int.from_bytes(head[10:12], "little")
    end = head.find(b"\0", at)
    raw = head[at:end] if end > at else b""
    if not raw:
        return ()
    try:
        return (raw.decode(),)
    except UnicodeDecodeError:
        return (raw.decode("latin-1"),)
