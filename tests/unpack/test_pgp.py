"""OpenPGP: what is signed or compressed comes out, what is encrypted is told, keys and signatures are nothing."""

from __future__ import annotations

import base64
import bz2
import shutil
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan._core.sniff import sniff
from bartizan.message import pgp as packets
from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from bartizan.unpack import pgp
from bartizan.unpack.base import EMPTY

Unpack = Callable[..., Any]
TEXT = b"Hello, this is a file that is long enough to be compressed. " * 20
SIGNATURE = b"\x88\x1d\4\0\1\x08" + bytes(25)
ENCRYPTED = b"\x8c\4\4\x09\3\x08\xd2\x10\1" + bytes(15)


def packet(tag: int, body: bytes) -> bytes:
    """In the new form."""
    return bytes([0xC0 | tag, 255]) + len(body).to_bytes(4) + body


def literal(content: bytes, name: bytes = b"") -> bytes:
    """A literal packet."""
    return packet(11, b"b" + bytes([len(name)]) + name + bytes(4) + content)


def compressed(kind: int, content: bytes) -> bytes:
    """A compressed packet."""
    raw = zlib.compressobj(wbits=-15)
    squeezed = {0: lambda: content, 1: lambda: raw.compress(content) + raw.flush(), 2: lambda: zlib.compress(content)}
    return packet(8, bytes([kind]) + squeezed.get(kind, lambda: bz2.compress(content))())


def armour(content: bytes, label: str = "MESSAGE") -> bytes:
    """A block with a field and a checksum."""
    lines = base64.encodebytes(content).decode()
    text = f"-----BEGIN PGP {label}-----\nVersion: 1\n\n{lines}=njUN\n-----END PGP {label}-----\n"
    return text.encode()


def test_empty_is_told_without_opening() -> None:
    """Only keys and signatures, and nothing around them."""
    nothing = EMPTY["pgp"]
    for data in (
        SIGNATURE,
        armour(SIGNATURE, "SIGNATURE"),
        armour(SIGNATURE, "SIGNATURE") + armour(b"\x99", "PUBLIC KEY BLOCK"),
    ):
        assert nothing(memoryview(data))
    for data in (
        literal(b"x"),
        SIGNATURE + literal(b"x"),
        armour(SIGNATURE + literal(b"x"), "SIGNATURE"),
        armour(SIGNATURE),
        armour(SIGNATURE, "SIGNATURE") + b"more",
        b"-----BEGIN PGP SIGNATURE",
    ):
        assert not nothing(memoryview(data)), data


@pytest.mark.parametrize(
    "options", ["", "--armor", "--compress-algo zlib", "--compress-algo bzip2", "--compress-algo none"]
)
def test_made_by_gpg(options: str, tmp_path: Path, unpack: Unpack) -> None:
    """What a real program stores comes out under its name."""
    if shutil.which("gpg") is None:
        pytest.fail("this test needs gpg")
    (tmp_path / "a.exe").write_bytes(TEXT * 50)
    tmp_path.chmod(0o700)
    command = f"gpg --homedir {tmp_path} --no-options --batch --quiet {options} --output - --store a.exe"
    made = subprocess.run(command.split(), check=True, cwd=tmp_path, capture_output=True, timeout=60).stdout

    assert sniff(made) == "pgp"
    opened = unpack("pgp", made)
    assert (opened.members, opened.gaps) == ([(("a.exe",), TEXT * 50)], [])


@given(content=st.binary(max_size=500), kind=st.integers(0, 3), size=st.integers(0, 6), in_armour=st.booleans())
def test_round_trip(content: bytes, kind: int, size: int, in_armour: bool, unpack: Unpack) -> None:
    """Compressed in every way, in pieces of every size, in armour or not."""
    body = compressed(kind, literal(content, b"a"))[6:]
    last = len(body) >> size << size
    parts = (bytes([224 + size]) + body[at : at + (1 << size)] for at in range(0, last, 1 << size))
    packed = b"\xc8" + b"".join(parts) + bytes([len(body) - last]) + body[last:]
    opened = unpack("pgp", armour(packed) if in_armour else packed)
    assert (opened.members, opened.gaps) == ([(("a",), content)], [])


