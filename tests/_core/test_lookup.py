"""A compiled table file opens from anywhere, is refused when it is damaged, and never leads a look-up outside of it."""

from __future__ import annotations

import hashlib
import os
import random
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bartizan._core.keyhash import siphash
from bartizan._core.lookup import DIGEST_AT, MAGIC, SECTIONS, NameTable, NetworkTable, TableFile
from bartizan._core.mapentries import ODD_MOST, MapEntries
from bartizan._core.tablefile import table_file

LINES = b"""192.0.2.0/24 net
192.0.2.7 host
0.0.0.0/1 half
2001:db8::/32 six
2001:db8::1
example.com exact
.example.com below
ann@example.com ann
ann@ anywhere
"""
ADDRESSES = ["192.0.2.7", "192.0.2.8", "1.1.1.1", "255.255.255.255", "2001:db8::1", "2001:db8::2", "::", "ffff::"]
NAMES = [
    b"example.com",
    b"a.b.example.com",
    b"ann@example.com",
    b"ann@",
    b"",
    b".",
    b"com",
    b"x" * 300 + b".example.com",
]
FIRST_NUMBER = DIGEST_AT + 8 + 16  # where the extents of the sections begin


def made(lines: bytes) -> bytes:
    """The compiled file of plain lines."""
    entries = MapEntries()
    assert entries.add_lines(lines, 1)[0] == []
    data, clashes = table_file(entries)
    assert clashes == []
    return data


GOOD = made(LINES)


def sealed(data: bytes) -> bytes:
    """The file with a digest that is right, as a forger would make it."""
    return data[: len(MAGIC)] + hashlib.sha256(data[DIGEST_AT:]).digest() + data[DIGEST_AT:]


def answers(file: TableFile) -> list[tuple[str, str] | None]:
    """What all the probes find."""
    networks, names = NetworkTable(file), NameTable(file)
    return [
        *map(networks.find, ADDRESSES),
        *map(names.find, NAMES),
        *map(names.find_domain, NAMES),
    ]


def test_hash() -> None:
    """The hash is SipHash-2-4: the example of its paper, and none and a whole word of input."""
    key = bytes(range(16))
    assert siphash(key, bytes(range(15))) == 0xA129CA6149BE45E5
    assert siphash(key, b"") == 0x726FDB47DD0E0E31
    assert siphash(key, bytes(range(8))) == 0x93F5F5799A932462
    with pytest.raises(ValueError, match="16"):
        siphash(b"short", b"")


def test_answers() -> None:
    """The longest prefix, the exact name, what is below a domain."""
    assert answers(TableFile.open(GOOD)) == [
        ("192.0.2.7", "host"),
        ("192.0.2.0/24", "net"),
        ("0.0.0.0/1", "half"),
        None,
        ("2001:db8::1", ""),
        ("2001:db8::/32", "six"),
        None,
        None,
        ("example.com", "exact"),
        None,
        ("ann@example.com", "ann"),
        ("ann@", "anywhere"),
        *[None] * 4,
        ("example.com", "exact"),
        (".example.com", "below"),
        ("ann@example.com", "ann"),
        ("ann@", "anywhere"),
        *[None] * 3,
        (".example.com", "below"),
    ]


def test_sources(tmp_path: Path) -> None:
    """A path, a descriptor and octets are the same file; the descriptor stays open and may be closed."""
    path = tmp_path / "table"
    path.write_bytes(GOOD)
    descriptor = os.open(path, os.O_RDONLY)
    opened = [TableFile.open(path), TableFile.open(str(path)), TableFile.open(descriptor)]
    os.close(descriptor)
    path.unlink()
    assert [answers(file) for file in opened] == [answers(TableFile.open(GOOD))] * 3


def test_not_made_otherwise() -> None:
    """There is no table without a file."""
    with pytest.raises(TypeError):
        TableFile()
    with pytest.raises(TypeError):
        NameTable(None)  # type: ignore[arg-type]


def test_not_there(tmp_path: Path) -> None:
    """A path without a file is an OSError, an empty file a ValueError that names it."""
    with pytest.raises(FileNotFoundError):
        TableFile.open(tmp_path / "none")
    (tmp_path / "empty").touch()
    with pytest.raises(ValueError, match="empty"):
        TableFile.open(tmp_path / "empty")


def test_cut() -> None:
    """A file that was cut anywhere, or that goes on, is refused."""
    for size in range(len(GOOD)):
        with pytest.raises(ValueError, match="table file"):
            TableFile.open(GOOD[:size])
        with pytest.raises(ValueError, match="table file"):
            TableFile.open(sealed(GOOD[:size]) if size >= DIGEST_AT else GOOD[:size])
    with pytest.raises(ValueError, match="digest"):
        TableFile.open(GOOD + b"\0")


