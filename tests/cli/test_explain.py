"""bartizan explain, over a stand-in for the scanners."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import pytest

from bartizan.cli import explain
from bartizan.config.load import load


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


def test_peer_must_be_an_address(examiner: Any) -> None:
    """A wrong --peer is a usage error."""
    with pytest.raises(SystemExit) as caught:
        run(examiner, "--peer", "nowhere", "x")
    assert caught.value.code == 2