@pytest.mark.parametrize("kind", [0, 1, 2, 3])
def test_sniffed(kind: int) -> None:
    """By the packet that it begins with, in both forms."""
    inside = literal(TEXT, b"a.txt")
    body = compressed(kind, inside)[6:]
    for head in (b"\xc8" + bytes([255]) + len(body).to_bytes(4), b"\xa3", b"\xa1" + len(body).to_bytes(2)):
        assert (sniff(head + body) == "pgp") is bool(kind)
    for data in (inside, b"\xca\3PGP" + inside, SIGNATURE + inside, b"\x90\x0d\3\0\x08\1" + bytes(9) + inside):
        assert sniff(data) == "pgp"


@pytest.mark.parametrize(
    "data", [b"\xac\xed\0\5sr\0\x10java.util.HashMap", b"\xa3\1\xff\xff" + bytes(9), b"\xcb\1", b"\x89HDF\r\n\x1a\n"]
)
def test_not_sniffed(data: bytes) -> None:
    """Other files that begin with the same byte."""
    assert sniff(data) != "pgp"


def test_encrypted(unpack: Unpack) -> None:
    """Wherever it is, and told once; a block for a message that cannot be read is told as well."""
    for data in (
        ENCRYPTED,
        compressed(2, ENCRYPTED + ENCRYPTED),
        SIGNATURE + ENCRYPTED,
        armour(ENCRYPTED, "SIGNATURE"),
    ):
        opened = unpack("pgp", data)
        assert opened.gaps == [(Reason.ENCRYPTED_PGP, "PGP message")]
    for text in (b"-----BEGIN PGP MESSAGE-----\n\nhQEM", armour(b"abc"), b"-----BEGIN PGP MESSAGE"):
        assert unpack("pgp", text).reasons == {Reason.ENCRYPTED_PGP}


def test_around_and_behind(unpack: Unpack) -> None:
    """What is in no packet and in no block is a member."""
    assert unpack("pgp", literal(b"x") + b"PK").members == [((), b"x"), ((), b"PK")]
    text = armour(SIGNATURE, "SIGNATURE") + b"more\n" + armour(literal(b"x"))
    assert unpack("pgp", text).members == [((), b"x"), ((), b"more")]


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_cut_short(kind: int, unpack: Unpack) -> None:
    """Cut anywhere, it is a gap, and what there is of it is given."""
    packed = compressed(kind, literal(TEXT))
    for cut in range(9, len(packed), 7):
        opened = unpack("pgp", armour(packed[:cut]))
        assert opened.reasons == {Reason.UNREADABLE}, cut
        assert all(TEXT.startswith(data) or len(data) < 12 for names, data in opened.members)


def test_limits(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of bytes, of packets, of blocks and of levels; the sink's stop is obeyed."""
    large = compressed(2, literal(bytes(100_000)))
    opened = unpack("pgp", large, replace(Limits(), member_bytes=5000))
    assert {len(data) for _, data in opened.members} == {5000 - 12}
    assert Reason.LIMIT_MEMBER_BYTES in opened.reasons
    opened = unpack("pgp", large * 3, replace(Limits(), total_bytes=150_000))
    assert Reason.LIMIT_TOTAL_BYTES in opened.reasons
    assert sum(len(data) for _, data in opened.members) < 150_000
    assert len(unpack("pgp", literal(b"x") * 5, max_members=2).members) == 3
    deep = literal(b"x")
    for _ in range(pgp.DEPTH + 1):
        deep = compressed(0, deep)
    assert unpack("pgp", deep).reasons == {Reason.LIMIT_DEPTH}
    monkeypatch.setattr(pgp, "PACKETS", 2)
    monkeypatch.setattr(pgp, "BLOCKS", 1)
    assert unpack("pgp", literal(b"x") * 3).gaps == [(Reason.LIMIT_MEMBERS, "more than 2 packets")]
    assert unpack("pgp", armour(literal(b"x")) * 2).reasons == {Reason.LIMIT_MEMBERS}


@given(data=st.binary(max_size=200), first=st.sampled_from([b"", b"\xc8", b"\xa3\1", b"\xcb", b"\xa8\3PGP", b"\x90"]))
def test_anything(data: bytes, first: bytes, unpack: Unpack) -> None:
    """Packets lie behind one another; nothing raises."""
    whole = memoryview(first + data)
    ends = [packet.end for packet in packets.packets(whole)]
    assert ends == sorted(set(ends))
    assert all(end <= len(whole) for end in ends)
    unpack("pgp", bytes(whole), max_members=50)
    unpack("pgp", b"-----BEGIN PGP MESSAGE-----\n" + data, max_members=50)
