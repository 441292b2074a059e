"""What stands in the streams of documents comes out by its name: files, attachments, objects, macros; or a gap."""

from __future__ import annotations

import struct
import zlib

import pytest

from bartizan.model.finding import Reason
from unpack.compound_file import Layout, compound
from unpack.conftest import Unpack
from unpack.vba_project import compressed, project

FILE = b"MZ this program cannot be run in DOS mode"


def packaged(name: str, data: bytes, wide: str = "") -> bytes:
    """A file as the Packager writes it."""
    text = name.encode("latin-1") + b"\0"
    temporary = b"C:\\Temp\\" + text
    body = b"\2\0" + text + b"C:\\" + text + b"\0\0\3\0" + struct.pack("<I", len(temporary)) + temporary
    body += struct.pack("<I", len(data)) + data
    for other in (wide, wide, wide) if wide else ():
        body += struct.pack("<I", len(other)) + other.encode("utf-16-le")
    return body


def native(body: bytes) -> bytes:
    """The stream that holds it."""
    return struct.pack("<I", len(body)) + body


def test_embedded_file(unpack: Unpack) -> None:
    """A package is a member under all its names."""
    data = compound({"ObjectPool": {"_1": {"\1Ole10Native": native(packaged("invoice.vbs", FILE))}}})
    opened = unpack("ole", data)
    assert opened.members[1] == (("invoice.vbs", "C:\\invoice.vbs", "C:\\Temp\\invoice.vbs"), FILE)
    assert opened.names[0] == ("ObjectPool/_1/Ole10Native",)
    assert opened.gaps == []


def test_embedded_file_with_another_name_in_unicode(unpack: Unpack) -> None:
    """Programs that know UTF-16 show that name."""
    opened = unpack("ole", compound({"\1Ole10Native": native(packaged("a.txt", FILE, "invoice.vbs"))}))
    assert "invoice.vbs" in opened.names[1]


def test_object_that_is_no_package(unpack: Unpack) -> None:
    """Its bytes are a member all the same."""
    opened = unpack("ole", compound({"\1Ole10Native": native(FILE)}))
    assert opened.members[1] == ((), FILE)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_package_cut_off(unpack: Unpack, cut: int) -> None:
    """What is left of it is a member, and nothing fails."""
    opened = unpack("ole", compound({"\1Ole10Native": native(packaged("a.vbs", FILE))[:cut]}))
    assert len(opened.members) == 2


def test_attachment_of_a_message(unpack: Unpack) -> None:
    """It goes by its names, in 8-bit and in UTF-16."""
    attachment = {
        "__substg1.0_37010102": FILE,
        "__substg1.0_3707001F": "invoice.vbs".encode("utf-16-le"),
        "__substg1.0_3704001E": b"INVOIC~1.VBS\0",
    }
    opened = unpack("msg", compound({"__attach_version1.0_#00000000": attachment, "__properties_version1.0": b"x"}))
    path = "__attach_version1.0_#00000000/__substg1.0_37010102"
    assert (("invoice.vbs", "INVOIC~1.VBS", path), FILE) in opened.members
    assert opened.gaps == []


def test_attachment_in_a_message_in_a_message(unpack: Unpack) -> None:
    """The names are those of its own storage."""
    inner = {"__substg1.0_37010102": FILE, "__substg1.0_3707001F": "inner.vbs".encode("utf-16-le")}
    outer = {"__substg1.0_3701000D": {"__attach_version1.0_#00000000": inner}, "__substg1.0_3707001E": b"outer.msg"}
    opened = unpack("msg", compound({"__attach_version1.0_#00000000": outer}))
    assert [names[0] for names, data in opened.members if data == FILE] == ["inner.vbs"]


def body_of(packed: bytes) -> bytes:
    """A message whose body is a compressed RTF."""
    return compound({"__substg1.0_10090102": struct.pack("<II4sI", len(packed) + 12, 100, b"LZFu", 0) + packed})


def test_body_of_a_message(unpack: Unpack) -> None:
    """Literals, a reference to what the dictionary begins with, one that runs into itself, the end mark."""
    # The dictionary begins with 207 known bytes, "{\rtf1" first; what is read is written behind them.
    packed = b"\x01" + struct.pack(">H", 0 << 4 | 4) + b"x123456"
    packed += b"\x03" + struct.pack(">H", (207 + 6) << 4 | 15) + struct.pack(">H", (207 + 6 + 7 + 17) << 4)
    opened = unpack("msg", body_of(packed))
    assert opened.contents["__substg1.0_10090102.rtf"] == b"{\\rtf1" + b"x123456" + b"x123456x123456x12"
    assert opened.gaps == []


@pytest.mark.parametrize("packed", [b"\1\0", b"\0ab\1"])
def test_body_cut_off(unpack: Unpack, packed: bytes) -> None:
    """A reference that ends too early is a gap."""
    opened = unpack("msg", body_of(packed))
    assert (Reason.UNREADABLE in opened.reasons) == packed.startswith(b"\1")


def presentation(kind: int, content: bytes, *, more: bytes = b"") -> bytes:
    """A presentation with one object."""
    record = struct.pack("<HHI", kind << 4, 0x1011, len(content)) + content
    return compound({"PowerPoint Document": b"\x0f\0\xe8\3" + struct.pack("<I", len(record)) + record + more})


