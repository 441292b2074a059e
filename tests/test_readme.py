"""What the README shows works."""

from __future__ import annotations

import re
from pathlib import Path

from bartizan.config.load import load

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")


def test_configuration_example(tmp_path: Path) -> None:
    """The example is a configuration without an error."""
    indented = README.partition("    # bartizan.toml\n")[2].partition("\nThen ")[0]
    text = "\n".join(line.removeprefix("    ") for line in indented.split("\n"))
    rules, phrases = tmp_path / "rules", tmp_path / "phrases.txt"
    rules.mkdir()
    phrases.write_text("one phrase\n")
    config = tmp_path / "bartizan.toml"
    config.write_text(
        text.replace("/etc/bartizan/rules", str(rules)).replace("/etc/bartizan/phrases.txt", str(phrases))
    )
    settings = load(config)
    assert settings.listeners[0].recipient_domains == ("example.org", "example.com")
    assert [rule.name for rule in settings.rules][:2] == ["no disc images for accounting", "not examined"]


def test_commands() -> None:
    """Every command and make target that exists is named."""
    from bartizan.cli.main import COMMANDS

    assert [name for name in COMMANDS if f"    bartizan {name}" not in README] == []
    assert [
        target
        for target in ("run", "build", "test", "lint", "bench", "integration", "torture")
        if f"make {target}" not in README
    ] == []


def test_links() -> None:
    """Every page that is linked exists, and has the heading that is meant."""
    root = Path(__file__).resolve().parent.parent
    pages = [root / "README.md", *root.glob("docs/**/*.md")]
    links = [
        (page, *link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", page.read_text(encoding="utf-8"))
    ]
    assert len(links) > 40
    missing = [
        (page.name, name, anchor)
        for page, name, anchor in links
        if not (page.parent / name).exists() or (anchor and anchor not in anchors(page.parent / name if name else page))
    ]
    assert missing == []


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
