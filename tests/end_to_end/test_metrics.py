"""What monitoring sees of a running gateway: health, and an account of every recipient that survives the smtpd."""

from __future__ import annotations

import http.client
import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.gateway import Gateway
from bench.sink import free_port
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

HEAD = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\n"
FATES = ("relayed", "quarantined", "rejected", "deferred", "discarded", "spooled")
RULES = """
[policy]
default = "accept"
[[rule]]
name = "held"
action = "quarantine"
who = { recipient = "held@here.example" }
[[rule]]
name = "unwanted"
action = "reject"
who = { recipient = "unwanted@here.example" }
"""
PATIENCE = 30.0


def ask(port: int, path: str) -> tuple[int, bytes]:
    """One request to the admin process."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        client.request("GET", path)
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def numbers(port: int) -> dict[str, float]:
    """Every sample by its name and labels as they are written."""
    lines = ask(port, "/metrics")[1].decode().splitlines()
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}


def until(port: int, **wanted: float) -> dict[str, float]:
    """The first numbers that have these values."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = numbers(port)
        if all(found[f"bartizan_{name}"] == value for name, value in wanted.items()):
            return found
    raise AssertionError(f"never {wanted}: {found}")


def until_ready(port: int) -> None:
    """Wait until it takes mail again."""
    end = time.monotonic() + PATIENCE
    while ask(port, "/health/ready")[0] != 200:
        assert time.monotonic() < end, "never ready"


def fates(found: dict[str, float]) -> dict[str, int]:
    """Recipients by fate, without zeros; the account must be even."""
    told = {fate: int(found[f'bartizan_recipients_total{{fate="{fate}"}}']) for fate in FATES}
    flying = found["bartizan_recipients_in_flight"]
    assert found["bartizan_recipients_received_total"] == sum(told.values()) + flying
    return {fate: count for fate, count in told.items() if count}


def watched(start: Callable[..., Gateway], relay: int, **options: Any) -> tuple[Gateway, int]:
    """A gateway with an admin process, and the port of that; it answers."""
    admin = free_port()
    gateway = start(relay, more=f'[admin]\naddress = "127.0.0.1:{admin}"\n{RULES}', **options)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            if ask(admin, "/health/ready")[0] == 200:
                return gateway, admin
        except ConnectionError:
            continue
    raise AssertionError("never ready")


def serving(gateway: Gateway) -> int:
    """The smtpd that is not in reserve."""
    [pid] = [pid for pid in gateway.processes() if Path(f"/proc/{pid}/comm").read_text() == "smtpd\n"]
    return pid


def test_every_recipient_is_accounted_for_over_a_death(start: Callable[..., Gateway]) -> None:
    """Relayed, held, refused and lost; then the smtpd dies with one message in its hands, and counting goes on."""
    with Recorder() as recorder:
        gateway, admin = watched(start, recorder.port)
        with Client(gateway.port) as client:
            assert client.mail(HEAD + b"x\r\n", recipients=("b@here.example", "c@here.example")).code == 250
            assert client.mail(HEAD + b"x\r\n", recipients=("b@here.example", "held@here.example")).code == 250
            assert client.mail(HEAD + b"x\r\n", recipients=("unwanted@here.example",)).code == 550
            assert mail(gateway.port, HEAD + b"a\nb\r\n").code == 550
            assert fates(numbers(admin)) == {"relayed": 3, "quarantined": 1, "rejected": 2}
            for line in (b"MAIL FROM:<a@b.example>", b"RCPT TO:<b@here.example>", b"RCPT TO:<c@here.example>", b"DATA"):
                client.say(line)
            assert numbers(admin)["bartizan_recipients_in_flight"] == 2
            os.kill(serving(gateway), signal.SIGKILL)

        found = until(admin, smtpd_restarts_total=1, smtpds_ready=1, recipients_in_flight=0)
        expected = {"relayed": 3, "quarantined": 1, "rejected": 2, "deferred": 2}
        assert fates(found) == expected
        assert (found["bartizan_sessions"], found["bartizan_messages_in_flight"]) == (0, 0)
        assert mail(gateway.port, HEAD + b"x\r\n").code == 250
        assert fates(numbers(admin)) == expected | {"relayed": 4}


def test_a_silent_smtpd_is_counted(start: Callable[..., Gateway]) -> None:
    """Killed and replaced, which monitoring can see; the gateway is live meanwhile and ready afterwards."""
    with Recorder() as recorder:
        gateway, admin = watched(start, recorder.port)
        os.kill(serving(gateway), signal.SIGSTOP)
        assert ask(admin, "/health/live")[0] == 200
        found = until(admin, smtpd_restarts_total=1, smtpds_ready=1)
        assert found["bartizan_smtpd_kills_total"] >= 1
        assert found["bartizan_draining"] == 0
        until_ready(admin)


def test_a_drain_is_told(start: Callable[..., Gateway]) -> None:
    """Told to stop with a transaction open, it is not ready any more, and still live."""
    with Recorder() as recorder:
        gateway, admin = watched(start, recorder.port)
        with Client(gateway.port) as client:
            for line in (b"MAIL FROM:<a@b.example>", b"RCPT TO:<b@here.example>", b"DATA"):
                client.say(line)
            assert gateway.process is not None
            gateway.process.terminate()
            found = until(admin, draining=1)
            assert found["bartizan_recipients_in_flight"] == 1
            assert ask(admin, "/health/live")[0] == 200
            code, body = ask(admin, "/health/ready")
            assert (code, json.loads(body)["wrong"]) == (503, ["draining"])
            client.send(HEAD + b"x\r\n.\r\n")
            assert client.answer().code == 250
            assert gateway.stop() == 0
