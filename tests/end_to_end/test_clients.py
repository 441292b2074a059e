"""Other people's clients and servers around the gateway: smtp-source, swaks, smtp-sink."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import generator, mix, verify, wire
from bench.sink import Sink, program
from end_to_end.conftest import Start


def run(name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run a mail program to its end."""
    try:
        path = program(name)
    except FileNotFoundError as missing:
        pytest.skip(str(missing))
    return subprocess.run([path, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)


def test_smtp_source(start: Start, sink: Callable[..., Sink]) -> None:
    """200 mails over 10 sessions of smtp-source all arrive, each once."""
    target = sink()
    gateway = start(target.port)
    done = run("smtp-source", "-s", "10", "-m", "200", "-l", "4000", "-N", f"127.0.0.1:{gateway.port}")
    assert done.returncode == 0, done.stderr.decode()
    recipients = [line for mail in target.mails() for line in mail.split(b"\n") if line.startswith(b"X-Rcpt-Args:")]
    assert (len(recipients), len(set(recipients))) == (200, 200)


def swaks(port: int, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Send one mail with swaks."""
    return run(
        "swaks", "--server", f"127.0.0.1:{port}", "--from", "a@sender.example", "--to", "b@here.example", *arguments
    )


def test_swaks_clean(start: Start, sink: Callable[..., Sink]) -> None:
    """A clean mail of swaks arrives."""
    target = sink()
    gateway = start(target.port)
    done = swaks(gateway.port, "--body", "all is well")
    assert done.returncode == 0, done.stdout.decode()
    (arrived,) = target.mails()
    assert b"all is well" in arrived


def test_swaks_attachment(start: Start, sink: Callable[..., Sink], tmp_path: Path) -> None:
    """The test virus attached by swaks is held."""
    target = sink()
    gateway = start(target.port)
    virus = tmp_path / "letter.txt"
    virus.write_bytes(wire.test_virus())
    done = swaks(gateway.port, "--attach-name", "letter.txt", "--attach", f"@{virus}")
    assert done.returncode == 0, done.stdout.decode()
    assert (target.mails(), len(gateway.quarantine())) == ([], 1)


def test_every_mail_exactly_once(start: Start, sink: Callable[..., Sink], tmp_path: Path) -> None:
    """Of 300 mails over 32 connections, every 10th bad, each is once where it belongs: smtp-sink or quarantine."""
    phrases = tmp_path / "phrases.txt"
    phrases.write_text("wire the money today\n", encoding="utf-8")
    mails = mix.make(mix.made_up(1), 300, 1, 10, ["wire the money today"])
    target = sink()
    gateway = start(target.port, phrases=[phrases])
    outcome = generator.send(mails, gateway.port, connections=32, deadline=120.0)
    result = verify.account(
        mails,
        outcome.codes,
        verify.tokens_at_sink(target.mails()),
        verify.tokens_in_quarantine(gateway.quarantine()),
    )
    assert (result.problems, result.good_in_quarantine) == ([], [])
    assert (result.at_next_hop, result.in_quarantine) == (270, 30)
