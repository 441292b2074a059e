"""bartizan check: a summary of a good configuration, every error of a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from bartizan.cli.main import main
from bartizan.sandbox import landlock, users


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


@pytest.mark.parametrize(
    ("sandbox", "code", "told"),
    [("required", 2, "serve refuses to start"), ("best-effort", 0, "the sandbox is incomplete")],
)
def test_a_kernel_without_landlock(
    sandbox: str,
    code: int,
    told: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The wall is listed as missing; with a required sandbox that is an error, as it would be for serve."""
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    path = tmp_path / "bartizan.toml"
    path.write_text(f"[server]\ncache = 'cache'\nsandbox = '{sandbox}'\n")
    assert main(["check", "--config", str(path)]) == code
    captured = capsys.readouterr()
    assert f"This kernel lacks Landlock: {told}" in captured.err
    assert "missing" in captured.out
    assert "no Landlock" in captured.out


def test_accounts_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started as root, each account that is not there is named, with what to do."""
    monkeypatch.setattr(users.os, "geteuid", lambda: 0)
    more = "user = 'nobody-1'\nscanner_user = 'nobody-2'\nadmin_user = 'nobody-3'\n"
    assert main(["check", "--config", configuration(tmp_path, more)]) == 0
    out = capsys.readouterr().out
    for number in (1, 2, 3):
        assert f"own user nobody-{number}" in out
    assert "useradd --system" in out
