"""The zips out of which another program once took something that we neither had nor told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.model.finding import Reason
from zipdiff.compare import seen

FIXTURES = Path(__file__).parent / "fixtures"
FOUND = {
    "1012": (b"member 90, 83632895", "f\u00e4.txt"),  # 7z: a zip in front that a wrong size of the directory uncovers
    "2848": (b"member 0, 26020655878", "folder"),  # zipfile: a folder whose headers disagree on the method
    "2486": (b"member 1, 1478488781", "e.exe"),  # 7z: another zip in the comment, a name in the directory in front
    "6755": (b"member 90, 8831608948", "folder"),  # zipfile: behind an entry with a false size
}
"""What must come out, and a name that must be told."""


@pytest.mark.parametrize("name", sorted(FOUND))
def test_nothing_is_missed(name: str) -> None:
    """The content and the name."""
    content, label = FOUND[name]
    mine = seen((FIXTURES / f"{name}.zip").read_bytes())
    assert any(content in other for _, other in mine.members)
    assert any(label in names for names in mine.names)


def test_encryption_that_one_header_tells() -> None:
    """unzip decrypts what we read as it stands: with the password in the mail that is another file."""
    assert {reason for reason, _ in seen((FIXTURES / "2699.zip").read_bytes()).gaps} == {Reason.ENCRYPTED}


def test_every_fixture_is_tested() -> None:
    """None lies about."""
    assert {path.stem for path in FIXTURES.glob("*.zip")} == {*FOUND, "2699"}
