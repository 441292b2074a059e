"""bartizan check: a summary of a good configuration, every error of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.cli.main import main


def configuration(folder: Path, more: str = "") -> str:
    """A configuration file with a cache of its own."""
    path = folder / "bartizan.toml"
    path.write_text(f"[server]\ncache = 'cache'\n{more}")
    return str(path)


def test_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is configured, how much was compiled, and which walls the sandbox has here."""
    (tmp_path / "list.txt").write_text("buy it now\n")
    more = "[phrases]\nfiles = ['list.txt']\n[policy]\ndefault = 'defer'\n"
    assert main(["check", "--config", configuration(tmp_path, more)]) == 0
    captured = capsys.readouterr()
    for words in (
        "127.0.0.1:2525, any domain",
        "1 rule",
        "1 phrase",
        "signature: quarantine",
        "else: defer",
        "files",
    ):
        assert words in captured.out
    assert captured.err == "No next hop: serve needs --relay.\n"


def test_errors_of_phrase_lists_and_signatures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are named by file and line."""
    (tmp_path / "list.txt").write_text("fine\nbuy\theavy\n")
    (tmp_path / "bad.yar").write_text("rule a {\n condition: nonsense }\n")
    more = "[phrases]\nfiles = ['list.txt']\n[signatures]\npaths = ['bad.yar']\n"
    assert main(["check", "--config", configuration(tmp_path, more)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[:2] for line in lines] == [
        [str(tmp_path / "list.txt"), "line 2"],
        [str(tmp_path / "bad.yar"), "line 2"],
    ]


def test_files_left_out_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--skip-broken never leaves something out in silence."""
    (tmp_path / "bad.yar").write_text("rule a { condition: nonsense }\n")
    assert (
        main(["check", "--skip-broken", "--config", configuration(tmp_path, "[signatures]\npaths = ['bad.yar']\n")])
        == 0
    )
    assert f"left out: {tmp_path / 'bad.yar'}: line 1" in capsys.readouterr().err
