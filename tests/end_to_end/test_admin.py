"""Health and counters of a running gateway: what went in comes out, whatever dies in between."""

from __future__ import annotations

import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from bench import wire
from bench.gateway import Gateway
from bench.sink import free_port
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder
from end_to_end.test_supervisor import processes, until

CLEAN = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nNothing to see.\r\n"
BAD = wire.with_part(CLEAN, wire.attachment("invoice.vbs", b"application/octet-stream", b"MsgBox 1\r\n"), b"=_x")
FATES = ("relayed", "quarantined", "rejected", "deferred", "discarded", "spooled")
REJECT = """
[policy]
default = "accept"
[[rule]]
name = "refused"
who = { sender = "refused@sender.example" }
action = "reject"
text = "No"
[admin]
address = "127.0.0.1:%d"
"""


def get(port: int, path: str) -> tuple[int, str]:
    """Status and body of one answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def counted(port: int) -> dict[str, float]:
    """The counters by name, those with one label by "name value"."""
    found = {}
    for family in text_string_to_metric_families(get(port, "/metrics")[1]):
        for sample in family.samples:
            found[" ".join((sample.name, *sample.labels.values()))] = sample.value
    return found


def recipients(port: int) -> dict[str, float]:
    """What became of the recipients, and what the identity says is missing."""
    numbers = counted(port)
    fates = {fate: numbers[f"bartizan_recipients_total {fate}"] for fate in FATES}
    in_flight = numbers["bartizan_recipients_in_flight"]
    missing = numbers["bartizan_recipients_received_total"] - sum(fates.values()) - in_flight
    return {**{fate: number for fate, number in fates.items() if number}, "in flight": in_flight, "missing": missing}


def test_every_recipient_is_accounted_for(start: Callable[..., Gateway]) -> None:
    """Relayed, quarantined, rejected, deferred: received is their sum, also after the smtpd was killed at work."""
    admin = free_port()
    with Recorder(lambda line: b"450 later" if line == b"RCPT TO:<busy@here.example>" else None) as recorder:
        gateway = start(recorder.port, more=REJECT % admin)
        assert mail(gateway.port, CLEAN, recipients=("b@here.example", "c@here.example")).code == 250
        assert mail(gateway.port, BAD).code == 250
        assert mail(gateway.port, CLEAN, "refused@sender.example").code == 550
        assert mail(gateway.port, CLEAN, recipients=("busy@here.example",)).code == 451
        known = {"relayed": 2, "quarantined": 1, "rejected": 1, "deferred": 1, "in flight": 0, "missing": 0}
        assert recipients(admin) == known

        with Client(gateway.port) as client:
            for command in (b"MAIL FROM:<a@sender.example>", b"RCPT TO:<b@here.example>", b"DATA"):
                code = client.say(command).code
            assert code == 354
            assert recipients(admin) == known | {"in flight": 1}
            (pid,) = processes(gateway, "bartizan.node.smtpd")
            os.kill(pid, signal.SIGKILL)
            until(lambda: recipients(admin) == known | {"deferred": 2}, "the killed smtpd's mail is accounted for")
        numbers = counted(admin)
    assert numbers["bartizan_smtpd_restarts_total"] == 1
    assert numbers["bartizan_gaps_total encrypted"] == 0
    assert numbers["bartizan_messages_total quarantine"] == 1


def test_health_while_it_lives_and_ends(start: Callable[..., Gateway]) -> None:
    """Ready until told to stop; while it drains it is live but not ready."""
    admin = free_port()
    with Recorder() as recorder:
        gateway = start(recorder.port, more=REJECT % admin)
        assert gateway.process is not None
        until(lambda: get(admin, "/health/ready")[0] == 200, "ready")
        assert get(admin, "/health/live")[0] == 200
        with Client(gateway.port) as busy:
            for command in (b"MAIL FROM:<a@sender.example>", b"RCPT TO:<b@here.example>", b"DATA"):
                busy.say(command)
            gateway.process.send_signal(signal.SIGTERM)
            until(lambda: get(admin, "/health/ready")[0] == 503, "not ready")
            assert get(admin, "/health/live")[0] == 200
            busy.send(CLEAN + b".\r\n")
            assert busy.answer().code == 250
        assert gateway.stop() == 0


def test_reloads_and_scanners_are_counted(start: Callable[..., Gateway]) -> None:
    """A refused reload, and a scanner that was killed."""
    admin = free_port()
    with Recorder() as recorder:
        gateway = start(recorder.port, more=REJECT % admin)
        assert gateway.process is not None
        assert mail(gateway.port, CLEAN).code == 250
        (pid, *_) = sorted(processes(gateway, "bartizan.scanner.worker"))
        os.kill(pid, signal.SIGKILL)
        until(lambda: counted(admin)["bartizan_scanner_crashes_total"] == 1, "the crash is counted")
        gateway.config.write_text("nonsense")
        gateway.process.send_signal(signal.SIGHUP)
        until(lambda: counted(admin)["bartizan_reloads_total refused"] == 1, "the refusal is counted")


def test_the_bundle_shown_is_the_one_in_force(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """Also after a reload."""
    admin = free_port()
    listed = tmp_path / "listed.txt"
    listed.write_text("turnip of the month\n", encoding="utf-8")
    with Recorder() as recorder:
        gateway = start(recorder.port, more=REJECT % admin)
        assert gateway.process is not None
        before = [name for name in counted(admin) if name.startswith("bartizan_rules_info")]
        gateway.phrases = [listed]
        gateway.config.write_text(gateway.configuration(), encoding="utf-8")
        gateway.process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 60
        while [name for name in counted(admin) if name.startswith("bartizan_rules_info")] == before:
            assert time.monotonic() < end
