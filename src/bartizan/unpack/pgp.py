"""OpenPGP messages (RFC 9580): what is signed or compressed in them; what is encrypted is a gap.

A literal packet is a member under the name that it gives, a compressed one is inflated and holds packets again. Keys
and signatures hold nothing. Of a text each block of armour is opened, what is around them is a member; bytes behind the
packets are one too. A block for a message that no packet begins, and a packet that ends early, is a gap.
Limits: `member_bytes` of a packet, `total_bytes` of all that is inflated, DEPTH compressed packets in each other,
PACKETS packets and BLOCKS blocks. Not here: packets (message.pgp), whether signatures are right.
"""

from __future__ import annotations

import bz2
import io
import zlib
from collections.abc import Callable, Iterable
from typing import Protocol

from bartizan.message import pgp
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack.give import give, shown
from bartizan.unpack.sink import Sink

DEPTH = 16
PACKETS = 10_000
BLOCKS = 1000
CHUNK = 64 * 1024
MESSAGE = b"-----BEGIN PGP MESSAGE"


class _Inflater(Protocol):
    """A decompressor of Python's."""

    @property
    def eof(self) -> bool: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


INFLATERS: dict[int, Callable[[], _Inflater]] = {
    1: lambda: zlib.decompressobj(wbits=-15),
    2: zlib.decompressobj,
    3: bz2.BZ2Decompressor,
}
"""By the number of the algorithm; 0 is none at all."""
ERRORS = (zlib.error, OSError, ValueError, EOFError)


def holds_nothing(data: memoryview) -> bool:
    """Are these only keys and signatures, as most are?"""
    if not _is_armoured(data):
        return not pgp.is_message(data)
    text = bytes(data)
    end = 0
    for block in pgp.blocks(text):
        if text[end : block.start].strip() or _is_for_message(text, block):
            return False
        if pgp.is_message(memoryview(block.content)):
            return False
        end = block.end
    return end > 0 and not text[end:].strip()


def _is_for_message(text: bytes, block: pgp.Block) -> bool:
    return text[block.start : block.start + len(MESSAGE)].upper() == MESSAGE


def _is_armoured(data: memoryview) -> bool:
    return bytes(data[:64]).lstrip(b"\xef\xbb\xbf \t\r\n\f").upper().startswith(pgp.ARMOUR)


def open_pgp(type: str, data: memoryview, sink: Sink, limits: Limits) -> None:
    """Give what is in an OpenPGP message to the sink, or say what it keeps from us."""
    armoured = _is_armoured(data)
    message = _Message(sink, limits, certain=armoured)
    if armoured:
        _open_armour(bytes(data), message)
    else:
        message.open(data, 0)


def _open_armour(text: bytes, message: _Message) -> None:
    around: list[bytes] = []
    end = 0
    for number, block in enumerate(pgp.blocks(text)):
        if number == BLOCKS:
            message.sink.gap(Reason.LIMIT_MEMBERS, f"more than {BLOCKS} blocks of armour")
            break
        around.append(text[end : block.start])
        end = block.end
        if next(pgp.packets(memoryview(block.content)), None) is None and _is_for_message(text, block):
            message.gap(Reason.ENCRYPTED_PGP, "PGP message")
        elif not message.open(memoryview(block.content), 0):
            return
    if not end:
        message.gap(Reason.ENCRYPTED_PGP, "PGP armour that cannot be read")
    rest = b"".join((*around, text[end:])).strip()
    if rest:
        give(message.sink, (), rest, message.limits)


class _Message:
    """Packets on their way into the sink. `left`: bytes that may still be inflated, `packets` that may be read;
    `certain`: it says that it is a message."""

    __slots__ = ("certain", "left", "limits", "packets", "sink", "told")

    def __init__(self, sink: Sink, limits: Limits, *, certain: bool) -> None:
        self.certain = certain
        self.sink = sink
        self.limits = limits
        self.left = limits.total_bytes
        self.packets = PACKETS
        self.told: set[Reason] = set()

    def gap(self, reason: Reason, detail: str) -> None:
        """Tell a gap, each reason once."""
        if reason not in self.told:
            self.told.add(reason)
            self.sink.gap(reason, detail)

    def open(self, data: memoryview, depth: int) -> bool:
        """Give what the packets hold, and what is behind them. False: the sink said stop."""
        end = 0
        for packet in pgp.packets(data):
            end = packet.end
            self.packets -= 1
            if self.packets < 0:
                self.gap(Reason.LIMIT_MEMBERS, f"more than {PACKETS} packets")
                return True
            if packet.tag in pgp.SEALED:
                self.gap(Reason.ENCRYPTED_PGP, "PGP message")
            elif packet.tag in pgp.HOLDING:
                compressed = packet.tag == pgp.COMPRESSED
                if not (self._compressed(packet, depth) if compressed else self._literal(packet)):
                    return False
                if not packet.whole:
                    self.gap(Reason.UNREADABLE, "a PGP message that is cut short")
        return end == len(data) or give(self.sink, (), data[end:], self.limits)

    def _literal(self, packet: pgp.Packet) -> bool:
        """A format, a name with its length, a time of four bytes, and the content."""
        whole = b"".join(packet.body)
        length = whole[1] if len(whole) > 1 else 0
        name = whole[2 : 2 + length]
        content = memoryview(whole)[6 + length :]
        return give(self.sink, (shown(name),) if name else (), content, self.limits)

    def _compressed(self, packet: pgp.Packet, depth: int) -> bool:
        if depth == DEPTH:
            self.gap(Reason.LIMIT_DEPTH, f"more than {DEPTH} compressed packets in each other")
            return True
        body = [piece for piece in packet.body if piece]
        kind = body[0][0] if body else 0
        body[:1] = [body[0][1:]] if body else []
        if not kind:
            return self.open(memoryview(b"".join(body)), depth + 1)
        if kind not in INFLATERS:
            self.gap(Reason.UNREADABLE, "a PGP message that is compressed in a way that is not known")
            return True
        content, problem = self._inflated(INFLATERS[kind](), body)
        if problem is not None and (self.certain or kind != 1 or _begins_message(content)):
            # Bytes by chance do not inflate to something like a packet.
            self.gap(*problem)
        return not content or self.open(memoryview(content), depth + 1)

    def _inflated(self, inflater: _Inflater, body: Iterable[memoryview]) -> tuple[bytes, tuple[Reason, str] | None]:
        """What the pieces were compressed from, and what is missing of it."""
        out = io.BytesIO()
        most = min(self.left, self.limits.member_bytes)
        chunks = (piece[at : at + CHUNK] for piece in body for at in range(0, len(piece), CHUNK))
        try:
            while not inflater.eof and (chunk := next(chunks, None)) is not None:
                out.write(inflater.decompress(bytes(chunk), most + 1 - out.tell()))
                if out.tell() > most:
                    self.left -= most
                    over = Reason.LIMIT_MEMBER_BYTES if self.left else Reason.LIMIT_TOTAL_BYTES
                    return out.getvalue()[:most], (over, f"more than {most} bytes")
        except ERRORS:
            self.left -= min(self.left, out.tell())
            return out.getvalue(), (Reason.UNREADABLE, "a PGP message with damaged compression")
        self.left -= out.tell()
        return out.getvalue(), None if inflater.eof else (Reason.UNREADABLE, "a PGP message that is cut short")


def _begins_message(content: bytes) -> bool:
    first = next(pgp.packets(memoryview(content)), None)
    return first is not None and first.tag in (*pgp.SEALED, *pgp.HOLDING, pgp.SIGNATURE, pgp.ONE_PASS, pgp.MARKER)
