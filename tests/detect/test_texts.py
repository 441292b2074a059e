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


@pytest.mark.parametrize("declared", ["", "text/plain", "application/octet-stream"])
def test_pages_by_name(detector: PhraseDetector, declared: str) -> None:
    """What is called a page is shown as one, though it begins like any text."""
    for name, count in (("body.html", 1), ("A.HTM", 1), ("a.txt", 0)):
        at = Node(f"2/{name}", ("x", name), declared, "text", 0, "")
        assert len(detector.look(at, b"Hello,<br>sec<b></b>ret recipe")) == count


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


@pytest.mark.parametrize("text", ["sec<b>ret recipe", "sec<!-- x -->ret recipe", "sec<?x?>ret recipe"])
def test_pages_in_cards(detector: PhraseDetector, text: str) -> None:
    """The text of a card may be a page though no tag in it ends one."""
    card = f"BEGIN:VCARD\r\nNOTE:{text}\r\nEND:VCARD\r\n".encode()
    assert [found.name for found in detector.look(node("vcf"), card)] == ["secret recipe"]


@pytest.mark.parametrize(
    "text", ["s3cret rec1pe", "my.secret.recipe", "my_secret_rec1pe", "sec-\r\nret recipe", "secret re-\r\n  cipe"]
)
@pytest.mark.parametrize("part", [node("text", "text/plain", "1"), node("html", "text/html", "1")])
def test_disguised(detector: PhraseDetector, text: str, part: Node) -> None:
    """Words with signs or digits in them are found in texts and on pages, those broken by lines in texts."""
    data = f"Hello, {text} there\r\n".encode()
    assert [found.name for found in detector.look(part, data)] == (
        [] if "-" in text and part.type == "html" else ["secret recipe"]
    )


APART = b"s e c r e t  r e c i p e"


@pytest.mark.parametrize(
    "before",
    [
        b"plain text between\n" * 500_000,
        b"a b c d e, and more\n" * 20_000,
        b"1 2 3 4 5 6 7 8 9 0\n" * 500_000,
        "\u202etext turned round\u202c\n".encode() * 100_000,
    ],
)
@pytest.mark.parametrize("disguised", [APART, "sec\u202eicer ter\u202cpe".encode(), b"secx\bret recipe"])
def test_far_behind(detector: PhraseDetector, before: bytes, disguised: bytes) -> None:
    """However much text that looks like it stands in front of a phrase in disguise."""
    assert [found.name for found in detector.look(node("text"), before + disguised)] == ["secret recipe"]


@pytest.mark.parametrize(
    ("type", "data"),
    [
        ("text", b"a b c d e f g h\n" * 300_000 + APART),
        ("text", b"x\b" + b"words in a long text\n" * 1_700_000),
        ("html", b"<img alt=a>" * 1_000_001),
    ],
)
def test_limits_are_told(detector: PhraseDetector, type: str, data: bytes) -> None:
    """What is not read in every way is a gap."""
    assert [found.name for found in detector.look(node(type), data)] == ["limit:total_bytes"]


@pytest.mark.parametrize("type", ["", "gif", "zip"])
def test_pages_by_name_alone(detector: PhraseDetector, type: str) -> None:
    """Whatever their first bytes are of."""
    at = Node("2/a.htm", ("a.htm",), "application/octet-stream", type, 0, "")
    assert len(detector.look(at, b"GIF89a;<p>sec<b></b>ret recipe")) == 1
