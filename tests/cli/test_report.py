"""`bartizan report rejects` over event logs."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bartizan.cli.main import main


def log(path: Path) -> Path:
    """A partner that was accepted last week and is refused today."""
    now = datetime.now(UTC)
    old, new = ((now - timedelta(days=n)).strftime("%Y-%m-%dT%H:%M:%S.000Z") for n in (5, 0))
    base = {"peer": "192.0.2.1", "helo": "mail.partner.example", "sender": "a@partner.example"}
    fine = {"event": "message", "time": old, "reply": "250 2.0.0 Ok", "coverage": "complete", **base}
    bad = {"event": "refusal", "time": new, "check": "header_length", "reply": "550 5.6.0 The form", **base}
    bad |= {"recipient": "b@here.example", "detail": "Content-Type has 2000 octets"}
    path.write_text("".join(json.dumps(one) + "\n" for one in [fine] * 10 + [bad] * 7))
    return path


def test_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Reasons, sources, and the partner in words; exit code 1 draws a cron job's attention."""
    assert main(["report", "rejects", "--since", "24h", str(log(tmp_path / "events"))]) == 1
    told = capsys.readouterr().out
    assert "7 refused" in told
    assert "192.0.2.0/24 for partner.example was accepted (10 messages)" in told
    assert "told: 550 5.6.0 The form (header_length)" in told
    assert "<a@partner.example> to <b@here.example>" in told


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same for programs."""
    main(["report", "rejects", "--json", "--since", "1w", str(log(tmp_path / "events"))])
    told = json.loads(capsys.readouterr().out)
    assert told["refused"] == 7
    assert told["accepted"] == 10
    assert told["reasons"][0]["by"] == "header_length"


def test_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing refused: one line, and 0."""
    (tmp_path / "events").write_text("")
    assert main(["report", "rejects", str(tmp_path / "events")]) == 0
    assert "0 refused" in capsys.readouterr().out


def test_configured_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file the configured one is read."""
    log(tmp_path / "events.jsonl")
    (tmp_path / "b.toml").write_text('[log]\nevents = "events.jsonl"\n')
    assert main(["report", "rejects", "--config", str(tmp_path / "b.toml")]) == 1
    assert "7 refused" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--since", "yesterday"], ["/does/not/exist"], []])
def test_what_cannot_be_read(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Is complained about with exit code 2."""
    try:
        code = main(["report", "rejects", *wrong])
    except SystemExit as end:
        code = int(str(end.code))
    assert code == 2
    assert capsys.readouterr().err
