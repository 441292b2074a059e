"""Archives made here are read completely, and whatever is not read is a gap."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bartizan.model.finding import Reason
from bartizan.model.limits import Limits

Opened = Any
Unpack = Callable[..., Opened]

FILES = {"a.txt": b"hello", "dir/b.bin": bytes(range(256)) * 40, "empty": b""}


def make_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """A zip of these files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
        archive.comment = comment
    return target.getvalue()


def make_tar(files: dict[str, bytes], format: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of these files."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=format) as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def make_ar(files: dict[str, bytes]) -> bytes:
    """An ar archive, as deb uses it."""
    packed = b"!<arch>\n"
    for name, data in files.items():
        packed += f"{name + '/':16}{0:<12}{0:<6}{0:<6}{'100644':8}{len(data):<10}`\n".encode() + data
        packed += b"\n" * (len(data) % 2)
    return packed


def make_cpio(files: dict[str, bytes]) -> bytes:
    """A cpio archive in the new ASCII format."""
    packed = b""
    for number, (name, data) in enumerate([*files.items(), ("TRAILER!!!", b"")]):
        fields = [number, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        header = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        packed += header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4)
    return packed


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip(unpack: Unpack, method: int) -> None:
    """Every member of a zip comes out with its name and bytes."""
    files = {name: data for name, data in FILES.items() if data or method != zipfile.ZIP_LZMA}
    opened = unpack("zip", make_zip(files, method))
    assert (opened.contents, opened.gaps) == (files, [])


@pytest.mark.parametrize("type", ["jar", "apk", "docx", "xlsx", "pptx", "odt", "ods", "odp", "msix", "epub"])
def test_zip_by_other_names(unpack: Unpack, type: str) -> None:
    """Documents and packages that are zips are opened as zips."""
    assert unpack(type, make_zip(FILES)).contents == FILES


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_tar(unpack: Unpack, format: int) -> None:
    """Every member of a tar comes out with its name and bytes."""
    opened = unpack("tar", make_tar(FILES, format))
    assert (opened.contents, opened.gaps) == (FILES, [])


def test_ar_and_cpio(unpack: Unpack) -> None:
    """The two oldest formats."""
    files = {"a.txt": b"hello", "b": b"12"}
    assert unpack("ar", make_ar(files)).contents == files
    assert unpack("cpio", make_cpio(files)).contents == files


def make_xar(files: dict[str, bytes]) -> bytes:
    """An archive whose files are stored."""
    listing, heap = "", bytes(20)
    for number, (name, content) in enumerate(files.items()):
        listing += (
            f'<file id="{number}"><name>{name}</name><type>file</type><data><length>{len(content)}</length>'
            f'<offset>{len(heap)}</offset><size>{len(content)}</size><encoding style="application/octet-stream"/>'
            f'<archived-checksum style="md5">{hashlib.md5(content).hexdigest()}</archived-checksum></data></file>'
        )
        heap += content
    whole = (
        '<?xml version="1.0" encoding="UTF-8"?><xar><toc><checksum style="sha1"><size>20</size><offset>0</offset>'
        f"</checksum>{listing}</toc></xar>"
    ).encode()
    packed = zlib.compress(whole)
    head = b"xar!" + struct.pack(">HHQQI", 28, 1, len(packed), len(whole), 1)
    return head + packed + hashlib.sha1(packed).digest() + heap[20:]


def test_xar(unpack: Unpack) -> None:
    """Each file begins with its own first byte, though libarchive counts on from the file before it."""
    files = {"a.txt": b"alpha" * 300, "b.txt": b"beta" * 200, "c.txt": b"c"}
    opened = unpack("xar", make_xar(files))
    assert opened.contents == files
    assert not opened.gaps


@pytest.mark.parametrize(
    ("type", "packed"), [("zip", make_zip({})), ("tar", make_tar({})), ("ar", b"!<arch>\n"), ("cpio", make_cpio({}))]
)
def test_truly_empty(unpack: Unpack, type: str, packed: bytes) -> None:
    """An archive with nothing in it is complete."""
    opened = unpack(type, packed)
    assert (opened.members, opened.gaps) == ([], [])


@pytest.mark.parametrize("type", ["zip", "7z", "rar", "cab", "iso", "lha", "cpio", "tar", "ar", "xar"])
@pytest.mark.parametrize("packed", [b"", b"\0", b"no archive at all" * 100, bytes(range(256)) * 300])
def test_never_silently_empty(unpack: Unpack, type: str, packed: bytes) -> None:
    """Bytes that are no such archive are a gap, though a tar may be all zeros."""
    opened = unpack(type, packed)
    assert opened.members == []
    assert opened.reasons == {Reason.UNREADABLE} or (type == "tar" and not packed.strip(b"\0"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
def test_links_and_devices(unpack: Unpack, kind: bytes) -> None:
    """A link or device is a name without content; a path that leaves the folder is just a name."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("../../etc/evil.exe")
        info.type = kind
        info.linkname = "/etc/passwd"
        archive.addfile(info)
    opened = unpack("tar", target.getvalue())
    assert (opened.members, opened.gaps) == ([(("../../etc/evil.exe",), b"")], [])


def test_directories_are_no_members(unpack: Unpack) -> None:
    """A directory is not reported, whatever it is called; what pretends to be one and has content is."""
    packed = make_zip({"folder.exe/": b"", "folder.exe/a": b"1"})
    assert unpack("zip", packed).contents == {"folder.exe/a": b"1"}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("dir.exe")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    assert unpack("tar", target.getvalue()).members == []


def test_many_directories(unpack: Unpack) -> None:
    """Directories cannot be walked through without end."""
    packed = make_zip({f"{number}/": b"" for number in range(40)})
    opened = unpack("zip", packed, replace(Limits(), members=10))
    assert opened.reasons == {Reason.LIMIT_MEMBERS}


def test_member_limit(unpack: Unpack) -> None:
    """A member above the limit is cut, told, and the next one is read."""
    packed = make_zip({"big": b"x" * 5000, "small": b"y"})
    opened = unpack("zip", packed, replace(Limits(), member_bytes=1000))
    assert opened.contents == {"big": b"x" * 1000, "small": b"y"}
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}
    assert unpack("zip", packed, replace(Limits(), member_bytes=5000)).gaps == []


def test_stop(unpack: Unpack) -> None:
    """When the sink says stop, nothing more comes: the collector would fail."""
    packed = make_zip({str(number): b"x" * 1000 for number in range(10)})
    assert len(unpack("zip", packed, max_members=3).members) == 4
    assert sum(map(len, unpack("zip", packed, max_bytes=2500).contents.values())) == 3000


def test_sparse_file_counts_its_holes(unpack: Unpack) -> None:
    """A hole reads as zeros, and a terabyte of them is a limit."""
    header = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "s", "GNU.sparse.realsize": "4096"}
    small = _sparse(header, b"1\n2048\n4\n")
    assert unpack("tar", small).contents == {"s": bytes(2048) + b"data" + bytes(2044)}
    huge = _sparse(header | {"GNU.sparse.realsize": str(1 << 40)}, b"1\n%d\n4\n" % ((1 << 40) - 4))
    opened = unpack("tar", huge, replace(Limits(), member_bytes=100_000))
    assert opened.contents == {"s": bytes(100_000)}
    assert opened.reasons == {Reason.LIMIT_MEMBER_BYTES}


def _sparse(header: dict[str, str], sparse_map: bytes) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("GNUSparseFile.0/s")
        info.pax_headers = header
        data = sparse_map.ljust(512, b"\0") + b"data"
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return target.getvalue()


def test_encrypted_entry(unpack: Unpack) -> None:
    """An entry marked as encrypted is named and is a gap; its neighbours are read."""
    packed = bytearray(make_zip({"secret": b"1234", "open": b"5"}, zipfile.ZIP_STORED))
    packed[6] |= 1
    packed[packed.find(b"PK\1\2") + 8] |= 1
    opened = unpack("zip", bytes(packed))
    assert opened.contents == {"secret": b"", "open": b"5"}
    assert opened.reasons == {Reason.ENCRYPTED}


def test_bad_checksum(unpack: Unpack) -> None:
    """Content that does not have the checksum it should is given, and is a gap."""
    packed = make_zip({"a": b"right"}, zipfile.ZIP_STORED).replace(b"right", b"wrong")
    opened = unpack("zip", packed)
    assert (opened.contents, opened.reasons) == ({"a": b"wrong"}, {Reason.UNREADABLE})


def test_unknown_method(unpack: Unpack) -> None:
    """A compression method that nobody knows is a gap; the next entry is read."""
    packed = bytearray(make_zip({"a": b"1234", "b": b"5"}, zipfile.ZIP_STORED))
    packed[8] = packed[packed.find(b"PK\1\2") + 10] = 77
    opened = unpack("zip", bytes(packed))
    assert (opened.contents, opened.reasons) == ({"a": b"", "b": b"5"}, {Reason.UNREADABLE})


def test_declared_size_lies(unpack: Unpack) -> None:
    """What comes out is what was packed, whatever size the headers declare."""
    data = b"0123456789" * 1000
    packed = bytearray(make_zip({"a": data}))
    for at in (22, packed.find(b"PK\1\2") + 24):
        packed[at : at + 4] = struct.pack("<I", 5)
    opened = unpack("zip", bytes(packed))
    assert opened.contents == {"a": data}


@pytest.mark.parametrize("cut", [1, 10, 22, 40, 100])
def test_truncated_zip(unpack: Unpack, cut: int) -> None:
    """A zip without its end is never complete, unless all its entries could be read all the same."""
    opened = unpack("zip", make_zip(FILES)[:-cut])
    assert opened.reasons == {Reason.UNREADABLE} or opened.contents == FILES


def test_zip_that_lists_more_than_can_be_read(unpack: Unpack) -> None:
    """An end record that counts other entries than there are is a gap."""
    packed = bytearray(make_zip({"a": b"1"}))
    end = packed.rfind(b"PK\5\6")
    packed[end + 8 : end + 12] = struct.pack("<HH", 2, 2)
    assert unpack("zip", bytes(packed)).reasons == {Reason.UNREADABLE}


def test_spanned_zip(unpack: Unpack) -> None:
    """One disk of several is a gap."""
    packed = bytearray(make_zip({"a": b"1"}))
    packed[packed.rfind(b"PK\5\6") + 4] = 3
    assert (Reason.UNREADABLE, "one volume of a set") in unpack("zip", bytes(packed)).gaps


def test_bytes_behind_a_tar(unpack: Unpack) -> None:
    """A second archive behind a tar is not passed over in silence; padding is nothing."""
    assert unpack("tar", make_tar(FILES) + bytes(5000)).gaps == []
    assert unpack("tar", make_tar(FILES) + make_tar({"b.exe": b"2"})).reasons == {Reason.UNREADABLE}


def test_name_with_nul(unpack: Unpack) -> None:
    """A name that goes on behind a NUL is told as a whole."""
    packed = make_zip({"x.txt_.exe": b"1"}).replace(b"x.txt_.exe", b"x.txt\0.exe")
    opened = unpack("zip", packed)
    assert opened.names == [("x.txt",), ("x.txt\0.exe",)]


def test_names_of_the_two_headers(unpack: Unpack) -> None:
    """A local header that names the entry differently counts too."""
    packed = make_zip({"picture.png": b"1"}).replace(b"picture.png", b"program.exe", 1)
    names = {name for names in unpack("zip", packed).names for name in names}
    assert names == {"picture.png", "program.exe"}


def test_unicode_path(unpack: Unpack) -> None:
    """The name in a Unicode Path field counts too."""
    info = zipfile.ZipInfo("a.png")
    path = "rechnung-ä.exe".encode()
    info.extra = struct.pack("<HHBI", 0x7075, 5 + len(path), 1, zlib.crc32(b"a.png")) + path
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(info, b"1")
    names = {name for names in unpack("zip", target.getvalue()).names for name in names}
    assert names == {"a.png", "rechnung-ä.exe"}


@pytest.mark.parametrize("variable", ["C.UTF-8", "C", "POSIX"])
def test_names_in_any_locale(variable: str) -> None:
    """UTF-8 names come out right whatever the locale is."""
    program = (
        "import sys\n"
        "from bartizan.unpack import base\n"
        "from bartizan.unpack.base import open_container, prepare\n"
        "from bartizan.model.limits import Limits\n"
        "class Sink(base.Sink):\n"
        "    def member(self, names): print(ascii(names)); return True\n"
        "    def data(self, chunk): return True\n"
        "    def gap(self, reason, detail): print(reason, detail)\n"
        "prepare()\n"
        "open_container('zip', memoryview(sys.stdin.buffer.read()), Sink(), Limits())\n"
    )
    environment = {**os.environ, "LC_ALL": variable, "PYTHONUTF8": "0"}
    packed = make_zip({"straße-名.exe": b"1"})
    told = subprocess.run([sys.executable, "-c", program], input=packed, env=environment, capture_output=True)
    assert (told.stdout, told.stderr) == (ascii(("straße-名.exe",)).encode() + b"\n", b"")


def test_nothing_is_written(unpack: Unpack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening an archive leaves the current folder as it was."""
    monkeypatch.chdir(tmp_path)
    unpack("tar", make_tar(FILES))
    unpack("zip", make_zip(FILES))
    assert list(tmp_path.iterdir()) == []
