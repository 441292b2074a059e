"""What stands in the streams of documents comes out by its name: files, attachments, objects, macros; or a gap."""

from __future__ import annotations

import struct
import zlib

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits
from unpack.compound_file import Layout, compound
from unpack.conftest import Unpack
from unpack.vba_project import CACHE, compressed, project

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


def test_attachment_that_is_elsewhere(unpack: Unpack) -> None:
    """Without content it is a name; a person of the message and a message in it are no attachments without content."""
    shown = {"__substg1.0_3001001F": "invoice.vbs".encode("utf-16-le")}
    inner = {"__substg1.0_3701000D": {"__substg1.0_1000001E": b"Hello"}, **shown}
    tree = {"__attach_version1.0_#00000000": shown, "__recip_version1.0_#00000000": shown}
    assert (("invoice.vbs",), b"") in unpack("msg", compound(tree)).members
    for only in ({"__recip_version1.0_#00000000": shown}, {"__attach_version1.0_#00000000": inner}):
        assert (("invoice.vbs",), b"") not in unpack("msg", compound(only)).members


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


@pytest.mark.parametrize("kind", ["001F", "001E", "0102"])
def test_html_of_a_mail(unpack: Unpack, kind: str) -> None:
    """What is a page is called one, however it begins."""
    page = b"Hello,<br>world"
    content = page.decode().encode("utf-16-le") if kind == "001F" else page
    opened = unpack("msg", compound({f"__substg1.0_1013{kind}": content}))
    assert opened.contents[f"__substg1.0_1013{kind}.html"] == page


@pytest.mark.parametrize("packed", [b"\1\0", b"\0ab\1"])
def test_body_cut_off(unpack: Unpack, packed: bytes) -> None:
    """A body without its end mark is a gap."""
    assert unpack("msg", body_of(packed)).reasons == {Reason.UNREADABLE}


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
    assert "VBA/Module1.pcode" not in opened.contents
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


def test_text_of_a_message(unpack: Unpack) -> None:
    """Bodies and subjects in UTF-16 come out as UTF-8."""
    text = "Grüße: click here"
    opened = unpack("msg", compound({"__substg1.0_1000001F": text.encode("utf-16-le"), "__substg1.0_0037001F": b"x\0"}))
    assert opened.contents["__substg1.0_1000001F.txt"] == text.encode()
    assert opened.contents["__substg1.0_0037001F.txt"] == b"x"


def test_too_many_names_of_an_attachment(unpack: Unpack) -> None:
    """Streams of one name, as often as somebody likes."""
    layout = Layout()
    tree = {f"__substg1.0_3707001{number:x}": f"name{number}".encode() for number in range(16)}
    data = bytearray(compound({"a": {**tree, "__substg1.0_37010102": FILE}}, layout))
    wanted, at = "__substg1.0_3707001E".encode("utf-16-le"), 0
    while (at := data.find("__substg1.0_3707001".encode("utf-16-le"), at)) >= 0:
        data[at : at + len(wanted)] = wanted
        at += 1
    opened = unpack("msg", bytes(data))
    assert Reason.LIMIT_MEMBERS in opened.reasons
    assert [len(names) for names, content in opened.members if content == FILE] == [15]


def test_encrypted_whatever_its_name_ends_with(unpack: Unpack) -> None:
    """A name that is longer than its length says is known by both; the type that was found stands by itself."""
    encrypted = compound({"WordDocument": b"x" * 20}).replace(
        "WordDocument".encode("utf-16-le") + bytes(8), "EncryptedPackage".encode("utf-16-le")
    )
    assert unpack("ole", encrypted).reasons == {Reason.ENCRYPTED}
    assert unpack("olex", compound({"a": b"x"})).reasons == {Reason.ENCRYPTED}
    assert Reason.ENCRYPTED in unpack("olex", encrypted[:600]).reasons


