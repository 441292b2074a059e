"""Other people's clients and servers around the gateway: smtp-source, swaks, smtp-sink."""

from __future__ import annotations

import shutil
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


CERTIFICATE = Path(__file__).parent.parent / "smtpd" / "localhost.pem"
TLS = f'tls = {{ certificate = "{CERTIFICATE}", key = "{CERTIFICATE}" }}\n'


def test_swaks_pipelines(start: Start, sink: Callable[..., Sink]) -> None:
    """The envelope in one packet."""
    target = sink()
    gateway = start(target.port)
    done = swaks(gateway.port, "--pipeline", "--body", "in one go")
    assert done.returncode == 0, done.stdout.decode()
    assert len(target.mails()) == 1


@pytest.mark.parametrize("mode", ["starttls", "implicit"])
def test_openssl(start: Start, sink: Callable[..., Sink], mode: str) -> None:
    """s_client of OpenSSL sends a mail over TLS, from the start or after STARTTLS, by its own line ends."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    target = sink()
    gateway = start(target.port, listener=TLS.replace(" }", f', mode = "{mode}" }}'))
    how = ["-starttls", "smtp"] if mode == "starttls" else []
    client = ["openssl", "s_client", "-quiet", "-crlf", "-verify_return_error", "-CAfile", str(CERTIFICATE)]
    talk = b"EHLO c.example\nMAIL FROM:<a@sender.example>\nRCPT TO:<b@here.example>\nDATA\n"
    with subprocess.Popen(
        [*client, *how, "-connect", f"127.0.0.1:{gateway.port}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(talk)
        process.stdin.flush()
        for line in process.stdout:
            if line.startswith(b"354"):
                break
        process.stdin.write(b"Subject: over TLS\n\nhello\n.\nQUIT\n")
        process.stdin.flush()
        said = process.stdout.read()
    assert b"250 2.0.0 Ok" in said
    (arrived,) = target.mails()
    assert b"over TLS" in arrived
