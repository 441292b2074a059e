"""Archives whose contents others listed: rarfile (.exp), lhasa (-hdr.txt) and TNEF (.list).

Each listed member is found under its name and with its size, and nothing of the archive is left unread; or the
archive is listed as a known gap.
"""

from __future__ import annotations

import re
from pathlib import Path

from corpora.examined import Examined, Scan, assert_known, attachments, files, read

Listing = set[tuple[str, int]]


def found(examined: Examined) -> Listing:
    """Name and size of what came out of containers."""
    return {(plain(name), node.size) for node in examined.members for name in node.names or ("",)}


def plain(name: str) -> str:
    """A name in lower case, / between its pieces, without control characters and line ends."""
    return re.sub(r"[\0-\x1f]", "", name.casefold().replace("\\", "/"))


def rar_listing(text: str) -> Listing:
    """The files of a .exp: blocks that begin FILE or R5_FILE and are no directory, link, or copy of a member before."""
    listing = set()
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if not re.match(r"(R5_)?FILE: .* is=F--", block) or "  redir: " in block:
            continue
        name = re.search(r"^  name=(.*)$", block, re.MULTILINE)
        size = re.search(r" dec=(\d+)", block)
        assert name, block
        assert size, block
        listing.add((plain(name[1]), int(size[1])))
    return listing


def lha_listing(text: str) -> Listing:
    """The files of a -hdr.txt: blocks ended by --, without directories and links."""
    listing = set()
    for block in text.split("\n--\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if fields.get("filename") and fields["compress_method"] != "-lhd-":
            name = fields.get("path", "") + fields["filename"]
            listing.add((plain(name), int(fields["length"])))
    return listing


def unmet(results: dict[str, Examined], expected: dict[str, Listing]) -> dict[str, Examined]:
    """The archives of which something was not found or not read."""
    return {
        name: examined for name, examined in results.items() if examined.gaps or not expected[name] <= found(examined)
    }


def test_rar(corpus: Path, scan: Scan) -> None:
    """Every member of every archive of rarfile, encrypted and split ones listed."""
    folder = corpus / "rarfile/test/files"
    expected = {path.stem: rar_listing(path.read_text("utf-8")) for path in files(folder, "*.exp")}
    results = scan(attachments(read(folder, [folder / name for name in expected])))

    assert len(expected) == 51
    assert sum(map(len, expected.values())) > 60
    assert_known("rarfile", unmet(results, expected))


def test_lha(corpus: Path, scan: Scan) -> None:
    """Every member of every archive of lhasa that has a listing."""
    archives, output = corpus / "lhasa/test/archives", corpus / "lhasa/test/output"
    expected = {
        path.relative_to(output).as_posix().removesuffix("-hdr.txt"): lha_listing(path.read_text("latin-1"))
        for path in files(output, "*-hdr.txt")
    }
    results = scan(attachments(read(archives, [archives / name for name in expected])))

    assert len(expected) == 212
    assert sum(map(bool, expected.values())) == 205
    assert_known("lhasa", unmet(results, expected))


def test_tnef(corpus: Path, scan: Scan) -> None:
    """Every file of every TNEF container by its name, without those that the container calls untitled."""
    for name, place in (("tnef", "tnef/tests/files/datafiles"), ("mimekit-tnef", "mimekit/UnitTests/TestData/tnef")):
        folder = corpus / place
        results = scan(attachments(read(folder, files(folder, "*.tnef"))))
        failing = {}
        for file, examined in results.items():
            names = (folder / file).with_suffix(".list").read_text("utf-8").splitlines()
            expected = {name for name in names if name and "body." not in name and not name.startswith("Untitled")}
            if examined.gaps or not expected <= examined.names:
                failing[file] = examined

        assert len(results) >= 15
        assert_known(name, failing)
