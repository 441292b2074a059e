"""clamav-testfiles: one harmless program in 44 containers is found, or the file is held back, or it is listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpora.examined import Scan, assert_known, attachments, files, read

CLAM = "71e7b604d18aefd839e51a39c88df8383bb4c071dc31f87f00a2b5df580d4495"
FOLDER = "clamav-testfiles/usr/share/clamav-testfiles"


@pytest.fixture(scope="session")
def contents(corpus: Path) -> dict[str, bytes]:
    """All files of the package."""
    return read(corpus / FOLDER, files(corpus / FOLDER))


def test_found_in_attachments(contents: dict[str, bytes], scan: Scan) -> None:
    """As an attachment: clam.exe by its digest, or listed; what is listed as unread has a gap or is blocked."""
    results = scan(attachments(contents))

    assert len(results) == 44
    assert_known("clamav-testfiles", {n: one for n, one in results.items() if CLAM not in one.digests})
    assert [n for n, one in results.items() if one.gaps & {"crash", "timeout"}] == []


def test_found_in_files_given_for_mails(contents: dict[str, bytes], scan: Scan) -> None:
    """Given to scan as it is, a file shows the same program, and a gap stays a gap."""
    as_they_are, as_attachments = scan(contents), scan(attachments(contents))
    containers = {name for name, one in as_attachments.items() if one.gaps or CLAM in one.digests}

    assert {name for name in containers if CLAM in as_they_are[name].digests} == {
        name for name in containers if CLAM in as_attachments[name].digests
    }
    assert [name for name in containers if as_they_are[name].accepted] == []
