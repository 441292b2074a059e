"""What the demo does before and around the gateway."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from bartizan.cli import demo
from bartizan.cli.backstage import Backstage
from bartizan.cli.main import main
from bartizan.cli.samples import samples
from bartizan.config.load import load


def test_taken_port(capsys: pytest.CaptureFixture[str]) -> None:
    """A clear message and exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["demo", "--once", "--listen", f"127.0.0.1:{port}"]) == 2
    assert f"127.0.0.1:{port} cannot be listened on (Address already in use)" in capsys.readouterr().err


@pytest.mark.parametrize("address", ["0.0.0.0:2525", "127.0.0.1:0", "nonsense"])
def test_loopback_only(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The demo takes mail for anyone, so it is for this host only."""
    assert main(["demo", "--listen", address]) == 2
    assert "--listen" in capsys.readouterr().err


def test_configuration_is_a_good_one(tmp_path: Path) -> None:
    """What the demo writes can be loaded, and keeps everything under its folder."""
    backstage = Backstage(tmp_path, "::1", 2525)
    backstage._configure(4711)
    settings = load(backstage.configuration)
    assert settings.listeners[0].address == "[::1]:2525"
    assert settings.next_hop is not None
    assert (settings.next_hop.host, settings.next_hop.port) == ("127.0.0.1", 4711)
    assert settings.phrases.files == (str(tmp_path / "phrases.txt"),)
    assert settings.log.events == str(tmp_path / "events.jsonl")


def test_event_of_a_sample(tmp_path: Path) -> None:
    """Events of earlier runs, of other kinds and broken lines are passed over."""
    sample = samples()[0]
    backstage = Backstage(tmp_path, "127.0.0.1", 2525)
    lines = [{"event": "process"}, {"event": "message", "recipients": [sample.recipient], "findings": []}]
    (tmp_path / "events.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "{torn")
    event = backstage.event_for(sample.recipient)
    assert event == lines[1]
    assert (backstage.why(event), backstage.whereabouts(event, sample)) == ("", "nowhere")


def test_whereabouts(tmp_path: Path) -> None:
    """In the Maildir under its Message-ID, or in quarantine under its name."""
    sample = samples()[0]
    backstage = Backstage(tmp_path, "127.0.0.1", 2525)
    (tmp_path / "Maildir/new").mkdir(parents=True)
    (tmp_path / "Maildir/new/x").write_bytes(sample.raw)
    assert backstage.whereabouts({}, sample) == "Maildir x"
    assert backstage.whereabouts({"quarantine_ids": ["q1"]}, sample) == "quarantine q1"


def test_home_is_below_the_working_directory() -> None:
    """As the README says."""
    assert demo.HOME.parts == ("var", "demo")
