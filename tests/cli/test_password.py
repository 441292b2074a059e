"""bartizan password: a line for the password file, which the gateway reads."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Iterator
from typing import TextIO

import pytest

from bartizan.auth.argon import OURS, cost_of, matches
from bartizan.auth.passwords import PasswordFile
from bartizan.cli.main import main


class Terminal(io.StringIO):
    """Standard input where somebody types."""

    def isatty(self) -> bool:
        return True


def piped(monkeypatch: pytest.MonkeyPatch, octets: bytes) -> None:
    """Standard input from a pipe."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(octets)))


def typed(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    """Standard input from a terminal, and what is typed there unseen."""
    waiting: Iterator[str] = iter(words)

    def ask(prompt: str, stream: TextIO) -> str:
        return next(waiting)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", ask)


@pytest.mark.parametrize("octets", [b"se:cret", b"se:cret\n", b"se:cret\r\nsomething else\n"])
def test_from_a_pipe(octets: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The first line is the password; the gateway takes what is printed, and the password for it."""
    piped(monkeypatch, octets)
    assert main(["password", "ann@example.org"]) == 0
    printed = capsys.readouterr().out
    login, _, text = printed.strip().partition(":")
    assert login == "ann@example.org"
    assert cost_of(text) == OURS
    assert matches(text, b"se:cret")
    assert len(PasswordFile.parse(printed, "passwords")) == 1


def test_typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Twice the same."""
    typed(monkeypatch, "pässword", "pässword")
    assert main(["password", "ann"]) == 0
    assert matches(capsys.readouterr().out.strip().partition(":")[2], "pässword".encode())


def test_mistyped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is printed, and neither password is told."""
    typed(monkeypatch, "password", "pasword")
    assert main(["password", "ann"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "bartizan password: password: they are not the same\n"


@pytest.mark.parametrize("login", ["", "a:b", "#a", " a", "a\n", "a" * 256])
def test_what_no_login_is(login: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What could not be read back from the file."""
    piped(monkeypatch, b"secret\n")
    assert main(["password", login]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("octets", [b"", b"\n", b"\0\n", b"p" * 1025, b"p" * 5000])
def test_what_no_password_is(
    octets: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Empty, too long, or what no client could send."""
    piped(monkeypatch, octets)
    assert main(["password", "ann"]) == 2
    assert capsys.readouterr().out == ""
