"""The wall in a whole gateway: lists that change under open sessions, the DNS out of a locked-down process, events."""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bartizan.auth.argon import make
from bench.gateway import Gateway
from bench.nameserver import NameServer, Way
from end_to_end.client import Client
from end_to_end.recorder import Recorder
from end_to_end.test_reload import SECONDS, reload, told

CERTIFICATE = Path(__file__).parent.parent / "smtpd" / "localhost.pem"
LETTER = b"From: a@sender.example\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nSubject: hello\r\n\r\nHello.\r\n"


def refusals(gateway: Gateway) -> list[tuple[str, str]]:
    """Check and detail of each refusal so far."""
    return [(event["check"], event["detail"]) for event in gateway.seen() if event["event"] == "refusal"]


def test_a_map_file_changes(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """An entry that is added holds for the next MAIL of an open session, without anybody asking for a reload."""
    listed = tmp_path / "senders"
    listed.write_text("# nobody yet\n")
    with Recorder() as recorder:
        gateway = start(recorder.port, listener=f'deny = {{ senders = ["file:{listed}"] }}')
        with Client(gateway.port) as client:
            assert client.mail(LETTER).code == 250
            listed.write_text("sender.example spam of November\n")
            end = time.monotonic() + SECONDS
            while client.mail(LETTER).code == 250:
                assert time.monotonic() < end
            listed.write_text("192.0.2.1/99\n")
            told(gateway, "reload refused")
            assert client.say(b"MAIL FROM:<a@sender.example>").code == 550, "the old list stays"
            assert client.say(b"MAIL FROM:<a@other.example>").code == 250
    assert ("denied_sender", "listed as sender.example: spam of November") in refusals(gateway)


def test_domains_out_of_a_map_file(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """Among those that are named, and a new one holds in an open session."""
    listed = tmp_path / "domains"
    listed.write_text("one.example\n.two.example\n")
    checks = 'checks = { sender_domain = "off", null_mx = "off", reverse_dns = "off", helo_dns = "off" }'
    with Recorder() as recorder:
        gateway = start(recorder.port, listener=checks, domains=("here.example", f"file:{listed}"), trusted=())
        with Client(gateway.port) as client:
            assert client.say(b"MAIL FROM:<>").code == 250
            told_of = {
                name: client.say(b"RCPT TO:<a@%b.example>" % name).code for name in (b"here", b"one", b"x.two", b"new")
            }
            assert told_of == {b"here": 250, b"one": 250, b"x.two": 250, b"new": 550}
            listed.write_text("new.example\n")
            told(gateway, "reload", 2)
            end = time.monotonic() + SECONDS
            while client.say(b"RCPT TO:<a@new.example>").code != 250:
                assert time.monotonic() < end
            assert client.say(b"RCPT TO:<a@one.example>").code == 550


def test_the_dns_out_of_the_sandbox(start: Callable[..., Gateway]) -> None:
    """A locked-down smtpd asks its name servers; what it cannot learn is never a reason to refuse for good."""
    with NameServer() as server, Recorder() as recorder:
        server.add("sender.example", "MX", "10 mx.sender.example.")
        server.does("broken.example", Way.SERVFAIL)
        gateway = start(
            recorder.port,
            listener='checks = { helo_dns = "tag 1.5" }',
            more=f'[dns]\nservers = ["{server.address}"]\ntimeout = 0.5\ntries = 1\n',
            trusted=(),
        )
        with Client(gateway.port) as client:
            assert client.say(b"MAIL FROM:<a@nowhere.example>").code == 550
            assert client.say(b"MAIL FROM:<a@broken.example>").code == 451
            assert client.mail(LETTER).code == 250
    [event] = [event for event in gateway.seen() if event["event"] == "message"]
    noted = {check["check"]: (check["action"], check["score"]) for check in event["checks"]}
    assert noted["reverse_dns"] == ("log", 0.0)
    assert noted["helo_dns"] == ("tag", 1.5)
    assert [finding["name"] for finding in event["findings"] if finding["kind"] == "session"] == ["helo_dns"]
    assert event["score"] == pytest.approx(1.5)
    assert [check for check, _ in refusals(gateway)] == ["sender_domain", "sender_domain"]


def test_logging_in(start: Callable[..., Gateway], tmp_path: Path) -> None:
    """Over TLS, against a password file, inside the locked-down process; then mail goes anywhere. A file that changes
    holds after a reload."""
    passwords = tmp_path / "passwords"
    passwords.write_text(f"ann@here.example:{make(b'secret')}\n")
    listener = (
        f'tls = {{ certificate = "{CERTIFICATE}", key = "{CERTIFICATE}" }}\n'
        'checks = { sender_domain = "off", null_mx = "off", reverse_dns = "off", forward_dns = "off",'
        ' helo_dns = "off" }'
    )
    with Recorder() as recorder:
        gateway = start(
            recorder.port,
            listener=listener,
            more=f'[auth]\npasswords = "{passwords}"\n',
            trusted=(),
            domains=("here.example",),
        )
        with smtplib.SMTP("127.0.0.1", gateway.port, timeout=SECONDS) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(CERTIFICATE)))
            with pytest.raises(smtplib.SMTPAuthenticationError):
                client.login("ann@here.example", "wrong")
            assert client.mail("ann@here.example")[0] == 250
            assert client.rcpt("far@away.example")[0] == 550
            client.rset()
            assert client.login("ann@here.example", "secret")[0] == 235
            assert client.mail("boss@here.example")[0] == 553
            client.sendmail("ann@here.example", ["far@away.example"], LETTER)
        assert len(recorder.finished) == 1
        passwords.write_text(f"ann@here.example:{make(b'other')}\n")
        reload(gateway, 1)
        with smtplib.SMTP("127.0.0.1", gateway.port, timeout=SECONDS) as client:
            client.starttls(context=ssl.create_default_context(cafile=str(CERTIFICATE)))
            assert client.login("ann@here.example", "other")[0] == 235
    [event] = [event for event in gateway.seen() if event["event"] == "message"]
    assert (event["authenticated"], event["direction"]) == ("ann@here.example", "outbound")
    assert ("login", "as ann@here.example") in refusals(gateway)
