"""SIGHUP: rules and certificates change for all at once, or not at all, and no session notices."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.gateway import Gateway
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder
from end_to_end.test_supervisor import processes

HEAD = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\n"
OFFER = HEAD + b"The turnip of the month is here.\r\n"
SECONDS = 60.0


def hang_up(gateway: Gateway) -> None:
    """Ask for a reload."""
    assert gateway.process is not None
    gateway.process.send_signal(signal.SIGHUP)


def told(gateway: Gateway, what: str, count: int = 1) -> list[dict[str, Any]]:
    """The process events of this kind, once there are so many."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = [e for e in gateway.seen() if e["event"] == "process" and e["what"] == what]
        if len(found) >= count:
            return found
        os.sched_yield()
    raise AssertionError(f"never told: {what}; {[e for e in gateway.seen() if e['event'] != 'message']}")


def phrases_of(gateway: Gateway, folder: Path) -> Path:
    """Have the gateway's configuration name a list of phrases, for the next reload."""
    listed = folder / "listed.txt"
    listed.write_text("turnip of the month\n", encoding="utf-8")
    gateway.phrases = [listed]
    gateway.config.write_text(gateway.configuration(), encoding="utf-8")
    return listed


def reload(gateway: Gateway, count: int = 1) -> None:
    """Reload, and wait until it is taken by all."""
    hang_up(gateway)
    told(gateway, "reload", count)


