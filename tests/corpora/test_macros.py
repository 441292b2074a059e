"""Mails of SpamAssassin's tests with documents that others made: their macros are told, and nobody else's are."""

from __future__ import annotations

from pathlib import Path

from corpora.examined import Scan, files, read

KINDS = ("macro:", "dde", "document:")
FOLDER = "spamassassin-t/t/data/spam/olevbmacro"
TOLD = {
    "encrypted.eml": set(),
    "goodcsv.eml": set(),
    "macro.eml": {"macro:vba"},
    "malicemacro.eml": {"macro:vba", "macro:autoexec"},
    "nomacro.eml": set(),
    "renamedmacro.eml": {"macro:vba"},
    "target_uri.eml": set(),
    "zippwmacro.eml": {"macro:vba"},
}


def test_macros(corpus: Path, scan: Scan) -> None:
    """What each document does, but for those that are encrypted."""
    results = scan(read(corpus / FOLDER, files(corpus / FOLDER)))

    told = {name: {found for found in one.found if found.startswith(KINDS)} for name, one in results.items()}
    assert told == TOLD


def test_honest_mail(corpus: Path, scan: Scan) -> None:
    """Mails with documents of all kinds have none."""
    folders = (corpus / "zbateson/tests/_data/emails", corpus / "mimekit/UnitTests/TestData/messages")
    for folder in folders:
        results = scan(read(folder, files(folder, "*.txt", "*.eml")))
        assert len(results) > 20
        assert [name for name, one in results.items() if any(f.startswith(KINDS) for f in one.found)] == []
