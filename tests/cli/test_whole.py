"""The commands as they are run: real scanners, real sockets, nothing stood in for."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from bartizan.cli.samples import PHRASE, samples

SECONDS = 120


def command(folder: Path, *words: str) -> tuple[list[str], dict[str, str]]:
    """The command line, and an environment with a cache of its own."""
    return [sys.executable, "-m", "bartizan.cli.main", *words], {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}


def run(folder: Path, *words: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run in `folder` to the end."""
    line, environment = command(folder, *words)
    return subprocess.run(line, cwd=folder, env=environment, input=input, capture_output=True, timeout=SECONDS)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_scan(tmp_path: Path) -> None:
    """The sample mails meet their expected fates, from files and from standard input, three times alike."""
    (tmp_path / "list.txt").write_text(f"{PHRASE}\n")
    (tmp_path / "mails").mkdir()
    for number, sample in enumerate(samples()):
        (tmp_path / "mails" / f"{number}.eml").write_bytes(sample.raw)
    outputs = []
    for _ in range(3):
        done = run(tmp_path, "scan", "--json", "--phrases", "list.txt", "mails", "-", input=samples()[0].raw)
        assert (done.returncode, done.stderr) == (1, b"")
        outputs.append([{**json.loads(line), "took_ms": 0} for line in done.stdout.splitlines()])
    assert [one["verdict"] for one in outputs[0]] == [sample.expected.value for sample in samples()] + ["accept"]
    assert [one["coverage"] for one in outputs[0]] == ["complete"] * 5
    assert outputs[0] == outputs[1] == outputs[2]
    found = {finding["part"] for finding in outputs[0][1]["findings"]}
    assert found == {"2/backup.tar.gz!/backup.tar!/files.zip!/test.com"}


def test_explain(tmp_path: Path) -> None:
    """What decided is told, with the rule's file and line."""
    (tmp_path / "a.eml").write_bytes(samples()[2].raw)
    done = run(tmp_path, "explain", "a.eml")
    assert done.returncode == 1
    assert (
        b"policy/default.toml:14 blocked attachment: matches: quarantine because of attachment block:vbs" in done.stdout
    )


def test_demo_once(tmp_path: Path) -> None:
    """The four mails of `make run` become what the README says; what was accepted is in the Maildir."""
    done = run(tmp_path, "demo", "--once", "--listen", f"127.0.0.1:{free_port()}")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"quarantine") == 6
    [filed] = (tmp_path / "var/demo/Maildir/new").iterdir()
    assert samples()[0].raw in filed.read_bytes()
    listed = run(tmp_path, "quarantine", "list", "--json", "--config", "var/demo/bartizan.toml")
    assert len(listed.stdout.splitlines()) == 3


def interruptible() -> None:
    """A shell's background jobs, and what they start, ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_demo_until_interrupted(tmp_path: Path) -> None:
    """It goes on serving after the table, and ends well when told to."""
    port = free_port()
    line, environment = command(tmp_path, "demo", "--listen", f"127.0.0.1:{port}")
    with subprocess.Popen(
        line, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, preexec_fn=interruptible
    ) as demo:
        assert demo.stdout is not None
        told = next(text for text in demo.stdout if text.startswith(b"Serving on"))
        assert str(port).encode() in told
        with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
            assert client.recv(3) == b"220"
        demo.send_signal(signal.SIGINT)
        assert demo.wait(SECONDS) == 0
    until = time.monotonic() + 10
    while time.monotonic() < until and _listens(port):
        time.sleep(0.05)
    assert not _listens(port)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
