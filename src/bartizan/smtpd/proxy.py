"""Reads the header that a balancer puts before a connection: whom it speaks for (HAProxy's PROXY protocol, 1 and 2).

In: the first octets of a connection. Out: the header, or that more is needed, or that this is none. As long as more is
needed every octet belongs to the header, so that a reader can take them off the connection without taking too many.
Version 1 is one line of at most 107 octets; version 2 is binary, here at most 4,096 octets with everything it carries.
Its extensions are walked over; only the checksum (CRC32C) is looked at. Source: proxy-protocol.txt, sections 2.1, 2.2.
Not here: who may send one, and reading from sockets (acceptor.py).

Known gaps: what a balancer tells about its client's TLS is not used.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from bartizan.model.envelope import Peer
from bartizan.smtpd.admission import peer_at

LONGEST_LINE = 107
"""Octets of a version 1 header, its line end included."""
LONGEST = 4096
"""Octets of a version 2 header, its extensions included."""
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
_WORD = b"PROXY "
_FIXED = 16
_LINE = re.compile(
    rb"PROXY (?:UNKNOWN(?: [ -~]*)?|(TCP4|TCP6) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) ([0-9]{1,5}) ([0-9]{1,5}))\r\n"
)
_LOCAL, _PROXY = 0x20, 0x21
_ADDRESS_OCTETS = {0x00: 0, 0x11: 12, 0x21: 36, 0x31: 216}
"""Family and transport, and how many octets two of its addresses take: unspecified, TCP over IPv4, over IPv6, Unix.
Datagrams are not what mail comes by."""
_CHECKSUM, _CHECKSUM_OCTETS = 0x03, 4


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header of `octets`. `source` is the client; None: the balancer speaks for itself (a health check), or
    knows no address, and the connection's own counts."""

    source: Peer | None
    octets: int


class Unread(enum.Enum):
    """Why there is no header."""

    NEED_MORE = "all of it belongs to a header, and is not the whole"
    BAD = "no header begins like this"


def parse(data: bytes) -> Header | Unread:
    """The header that `data` begins with. Never raises; the time it takes is that of the header, not of `data`."""
    if data[:1] == b"P":
        return _line(data)
    return _binary(data)


def _line(data: bytes) -> Header | Unread:
    """Version 1."""
    if not data.startswith(_WORD):
        return Unread.NEED_MORE if _WORD.startswith(data) else Unread.BAD
    end = data.find(b"\n", 0, LONGEST_LINE) + 1
    if not end:
        return Unread.NEED_MORE if len(data) < LONGEST_LINE else Unread.BAD
    match = _LINE.fullmatch(data, 0, end)
    if match is None:
        return Unread.BAD
    if match[1] is None:
        return Header(None, end)
    read = IPv4Address if match[1] == b"TCP4" else IPv6Address
    source_port, target_port = int(match[4]), int(match[5])
    leading = any(port[:1] == b"0" and port != b"0" for port in match.group(4, 5))
    if leading or max(source_port, target_port) > 0xFFFF:
        return Unread.BAD
    try:
        source, _ = (read(text.decode("ascii")) for text in match.group(2, 3))
    except AddressValueError:
        return Unread.BAD
    return Header(peer_at(str(source), source_port), end)


def _binary(data: bytes) -> Header | Unread:
    """Version 2."""
    if not data.startswith(SIGNATURE):
        return Unread.NEED_MORE if SIGNATURE.startswith(data) else Unread.BAD
    if len(data) > 12 and data[12] not in (_LOCAL, _PROXY):
        return Unread.BAD
    if len(data) < _FIXED:
        return Unread.NEED_MORE
    command, kind = data[12], data[13]
    end = _FIXED + int.from_bytes(data[14:_FIXED], "big")
    if end > LONGEST:
        return Unread.BAD
    addresses = _ADDRESS_OCTETS.get(kind, 0 if command == _LOCAL else None)  # LOCAL: whatever it says is skipped
    if addresses is None or end < _FIXED + addresses:
        return Unread.BAD
    if len(data) < end:
        return Unread.NEED_MORE
    if command == _LOCAL:
        return Header(None, end)
    if not _extensions_hold(data[:end], _FIXED + addresses):
        return Unread.BAD
    if kind == 0x11:
        return Header(peer_at(str(IPv4Address(data[16:20])), int.from_bytes(data[24:26], "big")), end)
    if kind == 0x21:
        return Header(peer_at(str(IPv6Address(data[16:32])), int.from_bytes(data[48:50], "big")), end)
    return Header(None, end)


def _extensions_hold(header: bytes, start: int) -> bool:
    """Do the extensions from `start` on fill the header exactly, and is its checksum right where it has one?"""
    checksum = None
    while start < len(header):
        value = start + 3
        end = value + int.from_bytes(header[start + 1 : value], "big")
        if value > len(header) or end > len(header):
            return False
        if header[start] == _CHECKSUM:
            if checksum is not None or end - value != _CHECKSUM_OCTETS:
                return False
            checksum = value
        start = end
    if checksum is None:
        return True
    blank = header[:checksum] + bytes(_CHECKSUM_OCTETS) + header[checksum + _CHECKSUM_OCTETS :]
    return crc32c(blank) == int.from_bytes(header[checksum : checksum + _CHECKSUM_OCTETS], "big")


def _crc_table() -> tuple[int, ...]:
    table = []
    for octet in range(256):
        for _ in range(8):
            octet = octet >> 1 ^ (0x82F63B78 if octet & 1 else 0)
        table.append(octet)
    return tuple(table)


_CRC = _crc_table()


def crc32c(data: bytes) -> int:
    """The checksum of RFC 4960 appendix B, over at most a header."""
    crc = 0xFFFFFFFF
    for octet in data:
        crc = crc >> 8 ^ _CRC[(crc ^ octet) & 0xFF]
    return crc ^ 0xFFFFFFFF
