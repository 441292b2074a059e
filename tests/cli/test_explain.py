"""bartizan explain, over a stand-in for the scanners."""

from __future__ import annotations

import argparse
import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli import explain, scan
from bartizan.cli.options import envelope_of
from bartizan.config.load import load
from bartizan.config.schema import Listener


def run(examiner: Any, *words: str) -> int:
    """Explain with these arguments; the exit code."""
    parser = argparse.ArgumentParser()
    explain.arguments(parser)
    return asyncio.run(explain.explain_file(load(), parser.parse_args(words), examiner()))


def test_trace_for_each_recipient(examiner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Findings, coverage and each rule looked at, for every recipient that was named."""
    (tmp_path / "a.eml").write_bytes(b"bad")
    words = ("--from", "<>", "--to", "<a@b.org>", "--to", "c@b.org", "--peer", "192.0.2.1", str(tmp_path / "a.eml"))
    assert run(examiner, *words) == 1
    out = capsys.readouterr().out
    assert "eicar" in out
    assert "Looked at 1 parts; coverage complete." in out
    assert "<a@b.org>: quarantine, content score 11" in out
    assert "<c@b.org>: quarantine, content score 11" in out
    assert out.count("policy/default.toml:9 signature: matches: quarantine because of signature eicar in") == 2


def test_nothing_found(examiner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A clean mail is accepted by the default, and that is said."""
    (tmp_path / "a.eml").write_bytes(b"fine")
    assert run(examiner, str(tmp_path / "a.eml")) == 0
    out = capsys.readouterr().out
    assert "Nothing was found." in out
    assert "policy.default: no rule matched: accept" in out


@pytest.mark.parametrize("peer", ["nowhere", "192.0.2.0/24", ""])
def test_peer_must_be_an_address(examiner: Any, peer: str) -> None:
    """A wrong --peer is a usage error."""
    with pytest.raises(SystemExit) as caught:
        run(examiner, "--peer", peer, "x")
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("peer", "to", "direction"),
    [
        ("192.0.2.1", "a@ours.example", "inbound"),
        ("10.1.2.3", "a@ours.example", "internal"),
        ("10.1.2.3", "a@theirs.example", "outbound"),
        ("::ffff:10.1.2.3", "a@theirs.example", "outbound"),
        ("10.0.0.1", "a@theirs.example", "outbound"),
        ("10.0.0.1", "a@inner.example", "outbound"),
    ],
)
def test_direction(examiner: Any, tmp_path: Path, peer: str, to: str, direction: str) -> None:
    """As the first listener that trusts the peer would see it: rules about outgoing mail can be tried too."""
    listeners = (
        Listener("127.0.0.1:25", ("ours.example",), ("10.0.0.0/8",)),
        Listener("127.0.0.1:26", ("inner.example",), ("10.0.0.1",)),
    )
    settings = replace(load(), listeners=listeners)
    parser = argparse.ArgumentParser()
    explain.arguments(parser)
    args = parser.parse_args(["--peer", peer, "--to", to, "x"])
    assert envelope_of(args, "x", settings).direction == direction


@pytest.mark.parametrize("mail", [b"bad", b"locked", b"fine", b"nul\0"])
def test_agrees_with_scan(examiner: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], mail: bytes) -> None:
    """The same verdict, rule and exit code for the same mail."""
    (tmp_path / "a.eml").write_bytes(mail)
    explained = run(examiner, str(tmp_path / "a.eml"))
    out = capsys.readouterr().out
    parser = argparse.ArgumentParser()
    scan.arguments(parser)
    args = parser.parse_args(["--json", str(tmp_path / "a.eml")])
    assert asyncio.run(scan.scan(load(), args, examiner())) == explained
    found = json.loads(capsys.readouterr().out)
    assert f"<postmaster>: {found['verdict']}, content score {found['score']:g}" in out
    assert f"  {found['rule']}: " in out
    assert f"coverage {found['coverage']}." in out
