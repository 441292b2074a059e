"""What [hide] may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.config.load import load
from bartizan.model.errors import ConfigError
from bartizan.model.hide import HidePair

BEFORE = "[[listener]]\naddress = '127.0.0.1:2525'\nrecipient_domains = ['here.example']\n[hide]\n"


def written(folder: Path, text: str) -> Path:
    """A configuration file."""
    path = folder / "bartizan.toml"
    path.write_text(text)
    return path


def test_whole(tmp_path: Path) -> None:
    """A section as the manual shows it."""
    text = (
        "public = 'example.com'\ndomains = ['corp.internal', '.example.com', 'bücher.example']\nreceived = 'drop'\n"
        "drop = ['X-*']\n[[hide.map]]\ninside = '@a.corp.internal'\noutside = '@a.example.com'\n"
    )
    hide = load(written(tmp_path, BEFORE + text)).hide
    assert hide.domains == ("corp.internal", ".example.com", "bücher.example")
    assert hide.map == (HidePair("@a.corp.internal", "@a.example.com"),)
    assert load().hide.public == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("domains = ['a.example']\n", "public is needed"),
        ("public = 'ä.example'\n", "A-labels"),
        ("public = 'a.example'\n[[hide.map]]\ninside = '@b'\noutside = '@ä'\n", "A-labels"),
        ("public = 'a b'\n", "not a domain name"),
        ("public = 'a.example'\ndomains = ['*.b.example']\n", "not a domain name"),
        ("public = 'a.example'\nshown = ['']\n", "not a domain name"),
        ("public = 'a.example'\nnetworks = ['10.0.0.0/99']\n", "hide (line 4)"),
        ("public = 'a.example'\ndrop = ['Received']\n", "can be dropped"),
        ("public = 'a.example'\ndrop = ['*']\n", "can be dropped"),
        ("public = 'a.example'\nreceived = 'no'\n", "hide.received"),
        ("public = 'a.example'\n[[hide.map]]\ninside = 'a@b'\noutside = '@c'\n", "must both be"),
        ("public = 'a.example'\n[[hide.map]]\ninside = 'a@b'\noutside = 'c'\n", "neither an address nor @domain"),
        ("public = 'a.example'\n[[hide.map]]\ninside = 'a@b'\noutside = 'c>@d'\n", "neither an address nor @domain"),
        (
            "public = 'a.example'\n[[hide.map]]\ninside = 'a@b'\noutside = 'c@d'\n"
            "[[hide.map]]\ninside = 'b@b'\noutside = 'C@D'\n",
            "an outside twice",
        ),
    ],
)
def test_wrong(tmp_path: Path, text: str, expected: str) -> None:
    """What cannot be meant is said."""
    with pytest.raises(ConfigError) as found:
        load(written(tmp_path, BEFORE + text))
    assert expected in str(found.value)


def test_nothing_goes_out(tmp_path: Path) -> None:
    """Where every recipient is ours, nothing would be hidden."""
    with pytest.raises(ConfigError) as found:
        load(written(tmp_path, BEFORE.replace("here.example", "*") + "public = 'a.example'\n"))
    assert "hide.public" in str(found.value)
