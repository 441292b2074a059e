"""Phrases in text that is not mail text: members of archives, parts that hide that they are text."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.detect.phrases import build
from bartizan.detect.texts import PhraseDetector
from bartizan.model.finding import Finding, Kind
from bartizan.model.message import Node


@pytest.fixture
def detector(tmp_path: Path) -> PhraseDetector:
    """One phrase of weight 5."""
    listed = tmp_path / "list.txt"
    listed.write_text("secret recipe\n")
    build([listed], tmp_path / "phrases.bin")
    return PhraseDetector.load(tmp_path / "phrases.bin")


def node(type: str, declared: str = "", path: str = "2/a.zip!/a") -> Node:
    """A node of a found type."""
    return Node(path, (), declared, type, 0, "")


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("text", b"the Secret\nRecipe"),
        ("html", b"<p>sec<b></b>ret&nbsp;recipe"),
        ("text", "\ufeffsecret recipe".encode("utf-16-le")),
        ("vbs", b"' secret recipe"),
    ],
)
def test_found(detector: PhraseDetector, type: str, data: bytes, tmp_path: Path) -> None:
    """A phrase is found in every kind of text."""
    (finding,) = detector.look(node(type), data)
    assert (finding.kind, finding.name, finding.part, finding.score) == (
        Kind.PHRASE,
        "secret recipe",
        "2/a.zip!/a",
        5.0,
    )
    assert finding.detail == f"{tmp_path / 'list.txt'}:1"
    assert isinstance(finding, Finding)


@pytest.mark.parametrize(
    "at",
    [
        node("text", "text/plain", "1"),
        node("html", "text/html", "2!/1"),
        node("mail", "message/rfc822", "message"),
        node("exe"),
        node(""),
        node("mail"),
    ],
)
def test_not_here(detector: PhraseDetector, at: Node) -> None:
    """Mail text was read before, mails are walked into, and binaries are no text."""
    assert detector.look(at, b"secret recipe") == ()
