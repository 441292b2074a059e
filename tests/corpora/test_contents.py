"""Files that lie beside the mails and archives they were taken from are found in them, by their digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

from corpora.examined import Scan, assert_known, attachments, files, read

TESTDATA = "mimekit/UnitTests/TestData"
ENCODED = {
    "encoders/photo.uu": "encoders/photo.jpg",
    "yenc/00000020.ntx": "yenc/joystick.jpg",
    "yenc/00000021.ntx": "yenc/joystick.jpg",
}
"""What holds a file, or a piece of it, and the file. The yEnc pieces need each other."""
IN_MAILS = {
    "Biodiversite de semaine en semaine.doc": 1,
    "HasenundFrosche.txt": 8,
    "abc.txt": 1,
    "blueball.png": 29,
    "farmerandstork.txt": 3,
    "greenball.png": 22,
    "hareandtortoise.txt": 6,
    "redball.png": 26,
    "test.doc": 1,
    "winmail.dat": 29,
}
"""zbateson's attachments, and the number of its mails that carry them byte for byte."""


def digest(content: bytes) -> str:
    """SHA-256 as nodes have it."""
    return hashlib.sha256(content).hexdigest()


def test_encoded_files(corpus: Path, scan: Scan) -> None:
    """A photograph is found in its uuencoded form."""
    folder = corpus / TESTDATA
    results = scan(attachments(read(folder, [folder / name for name in ENCODED])))
    wanted = {name: digest((folder / file).read_bytes()) for name, file in ENCODED.items()}

    assert_known("mimekit-encoded", {n: one for n, one in results.items() if wanted[n] not in one.digests})


def test_attachments_of_mails(corpus: Path, scan: Scan) -> None:
    """Every attachment is found in at least as many mails as have it."""
    folder = corpus / "zbateson/tests/_data/emails"
    mails = scan(read(folder, [path for path in files(folder, "*.txt") if path.parent == folder]))
    found = {
        name: sum(digest((folder / "files" / name).read_bytes()) in mail.digests for mail in mails.values())
        for name in IN_MAILS
    }

    assert {name: min(found[name], IN_MAILS[name]) for name in IN_MAILS} == IN_MAILS


def test_yenc(corpus: Path, scan: Scan) -> None:
    """A yEnc file is found wherever in its mail it begins; of a part of one is told that it is that."""
    folder = corpus / TESTDATA / "yenc"
    results = scan(read(folder, files(folder, "*.msg", "0*.ntx")))
    whole = results.pop("simple.msg")

    assert whole.gaps == set()
    assert whole.names == {"testfile.txt"}
    assert [member.size for member in whole.members] == [584]
    assert {name: one.gaps for name, one in results.items()} == {
        "00000020.ntx": {"partial"},
        "00000021.ntx": {"partial"},
    }
