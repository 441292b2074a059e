"""The entry point: its commands, its errors, what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from bartizan.cli import main as entry
from bartizan.cli.main import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_module(name: str) -> None:
    """Each provides `arguments` and `run`."""
    module = import_module(f"bartizan.cli.{name}")
    assert callable(module.arguments)
    assert callable(module.run)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help works, and tells what the command is for."""
    with pytest.raises(SystemExit) as caught:
        main([name, "--help"])
    assert caught.value.code == 0
    assert COMMANDS[name][1:20] in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("words", [[], ["nothing"], ["--unknown"], ["scan"]])
def test_usage_errors(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """They say how to use it and end with 2."""
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: bartizan" in capsys.readouterr().err


def test_problems_go_to_standard_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every configuration error is one line; exit code 2."""
    path = tmp_path / "b.toml"
    path.write_text("a = 1\nb = 2\n")
    assert main(["check", "--config", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [f"{path}: a (line 1): unknown key", f"{path}: b (line 2): unknown key"]


def test_serve_needs_a_next_hop(capsys: pytest.CaptureFixture[str]) -> None:
    """Without one there is nothing to serve."""
    assert main(["serve"]) == 2
    assert "--relay: required" in capsys.readouterr().err


def test_serve_refuses_an_outward_address(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configuration only loopback is listened on."""
    assert main(["serve", "--listen", "0.0.0.0:2525", "--relay", "127.0.0.1:25"]) == 2
    assert "needs its domains by name" in capsys.readouterr().err


def test_operating_system_errors_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """An address in use, a full disk: one line, no traceback."""

    class Command:
        """Fails as the operating system does."""

        def arguments(self, _parser: object) -> None:
            """None."""

        def run(self, _args: object) -> int:
            """Never works."""
            raise OSError(98, "Address already in use", "x")

    assert entry._guarded(Command(), None) == 2  # type: ignore[arg-type]
    assert capsys.readouterr().err == "bartizan: x: Address already in use\n"


def test_reader_that_has_gone(tmp_path: Path) -> None:
    """`| head`: no traceback, and no exit code that says something about mails."""
    (tmp_path / "mail").write_bytes(b"Subject: x\r\n\r\n")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bartizan.cli.main", "explain", str(tmp_path / "mail")]
    ended = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert (ended.returncode, ended.stderr) == (2, b"")


def test_help_imports_nothing_heavy() -> None:
    """The entry point alone starts at once."""
    code = (
        "import sys; from bartizan.cli import main; heavy = {'rich', 'pydantic', 'yara', 'asyncio', 'msgspec'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
