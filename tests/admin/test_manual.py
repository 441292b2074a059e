"""The page of metrics is the one that their declarations give."""

from __future__ import annotations

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from admin.pages import Pages
from bartizan.admin import manual
from bartizan.admin.exposition import Exposition

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"


def test_the_page_is_up_to_date() -> None:
    """What lies in docs is what the command writes."""
    assert PAGE.read_text(encoding="utf-8") == manual.page(), f"run: {manual.COMMAND}"


def test_every_metric_has_its_row(pages: Pages) -> None:
    """Names and types are those of the exposition, and no other."""
    written = {tuple(cell.strip(" `") for cell in row.split("|")[1:3]) for row in manual.rows()}
    told = set()
    for family in text_string_to_metric_families(Exposition(pages.board()).text().decode()):
        name = f"{family.name}_total" if family.type == "counter" else family.name
        told.add((name, "info" if name.endswith("_info") else family.type))
    assert written == told