def test_workbook_of_too_many_records(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it is encrypted is not known then."""
    monkeypatch.setattr("bartizan.unpack.office.RECORDS", 20)
    records = biff(BOF, *[(0x42, b"")] * 30, (0x2F, b"\1\0"), EOF)
    assert unpack("ole", compound({"Workbook": records})).reasons == {Reason.LIMIT_MEMBERS}


def test_objects_within_objects(unpack: Unpack) -> None:
    """A header for each few bytes, all leading over the same megabytes, costs no more than a limit."""
    nothing = zlib.compressobj(0).compress(b"") + b"\0\0\0\xff\xff" * 100_000
    headers = (struct.pack("<HHII", 0x10, 0x1011, 1 << 30, 9) + b"\x78\x01") * 900
    opened = unpack("ole", compound({"PowerPoint Document": headers + nothing}))
    assert opened.reasons <= {Reason.UNREADABLE, Reason.LIMIT_TIME}
    bomb = zlib.compress(bytes(40 << 20), 9)
    opened = unpack("ole", presentation(1, bytes(4) + bomb, more=struct.pack("<HHII", 0x10, 0x1011, len(bomb) + 4, 9)
                                        + bomb), Limits(member_bytes=50 << 20))  # fmt: skip
    assert [len(content) for _, content in opened.members[1:]] == [40 << 20, 10 << 20]
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}


def test_list_that_leads_to_another_source(unpack: Unpack) -> None:
    """Both sources come out: the one that is listed and the one that begins like a source."""
    tree = project("Module1", SOURCE)
    decoy = compressed(b"' nothing to see")
    tree["Module1"] = CACHE + decoy + compressed(SOURCE)
    opened = unpack("ole", compound({"VBA": tree}))
    assert [content for names, content in opened.members if names == ("VBA/Module1.vba",)] == [
        b"' nothing to see",
        SOURCE,
    ]


@pytest.mark.parametrize("rest", [b"", bytes(300), b"\1", compressed(b"")])
def test_compiled_macros_without_their_source(unpack: Unpack, rest: bytes) -> None:
    """A module that nothing readable is left of says so by its name, and is a gap."""
    tree = project("Module1", SOURCE)
    opened = unpack("ole", compound({"VBA": {**tree, "Module1": CACHE + rest}}))
    assert opened.contents["VBA/Module1.pcode"] == b""
    assert Reason.UNREADABLE in opened.reasons
    del tree["dir"]
    opened = unpack("ole", compound({"VBA": {**tree, "Module1": b"\1\x16\3\0" + bytes(500)}}))
    assert opened.contents["VBA/Module1.pcode"] == b""


def test_more_macros_than_are_read(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources of all modules together are bounded."""
    monkeypatch.setattr("bartizan.unpack.ole.SOURCE", 10_000)
    opened = unpack("ole", compound({"VBA": project("Module1", SOURCE)}))
    assert 5000 < len(opened.contents["VBA/Module1.vba"]) <= 10_000
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}


def test_more_sources_than_are_read(unpack: Unpack) -> None:
    """Beginnings of sources by the hundred are a gap."""
    tree = project("Module1", SOURCE)
    tree["Module1"] = CACHE + compressed(SOURCE[:60]) * 100
    opened = unpack("ole", compound({"VBA": tree}))
    assert len([names for names in opened.names if names == ("VBA/Module1.vba",)]) == 9
    assert opened.reasons == {Reason.UNREADABLE}


def test_lists_of_modules_that_are_too_long(unpack: Unpack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nothing is left for is told."""
    monkeypatch.setattr("bartizan.unpack.ole.SOURCE", 10_000)
    tree = {"A": {"VBA": {"dir": compressed(bytes(20_000))}}, "B": {"VBA": project("Module1", SOURCE)}}
    assert Reason.LIMIT_MEMBER_BYTES in unpack("ole", compound(tree)).reasons


def listing(module: str, offset: int) -> bytes:
    """A list of one module, whose source begins at `offset`."""
    name = module.encode()
    return struct.pack("<HI", 0x1A, len(name)) + name + struct.pack("<HII", 0x31, 4, offset)


@pytest.mark.parametrize("places", [(True, False), (False, True)])
def test_module_that_is_listed_twice(unpack: Unpack, places: tuple[bool, bool]) -> None:
    """Each place where its source is said to begin counts."""
    odd = b"\1\xff\x3f" + b"sub autoopen ()\r\n".ljust(4096)
    module = CACHE + compressed(SOURCE)
    listed = b"".join(listing("Module1", len(module) if odd_one else len(CACHE)) for odd_one in places)
    tree = {"Module1": module + odd, "dir": compressed(listed)}
    sources = [
        content for names, content in unpack("ole", compound({"VBA": tree})).members if names[0].endswith(".vba")
    ]
    assert any(b"sub autoopen" in source for source in sources)


def test_long_name_of_an_attachment(unpack: Unpack) -> None:
    """Its end is what counts."""
    name = ("x" * 5000 + ".vbs").encode("utf-16-le")
    attachment = {"__substg1.0_37010102": FILE, "__substg1.0_3707001F": name}
    opened = unpack("msg", compound({"__attach_version1.0_#00000000": attachment}))
    assert any(name.endswith("x.vbs") for names in opened.names for name in names)
