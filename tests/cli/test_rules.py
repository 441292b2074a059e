"""bartizan rules: compiled once, told what always runs, and held against all rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.cli.main import main
from bartizan.detect import signatures
from bartizan.detect.router import Router
from bartizan.detect.signatures import SignatureDetector

RULES = """
rule routed { strings: $a = "alpha-xq" $b = "delta-xq" condition: $a and $b }
rule constant { condition: filesize > 5 }
"""
MAIL = b"Subject: hi\r\nContent-Transfer-Encoding: base64\r\n\r\nYWxwaGEteHEgYW5kIGRlbHRhLXhx\r\n"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """A configuration with these rules."""
    (tmp_path / "r.yar").write_text(RULES)
    path = tmp_path / "bartizan.toml"
    path.write_text("[server]\ncache = 'cache'\n[signatures]\npaths = ['r.yar']\n")
    return ["--config", str(path)]


def test_build(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Says where the bundle is."""
    assert main(["rules", "build", *arguments]) == 0
    words, _, place = capsys.readouterr().out.strip().partition(": ")
    assert words == "3 rules and 0 phrases"
    assert Path(place.replace("\n", ""), "signatures.always.yac").is_file()


def test_stats(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Each set with its size, and the rules that always run by name."""
    assert main(["rules", "stats", *arguments]) == 0
    out = capsys.readouterr().out
    for words in ("3 rules", "literals", "constant", "always", "plain"):
        assert words in out
    assert "routed" not in out


def test_verify(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files and the parts of mails."""
    (tmp_path / "mail").write_bytes(MAIL)
    (tmp_path / "text").write_bytes(b"nothing here")
    assert main(["rules", "verify", *arguments, str(tmp_path / "mail"), str(tmp_path / "text")]) == 0
    assert capsys.readouterr().out.startswith("4 contents: 3 with the rules that always run")


def test_too_large(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file of which only the beginning could be looked at is not looked at."""
    with Path(arguments[1]).open("a") as file:
        file.write("[limits]\nmessage_bytes = 1000\n")
    (tmp_path / "big").write_bytes(b"x" * 1001)
    assert main(["rules", "verify", *arguments, str(tmp_path / "big")]) == 1
    assert "big: more than" in capsys.readouterr().err.replace("\n", "")


def test_a_difference(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, and so is a file that cannot be read."""
    (tmp_path / "mail").write_bytes(MAIL)
    assert main(["rules", "build", *arguments]) == 0
    load = SignatureDetector.load

    def wrong(path: Path) -> SignatureDetector:
        Router.of([(frozenset((b"something else",)),)]).save(signatures.beside(path, signatures.ROUTES))
        return load(path)

    monkeypatch.setattr(SignatureDetector, "load", wrong)
    assert main(["rules", "verify", *arguments, str(tmp_path / "mail"), str(tmp_path / "none")]) == 1
    captured = capsys.readouterr()
    assert "mail: 1: routed" in captured.err.replace("\n", "")
    assert "none: No such file" in captured.err.replace("\n", "")
    assert "2 problems" in captured.out


def test_broken(arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What does not compile."""
    (tmp_path / "r.yar").write_text("rule a { condition: nonsense }")
    assert main(["rules", "stats", *arguments]) == 2
    assert "r.yar: line 1" in capsys.readouterr().err.replace("\n", "")
