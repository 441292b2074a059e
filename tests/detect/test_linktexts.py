"""The links of texts and pages, in the forms that can be listed, and what is told when they are too many."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.detect import linktexts
from bartizan.detect.linktexts import LinkTexts, has_links
from bartizan.detect.phrases import build
from bartizan.detect.texts import PhraseDetector
from bartizan.model.message import Node
from pace import seconds

PAGE = Node("1", (), "text/html", "html", 0, "", "utf-8")
TEXT = Node("2", (), "text/plain", "text", 0, "", "utf-8")


@pytest.fixture
def detector(tmp_path: Path) -> PhraseDetector:
    """A link, a word, and a long word."""
    listed = tmp_path / "list.txt"
    listed.write_text("shop.example/sale\nsale now\nbargain\ncheapestever\n")
    build([listed], tmp_path / "phrases.bin")
    return PhraseDetector.load(tmp_path / "phrases.bin")


@pytest.mark.parametrize(
    ("node", "data", "shown"),
    [
        (PAGE, b"<a href='https://shop.example/sale'>x</a>", "https://shop.example/sale"),
        (PAGE, b"<a href='https://shop.example:1/sale'>x</a>", "https://shop.example:1/sale"),
        (PAGE, b"<a href='https://shop.example/%73ale'>x</a>", "https://shop.example/sale"),
        (TEXT, b"see https:\\\\shop.example\\sale now", "https:\\\\shop.example\\sale"),
    ],
)
def test_evidence(detector: PhraseDetector, node: Node, data: bytes, shown: str, tmp_path: Path) -> None:
    """The finding says in which link, as it is written."""
    (finding,) = detector.look(node, data)
    assert (finding.name, finding.part, finding.score) == ("shop.example/sale", node.path, 5.0)
    assert finding.detail == f"{tmp_path / 'list.txt'}:1: in the link {shown}"
    assert finding.span == (0, len(data))


def test_letters_of_links(detector: PhraseDetector) -> None:
    """Short words are not looked for in links, whose letters are random; long ones and several words are."""
    page = b"<a href='https://a.example/xbargainx?a=sale%20now&b=cheapestever'>x</a>"
    assert {finding.name for finding in detector.look(PAGE, page)} == {"sale now", "cheapestever"}


@pytest.mark.parametrize("data", [b"see https://a.example/b?c=d", b"<https://a.example/>\r\n<b@c.example>", b"and/or"])
def test_ordinary_text(data: bytes) -> None:
    """Has nothing to be read again."""
    assert not has_links(data)
    assert LinkTexts(data, page=False).text == b""


def test_too_many(detector: PhraseDetector, monkeypatch: pytest.MonkeyPatch) -> None:
    """More odd links than a limit are a gap, and the first are read."""
    monkeypatch.setattr(linktexts, "LINKS", 3)
    data = b"".join(b"https://u@shop.example/%d\r\n" % number for number in range(5))
    assert [finding.name for finding in detector.look(TEXT, data)] == ["limit:matches"]
    assert LinkTexts(data, page=False).text.count(b"https://shop.example/") == 3


def test_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are more bytes of their forms."""
    monkeypatch.setattr(linktexts, "BYTES", 100)
    data = b"".join(b"https://u@shop.example/%d\r\n" % number for number in range(20))
    assert not LinkTexts(data, page=False).complete


def test_pages_in_pages() -> None:
    """A page in an attribute of a page in an attribute is read, and more are told of."""
    page = b"<iframe srcdoc='<a href=b>'>"
    assert b"b" in LinkTexts(page, page=True).text.split(b"\n")
    assert LinkTexts(page, page=True).complete
    assert not LinkTexts(page * (linktexts.PAGES + 1), page=True).complete


def test_content_in_links() -> None:
    """Pages and scripts in links are read however long they are."""
    page = b"<a href='data:text/html,%3Ca href=%22http%3a//3221225985/%22%3E" + b"x" * 20_000 + b"'>"
    made = LinkTexts(page, page=True)
    assert b"http://192.0.2.1/" in made.text.split(b"\n")
    assert made.complete


def test_content_in_content(monkeypatch: pytest.MonkeyPatch) -> None:
    """Links in the content of links are read like these, and what is too deep is told."""
    content = "<a href='http:\\\\3221225985\\'>" + "x" * 3000
    for _ in range(linktexts.ROUNDS - 1):
        content = f"<a href='a.example//{quote(content)}'>"
    page = f"<a href='data:text/html,{quote(content)}'>".encode()
    made = LinkTexts(page, page=True)
    assert b"http://192.0.2.1/" in made.text.split(b"\n")
    assert made.complete
    monkeypatch.setattr(linktexts, "ROUNDS", linktexts.ROUNDS - 1)
    assert not LinkTexts(page, page=True).complete


def test_long_base() -> None:
    """Links that are relative to a long address are written out as long as there is room, and more are told."""
    page = b"<base href='https://a.example/" + b"b" * 100_000 + b"/'>" + b"<a href=c>" * 20_000
    made = LinkTexts(page, page=True)
    assert not made.complete
    assert len(made.text) <= linktexts.BYTES + len(page)


@pytest.mark.parametrize(
    "link",
    [
        "https://a.exa\nmple/",
        "https://a.exa \r\n\tmple/\r\n",
        "https://\n" + "\n".join("a.example") + "/",
        "https://a.example/\n" + "b" * 2000 + "\n" + "c" * 2000,
    ],
)
def test_broken_links(link: str) -> None:
    """A link in angle brackets is whole however many lines it has, and however long they are."""
    made = LinkTexts(f"see <{link}>".encode(), page=False)
    assert "".join(link.split()).encode() in made.text.split(b"\n")
    assert made.complete


@pytest.mark.parametrize("unit", [b"<http://a\n", b"http://a\n", b"<http://a\nb>", b"<http://a \n \n"])
def test_broken_links_linear(unit: bytes) -> None:
    """Four times the size takes about four times as long."""
    small, large = (seconds(partial(has_links, unit * (size // len(unit)))) for size in (100_000, 400_000))
    assert large < 10 * max(small, 0.02)


@given(st.binary(max_size=100), st.booleans())
def test_any_bytes(data: bytes, page: bool) -> None:
    """Never raises."""
    made = LinkTexts(b"<a href='http:" + data + b"' style='url(//\\61" + data + b")'>http://1/", page=page)
    made.shown(0, len(made.text))
