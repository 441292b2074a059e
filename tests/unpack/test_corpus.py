"""Archives that others made: found inside, or a gap; nothing crashes our side, nothing hangs."""

from __future__ import annotations

import hashlib
import signal
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bartizan._core.sniff import sniff
from bartizan.model.finding import Reason
from bartizan.model.limits import MIB, Limits
from bartizan.unpack.base import CONTAINERS

Unpack = Callable[..., Any]

CLAM = "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495"
FOUND = (
    *("7z", "bin-be.cpio", "bin-le.cpio", "newc.cpio", "odc.cpio", "bz2.zip", "cab", "exe", "exe.binhex", "exe.bz2"),
    *("tar.gz", "tnef", "zip", "ole.doc", "ppt", "exe.rtf"),
)
GAP = ("arj", "chm", "d64.zip", "exe.szdd", "impl.zip", "sis")
# Scanned as they are (documents, programs: DESIGN section 4), or read by the mail parser.
EXEMPT = (
    "ea05.exe",
    "ea06.exe",
    "exe.html",
    "exe.mbox.base64",
    "exe.mbox.uu",
    "mail",
    "pdf",
)
LIMITS = replace(Limits(), member_bytes=4 * MIB)


def walk(data: bytes, unpack: Unpack) -> tuple[set[str], set[Reason], set[str]]:
    """Digests of everything in a file, through containers in containers; gaps; types seen."""
    digests, gaps, types = set(), set(), set()
    work = deque([data])
    while work:
        data = work.popleft()
        digests.add(hashlib.sha256(data).hexdigest())
        type = sniff(data)
        types.add(type)
        if type in CONTAINERS:
            opened = unpack(type, data, LIMITS)
            assert opened.died == 0
            gaps |= opened.reasons
            work.extend(content for _, content in opened.members)
    return digests, gaps, types


def files(folder: Path) -> Iterator[Path]:
    """All files below a folder."""
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="session")
def clamav(corpus: Path) -> Path:
    """The folder of test files of the Debian package clamav-testfiles."""
    return corpus / "clamav-testfiles" / "usr" / "share" / "clamav-testfiles"


@pytest.mark.parametrize("name", FOUND)
def test_clam_found(clamav: Path, unpack_apart: Unpack, name: str) -> None:
    """The program is found inside, completely."""
    digests, gaps, _ = walk((clamav / f"clam.{name}").read_bytes(), unpack_apart)
    assert CLAM in digests
    assert gaps == set()


@pytest.mark.parametrize("name", GAP)
def test_clam_gap(clamav: Path, unpack_apart: Unpack, name: str) -> None:
    """What cannot be read is a gap."""
    _, gaps, types = walk((clamav / f"clam.{name}").read_bytes(), unpack_apart)
    assert (gaps, types <= CONTAINERS | {""}) == ({Reason.UNREADABLE}, True)


def test_clam_others(clamav: Path, unpack_apart: Unpack) -> None:
    """No file of the package is left out of the lists above but packed programs, which are programs by their magic."""
    listed = {f"clam.{name}" for name in (*FOUND, *GAP, *EXEMPT)}
    others = [path for path in files(clamav) if path.name not in listed]
    assert {sniff(path.read_bytes()) for path in others} == {"exe", "gz"}
    assert CLAM in walk((clamav / "clam_cache_emax.tgz").read_bytes(), unpack_apart)[0]


@pytest.mark.parametrize("folder", ["libarchive-fixtures", "yauzl", "rarfile", "lhasa"])
def test_no_end_but_a_told_one(corpus: Path, unpack_apart: Unpack, folder: str) -> None:
    """Every container ends in members or gaps, by itself and in time.

    libarchive 3.6.2 crashes on one of its own fixtures (a cabinet that writes out of bounds): that is what the child is
    for, and it may.
    """
    opened_some = 0
    for path in files(corpus / folder):
        data = path.read_bytes()
        type = sniff(data)
        if type not in CONTAINERS:
            continue
        opened = unpack_apart(type, data, LIMITS)
        assert opened.died in (0, -signal.SIGSEGV, -signal.SIGABRT), path
        if opened.died:
            assert path.name == "test_read_format_cab_lzx_oob.cab"
        else:
            nothing = "empty" in path.name or "dir" in path.name
            assert opened.members or opened.gaps or nothing, path
            opened_some += 1
    assert opened_some > 20


def test_yauzl(corpus: Path, unpack_apart: Unpack) -> None:
    """Zips that a strict reader accepts are read without a gap, but for those that are odd on purpose."""
    odd = ("bogus", "wrong", "sloppy", "unicode")
    for path in files(corpus / "yauzl" / "test" / "success"):
        if path.suffix != ".zip" or path.name.startswith(odd) or "encryption" in path.name:
            continue
        opened = unpack_apart("zip", path.read_bytes())
        assert opened.gaps == [], path
        expected = {
            str(other.relative_to(path.with_suffix(""))): other.read_bytes()
            for other in files(path.with_suffix(""))
            if other.name != ".git_please_make_this_directory"
        }
        assert expected.items() <= opened.contents.items(), path


def test_encrypted(corpus: Path, unpack_apart: Unpack) -> None:
    """Encryption is told as what it is, in every format that marks it."""
    names = (
        "test_encrypted.zip",
        "test_read_format_zip_winzip_aes256.zip",
        "test_read_format_7zip_encryption_header.7z",
        "test_read_format_rar4_encrypted_filenames.rar",
        "test_read_format_rar_encryption_data.rar",
        "test_read_format_rar5_encrypted.rar",
        "test_read_format_rar5_solid_encrypted_filenames.rar",
    )
    found = {}
    for name in names:
        data = (corpus / "libarchive-fixtures" / name).read_bytes()
        found[name] = unpack_apart(sniff(data), data, LIMITS).reasons
    assert found == {name: {Reason.ENCRYPTED} for name in names}


def test_volumes(corpus: Path, unpack_apart: Unpack) -> None:
    """A volume of a set is a gap, even where everything in it could be read."""
    folder = corpus / "rarfile"
    volumes = [path for path in files(folder) if "-vols" in path.name and path.suffix == ".rar"]
    assert len(volumes) > 4
    for path in volumes:
        assert (Reason.UNREADABLE, "one volume of a set") in unpack_apart("rar", path.read_bytes()).gaps


def test_names_in_a_code_page(corpus: Path, unpack_apart: Unpack) -> None:
    """Names in a code page are read though the child cannot load it any more."""
    data = (corpus / "libarchive-fixtures" / "test_read_format_lha_filename_utf16.lzh").read_bytes()
    opened = unpack_apart("lha", data)
    assert opened.gaps == []
    assert opened.names[1] == ("ÜÖÄüöä/テスト.txt",)
