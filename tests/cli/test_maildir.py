"""The demo's next hop: what it acknowledges is filed; and the whole process over a real socket."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from pathlib import Path

import pytest

from bartizan.cli.maildir_sink import Maildir


def test_file(tmp_path: Path) -> None:
    """A message ends in new/, byte for byte, and leaves nothing in tmp/."""
    place = Maildir(tmp_path / "m").file("a", b"x\r\n")
    assert (place, place.read_bytes()) == (tmp_path / "m/new/a", b"x\r\n")
    assert list((tmp_path / "m/tmp").iterdir()) == []


def test_failure_leaves_nothing(tmp_path: Path) -> None:
    """A message that cannot be moved into place is an error, not half a mail."""
    maildir = Maildir(tmp_path)
    (tmp_path / "new").rmdir()
    with pytest.raises(OSError, match="No such file"):
        maildir.file("a", b"x")
    assert list((tmp_path / "tmp").iterdir()) == []


def test_over_a_socket(tmp_path: Path) -> None:
    """Acknowledged mail is there; the process ends when its standard input does."""
    command = [sys.executable, "-m", "bartizan.cli.maildir_sink", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline().split()[-1])
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.sendmail("a@example.com", ["b@example.org"], b"Subject: x\r\n\r\n..\r\nhello\r\n")
        process.stdin.close()
        assert process.wait(10) == 0
    [filed] = (tmp_path / "new").iterdir()
    assert filed.read_bytes() == b"Subject: x\r\n\r\n..\r\nhello\r\n"
