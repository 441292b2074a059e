"""The load test from its command line to its result, against a gateway that runs already."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import run, sinks
from bench.result import from_json
from bench.sink import free_port


def test_target(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A gateway that keeps everything: it gets every mail in the open loop, the sink only those of the ceiling."""
    given = ["--mix", "newconn", "--messages", "30", "--warm", "5", "--phrases", "0", "--mails", str(tmp_path / "none")]
    given += ["--connections", "4", "--sink", "own", "--rate", "500", "--sink-listen", f"127.0.0.1:{free_port()}"]
    result, picture = tmp_path / "result.json", tmp_path / "picture.svg"
    with sinks.OwnSink(keep=True) as gateway:
        given += ["--target", f"127.0.0.1:{gateway.port}", "--json", str(result), "--plot", str(picture)]
        assert run.main(given) == 0
        tokens = gateway.tokens()
    found = from_json(result.read_bytes())
    (once,) = found.runs
    assert (once.straight.replies, once.straight.at_sink) == ({"2xx": 30}, 30)
    assert (once.gateway.replies, once.gateway.at_sink) == ({"2xx": 30}, 0)
    assert (set(tokens.values()), len(tokens)) == ({1}, 35)
    assert (once.share, once.gateway.memory, found.mails) == (None, None, "made up")
    assert set(once.gateway.cpu_us) == {"generator", "sink"}
    assert once.gateway.rate < 1000.0
    assert picture.read_text().startswith("<svg")
    assert "through bartizan" in capsys.readouterr().out


def test_json_on_standard_output(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Then nothing else is there; a share below --at-least is a failure."""
    given = ["--messages", "5", "--warm", "0", "--phrases", "0", "--mails", str(tmp_path / "none")]
    given += ["--sink", "own", "--json"]
    with sinks.OwnSink() as gateway:
        where = ["--target", f"127.0.0.1:{gateway.port}", "--sink-listen", f"127.0.0.1:{free_port()}"]
        assert run.main([*given, *where, "--at-least", "1000"]) == 1
    found = from_json(capfdbinary.readouterr().out)
    assert found.runs[0].share is not None
    assert found.options["target"] == f"127.0.0.1:{gateway.port}"


def test_nobody_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a failure, and says so."""
    given = ["--messages", "1", "--warm", "0", "--phrases", "0", "--mails", str(tmp_path / "none"), "--seconds", "0.2"]
    where = ["--target", f"127.0.0.1:{free_port()}", "--sink-listen", f"127.0.0.1:{free_port()}"]
    assert run.main([*given, "--sink", "own", *where]) == 1
    assert "no reply, 1 unsent" in capsys.readouterr().out
