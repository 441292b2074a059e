"""The header of the PROXY protocol: what it says, what is none, and how much of a connection belongs to it."""

from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan.model.envelope import Peer
from bartizan.smtpd.proxy import LONGEST, LONGEST_LINE, SIGNATURE, Header, Unread, crc32c, parse
from pace import seconds

TCP4, TCP6, UNIX, UNSPEC = 0x11, 0x21, 0x31, 0x00
V4 = (
    ipaddress.IPv4Address("192.0.2.7").packed + ipaddress.IPv4Address("198.51.100.1").packed + struct.pack("!HH", 4, 25)
)
V6 = (
    ipaddress.IPv6Address("2001:db8::7").packed
    + ipaddress.IPv6Address("2001:db8::1").packed
    + struct.pack("!HH", 65535, 25)
)


def binary(kind: int, rest: bytes, *, command: int = 0x21) -> bytes:
    """A version 2 header."""
    return SIGNATURE + bytes((command, kind)) + struct.pack("!H", len(rest)) + rest


def extension(kind: int, value: bytes) -> bytes:
    """One of its extensions."""
    return bytes((kind,)) + struct.pack("!H", len(value)) + value


def signed(rest: bytes, behind: bytes = b"") -> bytes:
    """A header for TCP over IPv4 with a right checksum, and what is `behind` that."""
    blank = binary(TCP4, V4 + rest + extension(3, bytes(4)) + behind)
    at = len(blank) - len(behind) - 4
    return blank[:at] + struct.pack("!I", crc32c(blank)) + blank[at + 4 :]


