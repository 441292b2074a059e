"""What is bad is held: 250 to the sender, nothing to the next hop, the exact bytes in quarantine."""

from __future__ import annotations

import base64
import gzip
import io
import subprocess
import tarfile

import pytest

from bench import wire
from bench.gateway import Gateway, command
from end_to_end.client import mail
from end_to_end.recorder import Recorder

CLEAN = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: invoice\r\n\r\nSee below.\r\n"
PHRASE = "wire the money today"


def in_tar_gz(name: str, content: bytes) -> bytes:
    """A tar.gz of one file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), mtime=0)


def zip_bytes() -> bytes:
    """A zip with the test virus in it."""
    head, _, body = wire.zip_part("a.txt", wire.test_virus(), "a.zip").partition(b"\r\n\r\n")
    assert head.endswith(b"base64")
    return base64.b64decode(body)


BAD = {
    "zip": wire.zip_part("invoice.txt", wire.test_virus(), "invoice.zip"),
    "zip in tar.gz": wire.attachment("invoice.tar.gz", b"application/gzip", in_tar_gz("invoice.zip", zip_bytes())),
    "vbs": wire.attachment("invoice.vbs", b"application/octet-stream", b'MsgBox "hello"\r\n'),
    "html": wire.html_part(PHRASE, "t"),
    "base64": wire.text_part(PHRASE, "t"),
}


@pytest.mark.parametrize("name", BAD)
def test_quarantined(shared: tuple[Gateway, Recorder], name: str) -> None:
    """The mail is taken, does not reach the next hop, and lies in quarantine as it was sent."""
    gateway, recorder = shared
    before = len(recorder.transactions)
    sender = f"{name.replace(' ', '-')}@sender.example"
    raw = wire.with_part(CLEAN, BAD[name], b"=_x")
    assert mail(gateway.port, raw, sender).code == 250
    assert recorder.transactions[before:] == []
    (row,) = [row for row in gateway.quarantine() if row["sender"] == sender]
    shown = subprocess.run(
        [*command(), "quarantine", "--config", gateway.config, "show", "--raw", row["id"]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert shown.stdout == raw


def test_release_and_delete(shared: tuple[Gateway, Recorder]) -> None:
    """What is released arrives as it was sent; what is deleted is gone."""
    gateway, recorder = shared
    raw = wire.with_part(CLEAN, BAD["vbs"], b"=_x")
    assert mail(gateway.port, raw, "released@sender.example").code == 250
    (row,) = [row for row in gateway.quarantine() if row["sender"] == "released@sender.example"]
    gateway.run("quarantine", "release", row["id"])
    got = recorder.finished[-1]
    assert (got.sender, got.recipients, got.message.endswith(raw)) == (
        "released@sender.example",
        ["b@here.example"],
        True,
    )
    gateway.run("quarantine", "delete", row["id"])
    assert row["id"] not in [row["id"] for row in gateway.quarantine()]
