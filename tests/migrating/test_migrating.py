"""docs/migrating.md is true: its configurations load, and each row's dialogue goes as it says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from migrating.page import Shown, complete, rows, shared, whole
from migrating.stage import Stage, published

ROOT = Path(__file__).resolve().parents[2]
DIALOGUES = Path(__file__).with_name("dialogues")
PAGE = (ROOT / "docs" / "migrating.md").read_text("utf-8")
ROWS = rows(PAGE)
WHOLE = whole(PAGE)
AS_SHIPPED = {
    "bare_line_feed",
    "foreign",
    "greeting",
    "no_domain",
    "no_starttls",
    "null_mx",
    "sender_domain",
    "untrusted",
}
"""Dialogues that would go the same way without their option: it only says what holds anyway."""
PRODUCTS = ("Symantec", "qmail", "sendmail", "Postfix")


def name(shown: Shown) -> str:
    """For people."""
    return f"{shown.dialogue}:{shown.option}"[:80].replace("`", "")


@pytest.mark.parametrize("shown", [*WHOLE, *ROWS], ids=name)
def test_shown(shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The configuration is taken, and the listener then answers as the dialogue says."""
    text = (DIALOGUES / f"{shown.dialogue}.smtp").read_text("utf-8")
    folder = tmp_path_factory.mktemp("row")
    asyncio.run(Stage(text, published(shown.toml, folder)).play())


@pytest.mark.parametrize("shown", [*WHOLE, *ROWS], ids=name)
def test_no_row_is_empty(shown: Shown) -> None:
    """Each says what the option was, what it is here, what differs, and links its dialogue."""
    assert shown.option
    assert shown.toml.strip()
    assert shown.different.rstrip().endswith(".")
    assert (ROOT / "docs" / shown.path).resolve() == DIALOGUES / f"{shown.dialogue}.smtp"
    assert (DIALOGUES / f"{shown.dialogue}.smtp").is_file()


def test_every_dialogue_is_of_a_row() -> None:
    """None is left over."""
    assert {path.stem for path in DIALOGUES.iterdir()} == {shown.dialogue for shown in (*ROWS, *WHOLE)}


def test_every_product_has_rows_and_a_configuration() -> None:
    """Tables of some size, one whole configuration each."""
    sections = {part.split()[0].rstrip(":"): part for part in PAGE.split("\n## ")[1:]}
    assert set(PRODUCTS) <= set(sections)
    for product in PRODUCTS:
        assert len(whole("```toml\n```\n\n" + sections[product])) == 1
        assert len(rows(sections[product])) >= 10
    assert sum(len(rows(part)) for part in sections.values()) == len(ROWS)


def test_a_row_replaces_what_it_says_itself() -> None:
    """Tables of the shared part go where a row has them."""
    base = '[server]\nhostname = "a"\n\n[[listener]]\naddress = "b:1"\n'
    assert complete(base, "soft_recipients = 1\n") == base + "soft_recipients = 1\n"
    assert complete(base, "[server]\n") == '[[listener]]\naddress = "b:1"\n[server]\n'
    assert complete(base, "[[listener]]\n") == '[server]\nhostname = "a"\n\n[[listener]]\n'


def test_what_is_no_row_is_noticed() -> None:
    """Words among the code, or no dialogue: such a row is empty."""
    head = "| there | here | difference | shown |\n|---|---|---|---|\n"
    told = rows(head + '| a | see `b` | c. | none |\n| a | `b = "x\\|y"`<br>`c = 1` | d. | [e](f/e.smtp) |\n')
    assert told == [Shown("a", "", "c.", "", ""), Shown("a", 'b = "x|y"\nc = 1\n', "d.", "e", "f/e.smtp")]


@pytest.mark.parametrize("path", sorted(DIALOGUES.iterdir()), ids=lambda path: path.stem)
def test_a_dialogue_shows_its_option(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not go so with the shared configuration alone, unless the gateway is like that as it is shipped."""
    stage = Stage(path.read_text("utf-8"), published(shared(PAGE), tmp_path))
    if path.stem in AS_SHIPPED:
        asyncio.run(stage.play())
        return
    monkeypatch.setattr("smtpd.dialogue.PATIENCE", 0.5)
    with pytest.raises(AssertionError):
        asyncio.run(stage.play())
