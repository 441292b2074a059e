"""Archives of all formats and states: nothing crashes, hangs or exceeds its limits, and what cannot be read is told.

libarchive's own fixtures, and yauzl's zips, whose file names say what is wrong with them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpora.examined import TIGHT, Examined, Scan, assert_known, attachments, files, listed, read

FOLDERS = ("clamav-testfiles", "libarchive-fixtures", "lhasa/test/archives", "rarfile", "tnef", "yauzl")
ONE_CRASHES = "test_read_format_cab_lzx_oob.cab"
"""libarchive 3.6.2 writes out of bounds for this fixture of its own: its child dies of it, which is a gap."""
AB = {hashlib.sha256(content).hexdigest() for content in (b"asdf\n", b"bsdf\n")}
"""What the two members are that most of yauzl's bad zips hold."""
ENTRY = b"PK\3\4"
"""What each entry of a zip begins with; two of the bad ones hold none."""
FOLDER_MARK = ".git_please_make_this_directory"


def in_order(examined: Examined) -> bool:
    """Nodes are named so that people can read them, and a container has members, or a gap, or is empty."""
    return all(node.path.isprintable() and len(node.path) < 4000 for node in examined.examination.nodes)


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("given", ["file", "attachment"])
def test_every_archive_ends(corpus: Path, scan: Scan, folder: str, given: str) -> None:
    """Members or gaps, in time, with names that are text and nothing else; a gap is never accepted."""
    contents = read(corpus / folder, files(corpus / folder))
    results = scan(contents if given == "file" else attachments(contents))

    assert len(results) >= 44
    for name, examined in results.items():
        assert "timeout" not in examined.gaps, name
        assert name == ONE_CRASHES or "crash" not in examined.gaps, name
        assert in_order(examined), name
        assert not (examined.gaps and examined.accepted), name
        assert "limit:time" not in examined.gaps, name


@pytest.mark.parametrize(
    ("folder", "least"),
    [
        ("libarchive-fixtures", {"limit:members", "limit:member_bytes", "limit:total_bytes", "limit:depth"}),
        ("lhasa/test/archives", {"limit:member_bytes"}),
    ],
)
def test_limits_hold(corpus: Path, scan_tightly: Scan, folder: str, least: set[str]) -> None:
    """No more members, bytes and levels come out than the limits allow, and where they end is a gap.

    Of the member that is one too many only the name is known.
    """
    results = scan_tightly(attachments(read(corpus / folder, files(corpus / folder))))
    limits = TIGHT

    reached: set[str] = set()
    for name, examined in results.items():
        members = examined.members
        assert not members[limits.members :] or [node.size for node in members[limits.members :]] == [0], name
        assert all(node.size <= limits.member_bytes for node in members), name
        assert sum(node.size for node in members) <= limits.total_bytes, name
        assert all(node.path.count("!/") <= limits.archive_depth for node in members), name
        reached |= {gap for gap in examined.gaps if gap.startswith("limit:")}
    assert reached >= least


def test_bad_zips(corpus: Path, scan: Scan) -> None:
    """What a strict reader refuses is a gap, or is read all the same: both members are there, whatever their names."""
    folder = corpus / "yauzl/test/failure"
    zips = read(folder, files(folder, "*.zip"))
    results = scan(attachments({name: content for name, content in zips.items() if ENTRY in content}))

    assert (len(zips), len(results)) == (24, 22)
    assert_known("yauzl", {name: one for name, one in results.items() if not (one.gaps or one.digests >= AB)})


def test_bad_names_in_zips(corpus: Path, scan: Scan) -> None:
    """Names that point elsewhere are kept as they are: rules can match them, and nothing is written by them."""
    folder = corpus / "yauzl/test/failure"
    bad = read(folder, files(folder, "absolute path*", "invalid relative path*", "invalid characters in fileName*"))
    names = {name for examined in scan(attachments(bad)).values() for name in examined.names}

    assert names >= {"C:/xt", "/atxt", "../xt", "a\\txt"}


def test_good_zips(corpus: Path, scan: Scan) -> None:
    """Every file of every good zip is found by its digest; encrypted ones are told as such."""
    folder = corpus / "yauzl/test/success"
    results = scan(attachments(read(folder, files(folder, "*.zip"))))
    failing = {}
    for name, examined in results.items():
        expected = {
            hashlib.sha256(path.read_bytes()).hexdigest()
            for path in files((folder / name).with_suffix(""))
            if path.name not in (FOLDER_MARK, ".dont_expect_an_empty_dir_entry_for_this_dir")
        }
        if "encryption" in name:
            assert examined.gaps == {"encrypted"}, name
        elif not expected <= examined.digests or examined.gaps:
            failing[name] = examined

    assert len(results) == 22
    assert_known("yauzl-good", failing)


def test_the_lists_name_files_that_are_there(corpus: Path) -> None:
    """A known gap of a file that does not exist would never be noticed."""
    places = {"yauzl": corpus / "yauzl/test/failure", "yauzl-good": corpus / "yauzl/test/success"}
    for name, place in places.items():
        for table in ("unread", "unseen"):
            assert [file for file in listed(table, name) if not (place / file).is_file()] == []