@pytest.mark.parametrize("kind", [0, 1])
def test_object_of_a_presentation(unpack: Unpack, kind: int) -> None:
    """An object is a member, inflated where it is compressed."""
    inner = compound({"\1Ole10Native": native(packaged("invoice.vbs", FILE))})
    content = struct.pack("<I", len(inner)) + zlib.compress(inner) if kind else inner
    opened = unpack("ole", presentation(kind, content))
    assert opened.members[1:] == [((), inner)]
    assert opened.gaps == []


def test_damaged_object_of_a_presentation(unpack: Unpack) -> None:
    """What can be inflated of it is a member, and a gap."""
    inner = compound({"stream": bytes(range(256)) * 20})
    opened = unpack("ole", presentation(1, struct.pack("<I", len(inner)) + zlib.compress(inner)[:-30]))
    assert inner.startswith(opened.members[1][1])
    assert opened.reasons == {Reason.UNREADABLE}


def biff(*records: tuple[int, bytes]) -> bytes:
    """Records of a workbook."""
    return b"".join(struct.pack("<HH", kind, len(body)) + body for kind, body in records)


BOF, EOF = (0x0809, bytes(16)), (0x000A, b"")
FIB = bytearray(b"\xec\xa5" + bytes(62))
LOCKED_FIB = FIB[:11] + b"\1" + FIB[12:]
USER = bytes.fromhex("0000f60f20000000140000005fc091e3")
LOCKED_USER = USER[:12] + bytes.fromhex("dfc4d1f3")


@pytest.mark.parametrize(
    ("name", "content", "encrypted"),
    [
        ("EncryptedPackage", b"x" * 100, True),
        ("WordDocument", bytes(LOCKED_FIB), True),
        ("WordDocument", bytes(FIB), False),
        ("Workbook", biff(BOF, (0x86, b""), (0x2F, b"\1\0"), EOF), True),
        ("Book", biff(BOF, (0x2F, b"\1\0"), EOF), True),
        ("Workbook", biff(BOF, (0x42, b"\1\0"), EOF, BOF, (0x2F, b"")), False),
        ("Workbook", b"", False),
        ("Current User", LOCKED_USER, True),
        ("Current User", USER, False),
    ],
)
def test_encryption(unpack: Unpack, name: str, content: bytes, encrypted: bool) -> None:
    """Each format says so in its own place."""
    opened = unpack("ole", compound({name: content, "other": b"x"}))
    assert opened.reasons == ({Reason.ENCRYPTED} if encrypted else set())


def test_encrypted_package_out_of_sight(unpack: Unpack) -> None:
    """It need not be in the first sector of the directory."""
    tree = {f"s{number}": b"x" for number in range(20)}
    assert unpack("ole", compound({**tree, "EncryptedPackage": b"x"})).reasons == {Reason.ENCRYPTED}


SOURCE = b'Attribute VB_Name = "Module1"\r\nSub AutoOpen()\r\n  Shell "calc.exe"\r\nEnd Sub\r\n' * 200


@pytest.mark.parametrize("folder", ["VBA", "vba"])
def test_macros(unpack: Unpack, folder: str) -> None:
    """Source is decompressed, over several chunks; its name is none that is blocked."""
    opened = unpack("ole", compound({"Macros": {folder: project("Module1", SOURCE)}}))
    assert opened.contents[f"Macros/{folder}/Module1.vba"] == SOURCE
    assert opened.gaps == []


def test_macros_without_a_listing(unpack: Unpack) -> None:
    """Source is found by how it begins."""
    tree = project("Module1", SOURCE)
    del tree["dir"]
    assert unpack("ole", compound({"VBA": tree})).contents["VBA/Module1.vba"] == SOURCE


def test_damaged_macros(unpack: Unpack) -> None:
    """What can be decompressed is a member, and a gap."""
    tree = project("Module1", SOURCE)
    damaged = bytearray(tree["Module1"])
    second = (
        damaged.index(compressed(SOURCE)[1:3]) + 2 + (int.from_bytes(compressed(SOURCE)[1:3], "little") & 0xFFF) + 1
    )
    damaged[second + 1] ^= 0x70
    opened = unpack("ole", compound({"VBA": {**tree, "Module1": bytes(damaged)}}))
    assert opened.contents["VBA/Module1.vba"] == SOURCE[:4096]
    assert opened.reasons == {Reason.UNREADABLE}


def test_installer_names(unpack: Unpack) -> None:
    """Two letters in one character are read, and one in one."""
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._"
    pairs = [letters.index(one) | letters.index(two) << 6 for one, two in ("ev", "il", ".d", "ll")]
    name = "\u4840" + "".join(chr(0x3800 + pair) for pair in pairs) + chr(0x4800 + letters.index("_"))
    assert unpack("msi", compound({name: FILE})).contents == {"evil.dll_": FILE}


def test_eicar_in_pieces(unpack: Unpack) -> None:
    """A file in sectors of any order is whole in its member and nowhere else."""
    content = FILE * 200
    data = compound({"stream": content}, Layout(order=lambda count: list(range(count))[::-1]))
    assert content not in data
    assert unpack("ole", data).contents == {"stream": content}