def test_any_bit() -> None:
    """One wrong bit anywhere is noticed."""
    for at in range(len(GOOD)):
        with pytest.raises(ValueError, match="table file"):
            TableFile.open(GOOD[:at] + bytes([GOOD[at] ^ 1 << at % 8]) + GOOD[at + 1 :])


@pytest.mark.parametrize("number", range(2 * len(SECTIONS)))
@pytest.mark.parametrize("value", [-1, 1, 7, 1 << 31, (1 << 63) - 1, -(1 << 63), len(GOOD), len(GOOD) + 16])
def test_forged_extent(number: int, value: int) -> None:
    """A section that does not fit the file, or the other sections, is refused, even with a digest that is right."""
    at = FIRST_NUMBER + 8 * number
    forged = sealed(GOOD[:at] + struct.pack("=q", value) + GOOD[at + 8 :])
    try:
        file = TableFile.open(forged)
    except ValueError:
        return
    assert len(answers(file)) == len(ADDRESSES) + 2 * len(NAMES)


@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(1, 30))
def test_forged_content(seed: int, changes: int) -> None:
    """Any octets changed, with a digest that is right: refused, or wrong answers, and never more than that."""
    source = random.Random(seed)
    data = bytearray(GOOD)
    for _ in range(changes):
        at = source.randrange(DIGEST_AT, len(data) - 8)
        data[at : at + 4] = struct.pack(
            "=I", source.choice([0, 1, 2, 7, 0xFFFFFFFF, 0x7FFFFFFF, source.getrandbits(32)])
        )
    try:
        file = TableFile.open(sealed(bytes(data)))
    except ValueError:
        return
    assert all(found is None or len(found) == 2 for found in answers(file))


def test_full_hash_table() -> None:
    """A forged table without a free slot ends the search all the same."""
    at, slots = struct.unpack_from("=2q", GOOD, FIRST_NUMBER + 16 * [name for name, _ in SECTIONS].index("slot"))
    assert slots == 8
    forged = sealed(GOOD[:at] + struct.pack("=2I", 5, 1) * slots + GOOD[at + 8 * slots :])
    assert NameTable(TableFile.open(forged)).find(b"none.example") is None


def test_odd_lines() -> None:
    """Lines that are not plain come back with their numbers; the next number follows."""
    entries = MapEntries()
    lines = b"a.example\n# x\n\na..b  v w \r\n\xff\n/re/ x\n10.0.0.1/8"
    odd = [(8, b"a..b", b"v w"), (9, b"\xff", b""), (10, b"/re/", b"x"), (11, b"10.0.0.1/8", b"")]
    assert entries.add_lines(lines, 5) == (odd, 12, len(lines))
    assert len(entries) == 1
    assert entries.add_lines(b"", 3) == ([], 3, 0)
    assert entries.add_lines(lines, 10, lines.index(b"/re/")) == (odd[2:], 12, len(lines))
    assert entries.add_lines(b"x", 1, 5) == entries.add_lines(b"x", 1, 1) == ([], 1, 1)


def test_many_odd_lines() -> None:
    """So many lines that are not plain come at a time; reading goes on from there."""
    entries = MapEntries()
    lines = b"/\n" * ODD_MOST + b"/\na.example"
    odd, line, at = entries.add_lines(lines, 1)
    assert (len(odd), line, at) == (ODD_MOST, ODD_MOST + 1, 2 * ODD_MOST)
    assert entries.add_lines(lines, line, at) == ([(ODD_MOST + 1, b"/", b"")], ODD_MOST + 3, len(lines))
    assert len(entries) == 1


def test_contradiction() -> None:
    """A second value for an entry is told with both lines, and the first one counts."""
    entries = MapEntries()
    entries.add_lines(b"a.example x\n10. x\n10.0.0.0/8 y\nA.EXAMPLE\na.example x\n10. x\n", 1)
    data, clashes = table_file(entries)
    assert clashes == [(3, 2, "10.0.0.0/8"), (4, 1, "a.example")]
    assert NetworkTable(TableFile.open(data)).find("10.1.1.1") == ("10.0.0.0/8", "x")


def test_one_long_line() -> None:
    """Lines of any length are read in linear time, and are not plain."""
    entries = MapEntries()
    line = b"a" * 1_000_000
    assert entries.add_lines(line + b"\nb.example " + line, 1)[0] == [(1, line, b""), (2, b"b.example", line)]
