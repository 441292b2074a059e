"""What people's programs make is examined completely, and nothing is found in it.

LibreOffice, Info-ZIP, 7-Zip, GNU tar, libarchive's bsdtar, cpio, genisoimage and xorriso make documents, archives and
disk images in a Debian root of their own (making/); each goes through the examination of a mail that carries it.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bartizan.app import examiner
from bartizan.config.load import load
from bartizan.config.resolve import Flags
from bartizan.model.finding import Kind
from bartizan.model.message import Examination
from corpora.examined import attached, read
from integration import debian

pytestmark = pytest.mark.integration
MAKING = Path(__file__).with_name("making")
PACKAGES = (
    *("libreoffice-writer-nogui", "libreoffice-calc-nogui", "libreoffice-impress-nogui", "fonts-dejavu-core"),
    *("python3-uno", "zip", "7zip", "libarchive-tools", "cpio", "binutils", "genisoimage", "xorriso"),
    *("bzip2", "xz-utils", "zstd", "lzip", "lz4", "ncompress"),
)
PASSWORD, PHRASE = "Sesame7", "quarterly figures of the harbour office"
"""With which `making` locks, and what stands in each of its documents."""
HEAD = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nPassword: %b\r\n--b\r\n"
HELD = {
    **dict.fromkeys(("ARM.7z", "ARM64.7z", "PPC.7z", "IA64.7z", "SPARC.7z"), "unreadable"),
    **dict.fromkeys(("split.zip", "split.z01"), "unreadable"),
    "Deflate64.7z": "unreadable",
    "Deflate64.zip": "unreadable",
    "sealed.7z": "encrypted",
    "sealed-names.7z": "encrypted",
    "7zip.wim": "unreadable",
}
"""What no reader here can open, and the reason that a mail with it is held for."""
NAMED = {"opened:password", "block:iso", "report:sh"}
"""What the shipped rules tell of some archives and images for their names, or because a password opened them."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of everything that the programs make."""
    out = tmp_path_factory.mktemp("made")
    with debian.folder() as work:
        root = work / "programs"
        debian.make(root)
        install = f"apt-get update -q && apt-get install -q -y --no-install-recommends {' '.join(PACKAGES)}"
        debian.run(root, install, {"DEBIAN_FRONTEND": "noninteractive"})
        shutil.copytree(MAKING, root / "making")
        for command in ("python3 /making/documents.py /made/documents", "sh /making/containers.sh /made"):
            debian.run(root, command, {"LC_ALL": "C.UTF-8"})
        shutil.copytree(root / "made", out, dirs_exist_ok=True, symlinks=True)
    return out


@pytest.fixture(scope="module")
def examined(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Examination]:
    """What the examination of each says, by its path below `made`; what is locked comes with its password."""
    phrases = tmp_path_factory.mktemp("lists") / "phrases.txt"
    phrases.write_text(f"{PHRASE}\n")
    folders = ("clear", "locked", "some", "text", "held", "documents")
    contents = read(made, (path for folder in folders for path in (made / folder).rglob("*") if path.is_file()))
    mails = {name: _mail(name, content) for name, content in sorted(contents.items())}
    return asyncio.run(_examine(mails, phrases))


def _mail(name: str, content: bytes) -> bytes:
    mail = attached(name, content)
    if "locked/" not in name and "sealed" not in name:
        return mail
    return HEAD % PASSWORD.encode() + mail[mail.index(b"Content-Type") :] + b"\r\n--b--\r\n"


async def _examine(mails: Mapping[str, bytes], phrases: Path) -> dict[str, Examination]:
    async with examiner(load(None, Flags(phrases=(str(phrases),), best_effort=True))) as examine:
        return {name: await examine(mail, "clean") for name, mail in mails.items()}


def _below(examined: Mapping[str, Examination], folder: str) -> dict[str, Examination]:
    found = {name.removeprefix(folder): one for name, one in examined.items() if name.startswith(folder)}
    assert found
    return found


def _told(examination: Examination) -> list[str]:
    return [f"{finding.kind} {finding.name} {finding.part} {finding.detail}" for finding in examination.findings]


def test_documents(examined: dict[str, Examination]) -> None:
    """Of each document the text is read, with the password too; nothing else is found than what it is called."""
    for name, one in _below(examined, "documents/").items():
        assert one.complete, (name, _told(one))
        found = {finding.name for finding in one.findings if finding.kind is not Kind.ATTACHMENT}
        assert found - {"opened:password"} == {PHRASE}, (name, _told(one))


def test_all_files_of_an_archive_or_image(made: Path, examined: dict[str, Examination]) -> None:
    """Each is looked at; of locked ones with the password."""
    digests = _digests(made / "files")
    assert len(digests) == 4
    for name, one in (_below(examined, "clear/") | _below(examined, "locked/")).items():
        _assert_clean(name, one)
        missing = digests.keys() - {node.sha256 for node in one.nodes}
        assert not missing, (name, [digests[digest] for digest in missing])


def test_some_files_of_an_archive(made: Path, examined: dict[str, Examination]) -> None:
    """What holds one file or a few."""
    digests = _digests(made / "files") | _digests(made / "alone")
    for name, one in _below(examined, "some/").items():
        _assert_clean(name, one)
        assert digests.keys() & {node.sha256 for node in one.nodes}, name


def test_archives_that_are_text(examined: dict[str, Examination]) -> None:
    """Nothing opens them; they are looked at as they are."""
    for name, one in _below(examined, "text/").items():
        _assert_clean(name, one)


def test_what_has_no_reader_is_held(examined: dict[str, Examination]) -> None:
    """Each with its reason."""
    gaps = {
        name: {finding.name for finding in one.findings if finding.kind is Kind.GAP}
        for name, one in _below(examined, "held/").items()
    }
    assert gaps == {name: {reason} for name, reason in HELD.items()}


def _digests(folder: Path) -> dict[str, str]:
    """SHA-256 to name of the files below a folder that hold something."""
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink() and path.stat().st_size]
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path.name for path in paths}


def _assert_clean(name: str, one: Examination) -> None:
    assert one.complete, (name, _told(one))
    assert {finding.name for finding in one.findings} <= NAMED, (name, _told(one))
