"""What a PDF does is told, and weighs little."""

from __future__ import annotations

import pytest

from bartizan.detect.actions import SCORES, ActionDetector
from bartizan.model.finding import Kind
from bartizan.model.message import Node

DETECTOR = ActionDetector()


def names(text: bytes, path: str = "2/a.pdf!/actions.txt") -> list[str]:
    """The names of what is found in a list of this name."""
    node = Node(path, (path.rpartition("/")[2],), "", "text", len(text), "0" * 64)
    found = DETECTOR.look(node, text)
    assert all(finding.kind is Kind.STRUCTURE and finding.score == SCORES[finding.name] for finding in found)
    return [finding.name for finding in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"PDF\nJavaScript", ["pdf:javascript"]),
        (b"PDF\nAA\nJavaScript", ["pdf:javascript", "pdf:javascript:opens"]),
        (b"PDF\nOpenAction", []),
        (b"PDF\nLaunch: cmd.exe\nLaunch: b.exe", ["pdf:launch"]),
        (b"PDF\nSubmitForm: https://example.com/\nImportData: a.fdf", ["pdf:submit"]),
        (b"PDF\nRichMedia\nXFA", ["pdf:media", "pdf:xfa"]),
        (b"PDF\nsomething else", []),
        (b"JavaScript", []),
        (b"", []),
    ],
)
def test_actions(text: bytes, expected: list[str]) -> None:
    """Each once, in the order of the list."""
    assert names(text) == expected


def test_other_files() -> None:
    """An attachment of that name is none of a PDF."""
    assert names(b"PDF\nLaunch: a", "2/actions.txt") == []
    assert names(b"PDF\nLaunch: a", "2/a.pdf!/other.txt") == []


def test_all_together_stay_below_the_threshold() -> None:
    """Honest forms do all of this."""
    assert sum(SCORES.values()) < 5.0