def test_new_phrases_hold_in_an_open_session(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """The session goes on; its next message is decided on by the new bundle, and the events say by which."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        phrases_of(gateway, tmp_path)
        with Client(gateway.port) as client:
            assert client.mail(OFFER).code == 250
            assert len(recorder.finished) == 1
            reload(gateway)
            until_held(gateway, client)
        bundles = [(e["action"], e["bundle"]) for e in gateway.seen() if e["event"] == "message"]
    assert [bundles[0][0], bundles[-1][0]] == ["accept", "quarantine"]
    assert bundles[0][1] != bundles[-1][1]
    assert {action for action, bundle in bundles if bundle == bundles[0][1]} == {"accept"}


def test_a_message_under_way_is_decided_on_by_the_new_bundle(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """What began to arrive before the reload is looked into once more with the new phrases."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        phrases_of(gateway, tmp_path)
        with Client(gateway.port) as slow, Client(gateway.port) as other:
            for command in (b"MAIL FROM:<slow@sender.example>", b"RCPT TO:<b@here.example>", b"DATA"):
                code = slow.say(command).code
            assert code == 354
            slow.send(OFFER[:-10])
            reload(gateway)
            until_held(gateway, other)
            slow.send(OFFER[-10:] + b".\r\n")
            assert slow.answer().code == 250
        assert "slow@sender.example" in [row["sender"] for row in gateway.quarantine()]


def test_a_broken_bundle_is_refused(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """Every mistake is told with its file, the old bundle stays in force, and a later good one is taken."""
    broken = tmp_path / "broken.yar"
    broken.write_text("rule nonsense { condition: }", encoding="utf-8")
    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert mail(gateway.port, OFFER).code == 250
        phrases_of(gateway, tmp_path)
        gateway.signatures = [broken]
        gateway.config.write_text(gateway.configuration(), encoding="utf-8")
        hang_up(gateway)
        (refusal,) = told(gateway, "reload refused")
        assert "broken.yar" in refusal["detail"]
        assert mail(gateway.port, OFFER).code == 250
        assert len(recorder.finished) == 2

        broken.write_text("rule good { condition: false }", encoding="utf-8")
        reload(gateway)
        with Client(gateway.port) as client:
            until_held(gateway, client)


def until_held(gateway: Gateway, client: Client) -> None:
    """Offer turnips until one offer is held."""
    end = time.monotonic() + SECONDS
    while not [e for e in gateway.seen() if e["event"] == "message" and e["action"] == "quarantine"]:
        assert client.mail(OFFER).code == 250
        assert time.monotonic() < end


def certificate(folder: Path, name: str) -> None:
    """A self-signed certificate `here.crt` for this name, with its key."""
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    subprocess.run(
        [*command, "-days", "9", "-subj", f"/CN={name}", "-keyout", folder / "here.key", "-out", folder / "here.crt"],
        check=True,
        capture_output=True,
    )


def presented(port: int) -> bytes:
    """The certificate that STARTTLS presents."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        assert plain.recv(1000).startswith(b"220")
        plain.sendall(b"EHLO client.example\r\n")
        while not plain.recv(1000).rpartition(b"\r\n250 ")[1]:
            pass
        plain.sendall(b"STARTTLS\r\n")
        assert plain.recv(1000).startswith(b"220")
        with context.wrap_socket(plain) as encrypted:
            found = encrypted.getpeercert(binary_form=True)
    assert found is not None
    return found


def test_a_new_certificate(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """It is presented after a reload; one that does not fit its key is refused and the old one stays."""
    certificate(tmp_path, "old.example")
    tls = f'[listener.tls]\ncertificate = "{tmp_path}/here.crt"\nkey = "{tmp_path}/here.key"\n'
    with Recorder() as recorder:
        gateway = start(recorder.port, listener=tls)
        assert b"old.example" in presented(gateway.port)

        old_key = (tmp_path / "here.key").read_bytes()
        certificate(tmp_path, "new.example")
        new_key = (tmp_path / "here.key").read_bytes()
        (tmp_path / "here.key").write_bytes(old_key)
        hang_up(gateway)
        assert "here.crt" in told(gateway, "reload refused")[0]["detail"]
        assert b"old.example" in presented(gateway.port)

        (tmp_path / "here.key").write_bytes(new_key)
        reload(gateway)
        end = time.monotonic() + SECONDS
        while b"new.example" not in presented(gateway.port):
            assert time.monotonic() < end


def test_under_load_nothing_is_dropped(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """Sessions that send all the time live through reloads; afterwards the old scanners are gone."""
    stop = threading.Event()
    refused: list[str] = []

    def keep_sending(port: int, name: str) -> None:
        try:
            with Client(port) as client:
                while not stop.is_set():
                    answer = client.mail(HEAD + b"nothing\r\n", f"{name}@sender.example")
                    if answer.code != 250:
                        refused.append(answer.text)
        except OSError as error:
            refused.append(repr(error))

    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert gateway.process is not None
        before = len(processes(gateway, "bartizan.scanner"))
        senders = [threading.Thread(target=keep_sending, args=(gateway.port, f"s{i}")) for i in range(4)]
        for sender in senders:
            sender.start()
        listed = phrases_of(gateway, tmp_path)
        for count in (1, 2, 3):
            listed.write_text(f"turnip of the month {count}\n", encoding="utf-8")
            reload(gateway, count)
        stop.set()
        for sender in senders:
            sender.join(SECONDS)
        end = time.monotonic() + SECONDS
        while len(processes(gateway, "bartizan.scanner")) > before:
            assert time.monotonic() < end, "the old scanners stay"
            os.sched_yield()
        bundles = {e["bundle"] for e in gateway.seen() if e["event"] == "message"}
        assert gateway.stop() == 0
    assert refused == []
    assert len(bundles) >= 3


def test_nothing_changed(start: Callable[..., Gateway]) -> None:
    """A reload that finds everything as it was keeps the scanners, and goes on in a new log file."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        family = processes(gateway, "bartizan.scanner")
        gateway.events.rename(gateway.folder / "events.old")
        reload(gateway)
        assert "nothing has changed" in told(gateway, "reload")[0]["detail"]
        assert processes(gateway, "bartizan.scanner") == family
        assert mail(gateway.port, OFFER).code == 250
        end = time.monotonic() + SECONDS
        while not [e for e in gateway.seen() if e["event"] == "message"]:
            assert time.monotonic() < end
        assert b'"event":"message"' not in (gateway.folder / "events.old").read_bytes()


def test_what_needs_a_restart_is_told(start: Callable[..., Gateway]) -> None:
    """The rest of the configuration is taken."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        gateway.workers = 2
        gateway.config.write_text(gateway.configuration(), encoding="utf-8")
        reload(gateway)
        assert "server waits for a restart" in [e["detail"] for e in told(gateway, "reload")]
