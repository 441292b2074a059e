"""The command line: defaults that fit the mix, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.mix import Kind
from bench.options import arguments, listed
from bench.target import Target, ours, target


def test_defaults() -> None:
    """Real mails, 64 connections, closed loop; fewer and over fewer connections when they are large."""
    usual, large = arguments([]), arguments(["--mix", "large"])
    assert (usual.mix, usual.messages, usual.connections, usual.rate) == (Kind.REAL, 3000, 64, 0.0)
    assert (large.messages, large.connections) == (60, 8)
    assert (usual.sink_listen, usual.target, usual.repeat) == (Target("127.0.0.1", 0), None, 1)


def test_command_can_be_repeated() -> None:
    """It names what was asked for, without the places where results went."""
    given = ["--rate", "50", "--json", "r.json", "--plot=p.svg", "--repeat", "3", "--json"]
    assert arguments(given).command == "python -m bench.run --rate 50 --repeat 3"


def test_listed_paths_are_relative() -> None:
    """No path of this machine is in a result."""
    found = listed(arguments(["--signatures", str(Path(__file__))]))
    assert found["signatures"] == "tests/bench/test_options.py"
    assert not [value for value in found.values() if value.startswith("/")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--messages", "0"], "at least 1"),
        (["--rate", "-1"], "--rate"),
        (["--rate", "5", "--at-least", "0.1"], "no share"),
        (["--target", "127.0.0.1:25"], "--sink-listen"),
        (["--sink-listen", "10.0.0.1:26"], "is for --target"),
        (["--target", "127.0.0.1:25", "--sink-listen", "127.0.0.1:26", "--verify"], "started here"),
        (["--target", "127.0.0.1:25", "--sink-listen", "127.0.0.1:26", "--profile"], "started here"),
        (["--target", "8.8.8.8:25", "--sink-listen", "127.0.0.1:26"], "public address"),
        (["--target", "127.0.0.1:25", "--sink-listen", "8.8.8.8:26"], "public address"),
        (["--target", "nowhere", "--sink-listen", "127.0.0.1:26"], "invalid target"),
        (["--mix", "odd"], "invalid"),
    ],
)
def test_refused(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What cannot be done ends the program and is named."""
    with pytest.raises(SystemExit) as ended:
        arguments(given)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_public_target_on_request() -> None:
    """Whoever owns it says so."""
    given = ["--target", "8.8.8.8:25", "--sink-listen", "10.0.0.1:26", "--i-own-the-target"]
    options = arguments(given)
    assert (options.target, options.sink_listen) == (Target("8.8.8.8", 25), Target("10.0.0.1", 26))


@pytest.mark.parametrize(
    ("text", "host", "port"), [("10.1.2.3:25", "10.1.2.3", 25), ("[fd00::1]:2525", "fd00::1", 2525)]
)
def test_target(text: str, host: str, port: int) -> None:
    """HOST:PORT, IPv6 in brackets, and back to text."""
    assert target(text) == Target(host, port)
    assert str(target(text)) == text
    assert ours(target(text))


@pytest.mark.parametrize("text", ["host", "host:", ":25", "host:0", "host:65536", "host:x"])
def test_no_target(text: str) -> None:
    """Anything else is refused."""
    with pytest.raises(ValueError, match="HOST:PORT"):
        target(text)