GOOD = {
    "ipv4": (b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n", Peer("192.0.2.7", 40000)),
    "ipv6": (b"PROXY TCP6 2001:DB8::7 2001:db8::1 1 0\r\n", Peer("2001:db8::7", 1)),
    "longest": (
        b"PROXY TCP6 " + b" ".join([b"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"] * 2) + b" 65535 65535\r\n",
        Peer("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535),
    ),
    "mapped": (b"PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n", Peer("192.0.2.7", 1)),
    "unknown": (b"PROXY UNKNOWN\r\n", None),
    "unknown with addresses": (b"PROXY UNKNOWN ffff::1 ::1 65535 1\r\n", None),
    "2 ipv4": (binary(TCP4, V4), Peer("192.0.2.7", 4)),
    "2 ipv6": (binary(TCP6, V6), Peer("2001:db8::7", 65535)),
    "2 unix": (binary(UNIX, bytes(216)), None),
    "2 unspecified": (binary(UNSPEC, b""), None),
    "2 unspecified and extensions": (binary(UNSPEC, extension(4, b"12")), None),
    "2 local": (binary(UNSPEC, b"", command=0x20), None),
    "2 local that says who": (binary(TCP4, V4, command=0x20), None),
    "2 local of a kind unheard of": (binary(0x99, b"x", command=0x20), None),
    "2 extensions": (binary(TCP4, V4 + extension(0xEA, b"x" * 300) + extension(4, b"")), Peer("192.0.2.7", 4)),
    "2 checksum": (signed(extension(1, b"h2"), extension(4, b"123")), Peer("192.0.2.7", 4)),
    "2 longest": (binary(TCP4, V4 + extension(4, bytes(LONGEST - 16 - 12 - 3))), Peer("192.0.2.7", 4)),
}

BAD = {
    "smtp": b"EHLO client.example\r\n",
    "tls": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "post": b"POST / HTTP/1.0\r\n",
    "lower case": b"proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n",
    "bare lf": b"PROXY UNKNOWN\n",
    "cr inside": b"PROXY UNKNOWN \r \r\n",
    "two blanks": b"PROXY TCP4  192.0.2.7 198.51.100.1 1 2\r\n",
    "trailing blank": b"PROXY TCP4 192.0.2.7 198.51.100.1 1 2 \r\n",
    "tab": b"PROXY\tTCP4 192.0.2.7 198.51.100.1 1 2\r\n",
    "udp": b"PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n",
    "unknown run on": b"PROXY UNKNOWNS\r\n",
    "leading zero in address": b"PROXY TCP4 192.0.2.07 198.51.100.1 1 2\r\n",
    "octal": b"PROXY TCP4 0300.0.2.7 198.51.100.1 1 2\r\n",
    "short address": b"PROXY TCP4 127.1 198.51.100.1 1 2\r\n",
    "wrong family": b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
    "mixed families": b"PROXY TCP6 2001:db8::7 198.51.100.1 1 2\r\n",
    "scope": b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
    "wrong target": b"PROXY TCP4 192.0.2.7 198.51.100.256 1 2\r\n",
    "leading zero in port": b"PROXY TCP4 192.0.2.7 198.51.100.1 01 2\r\n",
    "port": b"PROXY TCP4 192.0.2.7 198.51.100.1 65536 2\r\n",
    "target port": b"PROXY TCP4 192.0.2.7 198.51.100.1 1 65536\r\n",
    "negative": b"PROXY TCP4 192.0.2.7 198.51.100.1 -1 2\r\n",
    "no ports": b"PROXY TCP4 192.0.2.7 198.51.100.1\r\n",
    "too long": b"PROXY UNKNOWN " + b"x" * (LONGEST_LINE - 15) + b"\r\n",
    "endless": b"PROXY UNKNOWN " + b"x" * 200,
    "2 version 1": binary(TCP4, V4, command=0x11),
    "2 command": binary(TCP4, V4, command=0x22),
    "2 datagram": binary(0x12, V4),
    "2 family": binary(0x41, V4),
    "2 short": binary(TCP4, V4[:-1]),
    "2 short ipv6": binary(TCP6, V6[:-1]),
    "2 short unix": binary(UNIX, bytes(215)),
    "2 extension cut in its head": binary(TCP4, V4 + b"\x04\x00"),
    "2 extension cut in its value": binary(TCP4, V4 + b"\x04\x00\x02x"),
    "2 wrong checksum": binary(TCP4, V4 + extension(3, b"1234")),
    "2 short checksum": binary(TCP4, V4 + extension(3, b"123")),
    "2 two checksums": signed(extension(3, bytes(4))),
    "2 too long": binary(TCP4, V4 + bytes(LONGEST)),
    "2 signature": SIGNATURE[:-1] + b"\r" + binary(TCP4, V4)[12:],
}


@pytest.mark.parametrize(("data", "source"), GOOD.values(), ids=GOOD)
def test_good(data: bytes, source: Peer | None) -> None:
    """The client it names, and exactly its own octets, whatever follows; every beginning of it needs more."""
    assert parse(data) == Header(source, len(data))
    for behind in (b"\r\n", b"EHLO c\r\n", b"\x16\x03\x01", data):
        assert parse(data + behind) == Header(source, len(data))
    assert {parse(data[:length]) for length in range(len(data))} == {Unread.NEED_MORE}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_bad(data: bytes) -> None:
    """No header, and none whatever follows."""
    assert parse(data) is Unread.BAD
    assert parse(data + b"\r\n" * 200) is Unread.BAD


def test_the_longest_line() -> None:
    """107 octets are one, and what has no end by then is none."""
    line = b"PROXY UNKNOWN " + b"x" * (LONGEST_LINE - 16) + b"\r\n"
    assert len(line) == LONGEST_LINE
    assert parse(line) == Header(None, LONGEST_LINE)
    assert parse(line[:-1]) is Unread.NEED_MORE
    assert parse(line[:-1] + b"x") is Unread.BAD


def test_checksum() -> None:
    """The check value of CRC-32C (Castagnoli) that its catalogue gives."""
    assert crc32c(b"123456789") == 0xE3069283


def answers_hold(data: bytes) -> None:
    """Whatever it is, the answer is one, the same for every longer piece once it is given, and within the bounds."""
    answer = parse(data)
    if isinstance(answer, Header):
        assert 0 < answer.octets <= min(len(data), LONGEST)
        assert parse(data[: answer.octets]) == answer
        assert parse(data[: answer.octets - 1]) is Unread.NEED_MORE
        assert parse(data + b"x") == answer
        assert answer.source is None or str(ipaddress.ip_address(answer.source.address)) == answer.source.address
    elif answer is Unread.NEED_MORE:
        assert len(data) < LONGEST
        assert parse(data[:-1]) is Unread.NEED_MORE
    else:
        assert parse(data + b"\r\n") is Unread.BAD


@given(st.binary(max_size=200))
def test_any_octets(data: bytes) -> None:
    """Nothing raises."""
    answers_hold(data)


@given(
    st.sampled_from(["PROXY TCP4 ", "PROXY TCP6 ", "PROXY UNKNOWN"]),
    st.text("0123456789abf.: %+-_\r\n\t", max_size=120),
)
def test_any_line(start: str, rest: str) -> None:
    """Nearly version 1."""
    answers_hold((start + rest).encode())
    answers_hold((start + rest + "\r\n").encode())


@given(
    st.integers(0, 255), st.integers(0, 255), st.integers(0, 300), st.binary(max_size=300), st.integers(0, 15)
)  # fmt: skip
def test_any_binary(command: int, kind: int, length: int, rest: bytes, wide: int) -> None:
    """Nearly version 2."""
    for command_, kind_ in ((command, kind), (0x20 + command % 2, (0x00, 0x11, 0x21, 0x31)[kind % 4])):
        answers_hold(SIGNATURE + bytes((command_, kind_)) + struct.pack("!H", length + (wide << 12)) + rest)
        answers_hold(binary(kind_, rest, command=command_))


@settings(max_examples=200)
@given(st.sampled_from(sorted(GOOD)), st.integers(0, 400), st.integers(0, 255))
def test_one_octet_changed(name: str, at: int, octet: int) -> None:
    """A good one with a fault in it."""
    data = bytearray(GOOD[name][0])
    data[at % len(data)] = octet
    answers_hold(bytes(data))


@pytest.mark.parametrize("start", [b"PROXY UNKNOWN ", binary(TCP4, V4), SIGNATURE, b"x"], ids=["1", "2", "cut", "none"])
def test_what_follows_costs_nothing(start: bytes) -> None:
    """Ten megabytes behind it take no longer than its own octets."""
    data = start + b"x" * 10_000_000
    assert seconds(lambda: [parse(data) for _ in range(100)], enough=0.5) < 0.5
