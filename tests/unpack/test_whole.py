"""What archives say about their own completeness."""

from __future__ import annotations

import pytest

from bartizan.unpack.whole import RAR4, RAR5, holds_encrypted, is_empty, is_gapless, listed_entries, volume_of

SET = "one volume of a set"


def block(kind: int, archive: int = 0, extra: bytes = b"", content: bytes = b"") -> bytes:
    """A RAR 5 block; lengths below 128."""
    flags = bool(extra) | bool(content) << 1
    fields = bytes([kind, flags, *([len(extra)] if extra else []), *([len(content)] if content else []), archive])
    return bytes(4) + bytes([len(fields) + len(extra)]) + fields + extra + content


@pytest.mark.parametrize(
    ("type", "packed", "told"),
    [
        ("rar", RAR4 + b"\0\0\x73\1\0", SET),
        ("rar", RAR4 + b"\0\0\x73\0\0", ""),
        ("rar", RAR4 + b"\0\0\x73", ""),
        ("rar", RAR4, ""),
        ("rar", RAR5 + block(1, archive=1), SET),
        ("rar", RAR5 + block(1, archive=0), ""),
        ("rar", RAR5, ""),
        ("cab", b"MSCF" + bytes(26) + b"\2" + bytes(20), SET),
        ("cab", b"MSCF" + bytes(40), ""),
        ("zip", b"PK\7\x08PK\3\4", SET),
        ("zip", b"PK\5\6\1\0" + bytes(16), SET),
        ("zip", b"PK\5\6" + bytes(18), ""),
        ("tar", b"", ""),
    ],
)
def test_volume(type: str, packed: bytes, told: str) -> None:
    """Each format marks its volumes in its own way; cut headers are no volumes."""
    assert volume_of(type, memoryview(packed)) == told


def test_encrypted_rar() -> None:
    """RAR 5 says so in a record of the file's header, or in a block of its own."""
    record = bytes([3, 1, 0, 0])
    assert holds_encrypted("rar", RAR5 + block(1) + block(2, extra=record, content=b"secret"))
    assert holds_encrypted("rar", RAR5 + block(4))
    assert holds_encrypted("rar", RAR5 + block(1) + block(2, content=b"plain") + block(2, extra=record))
    assert not holds_encrypted("rar", RAR5 + block(1) + block(2, extra=bytes([3, 2, 0, 0]), content=b"plain"))
    assert not holds_encrypted("rar", RAR5 + b"\xff" * 100)
    assert not holds_encrypted("zip", RAR5 + block(4))


def test_listed_entries() -> None:
    """The count in a zip's last end record."""
    record = b"PK\5\6" + bytes(6) + b"\3\0" + bytes(10)
    assert listed_entries(b"junk" + record) == 3
    assert listed_entries(record + b"comment") == 3
    assert listed_entries(b"PK\6\7" + bytes(16) + record) is None
    assert listed_entries(record[:-1]) is None


def newc(name: bytes, data: bytes = b"") -> bytes:
    """An entry of a new ASCII cpio archive."""
    fields = [0, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    entry = b"070701" + b"".join(b"%08x" % field for field in fields) + name + b"\0"
    return entry + bytes(-len(entry) % 4) + data + bytes(-len(data) % 4)


def odc(name: bytes, data: bytes = b"") -> bytes:
    """An entry of a portable ASCII cpio archive."""
    return b"070707" + b"0" * 53 + b"%06o%011o" % (len(name) + 1, len(data)) + name + b"\0" + data


@pytest.mark.parametrize("entry", [newc, odc])
def test_cpio(entry: type) -> None:
    """Every entry follows the one before; an empty one has the trailer only."""
    end = entry(b"TRAILER!!!")
    packed = entry(b"a", b"12345") + entry(b"b.bin", b"") + end + bytes(100)
    assert is_gapless(packed)
    assert not is_gapless(packed.replace(b"b.bin", b"b.bi"))
    assert not is_gapless(packed[: -len(end) - 100])
    assert (is_empty("cpio", end), is_empty("cpio", packed), is_empty("cpio", b"x" + end)) == (True, False, False)


def test_damaged_cpio_is_a_gap(unpack) -> None:  # type: ignore[no-untyped-def]
    """libarchive steps over a damaged header without a word; that is told."""
    whole = newc(b"a", b"1234") + newc(b"b", b"5678") + newc(b"TRAILER!!!")
    assert unpack("cpio", whole).gaps == []
    assert unpack("cpio", whole.replace(b"070701", b"070799", 2).replace(b"070799", b"070701", 1)).gaps != []


def test_a_cpio_with_negative_sizes_ends() -> None:
    """A size that leads backwards is damage, not a way round in circles."""
    head = b"070701" + b"0" * 48 + b"-0000070" + b"0" * 32 + b"00000001" + b"0" * 8

    assert len(head) == 110
    assert not is_gapless(head + bytes(200))
