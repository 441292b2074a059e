"""The process tree: what dies is replaced, what is under way finishes, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench.gateway import Gateway, tree
from bench.sink import free_port
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

CLEAN = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nNothing to see.\r\n"
SECONDS = 30.0


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for a condition, with a deadline that fails the test."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        os.sched_yield()


def processes(gateway: Gateway, module: str) -> set[int]:
    """The gateway's running processes of one kind, without the smtpd that waits to take another's place."""
    assert gateway.process is not None
    found = set()
    for pid in tree(gateway.process.pid):
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            name = Path(f"/proc/{pid}/comm").read_text()
        except OSError:
            continue
        if module.encode() in line and (name == "smtpd\n" or "smtpd" not in module):
            found.add(pid)
    return found


@pytest.mark.parametrize("module", ["bartizan.node.smtpd", "bartizan.scanner.worker"])
def test_a_killed_process_is_replaced(start: Callable[..., Gateway], module: str) -> None:
    """Mail goes through again after an smtpd or a scanner was killed, without an operator."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert mail(gateway.port, CLEAN).code == 250
        old = processes(gateway, module)
        for pid in old:
            os.kill(pid, signal.SIGKILL)
        until(lambda: bool(processes(gateway, module) - old), f"a new {module}")

        assert mail(gateway.port, CLEAN).code == 250
        assert len(recorder.finished) == 2


def test_a_hang_up_is_for_the_supervisor(start: Callable[..., Gateway]) -> None:
    """A terminal that closes tells everybody; that is a reload, and costs nobody his process."""
    modules = ("bartizan.node.smtpd", "bartizan.scanner.worker", "bartizan.admin.process")
    admin = free_port()
    with Recorder() as recorder:
        gateway = start(recorder.port, more=f'[admin]\naddress = "127.0.0.1:{admin}"\n')
        assert gateway.process is not None
        assert mail(gateway.port, CLEAN).code == 250
        with urlopen(f"http://127.0.0.1:{admin}/health/live", timeout=SECONDS) as answer:
            assert answer.status == 200
        old = [processes(gateway, module) for module in modules]
        for pid in (*(pid for some in old for pid in some), gateway.process.pid):
            os.kill(pid, signal.SIGHUP)
        until(lambda: any(event.get("what") == "reload" for event in gateway.seen()), "a reload")

        assert mail(gateway.port, CLEAN).code == 250
        assert [processes(gateway, module) for module in modules] == old


def test_connections_wait_for_the_next_smtpd(start: Callable[..., Gateway]) -> None:
    """A connection in the queue of a killed smtpd's slot is served by its successor."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        (pid,) = processes(gateway, "bartizan.node.smtpd")
        os.kill(pid, signal.SIGSTOP)
        until(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T", "smtpd stopped")
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=SECONDS) as waiting:
            os.kill(pid, signal.SIGKILL)

            assert waiting.recv(4) == b"220 "


def test_a_stop_lets_the_transaction_finish(start: Callable[..., Gateway]) -> None:
    """After SIGTERM no new session is taken, but the message under way gets its 250, and the exit code is 0."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert gateway.process is not None
        with Client(gateway.port) as busy, Client(gateway.port) as idle:
            for command in (b"MAIL FROM:<a@sender.example>", b"RCPT TO:<b@here.example>", b"DATA"):
                code = busy.say(command).code
            assert code == 354
            gateway.process.send_signal(signal.SIGTERM)
            assert idle.answer().code == 421
            busy.send(CLEAN + b".\r\n")
            assert busy.answer().code == 250
        assert gateway.stop() == 0
        assert len(recorder.finished) == 1


def test_nothing_is_left_when_the_supervisor_is_killed(start: Callable[..., Gateway]) -> None:
    """smtpd, scanner and zygote end with their supervisor."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        assert gateway.process is not None
        family = set(tree(gateway.process.pid))
        assert len(family) >= 4
        gateway.process.kill()
        gateway.process.wait()

        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family), "all processes gone")


def test_a_taken_address_is_refused(start: Callable[..., Gateway]) -> None:
    """Two gateways never share an address by accident; the second says why it does not start."""
    with Recorder() as recorder:
        gateway = start(recorder.port)
        second = Gateway(gateway.folder.with_name("second"), recorder.port, cache=gateway.cache, port=gateway.port)
        second.folder.mkdir()
        second.config.write_text(second.configuration())

        with pytest.raises(RuntimeError, match="cannot listen here"):
            second.run("serve")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ('[[listener]]\naddress = "127.0.0.1:2525"\nrecipient_domains = ["*"]\n', "next_hop"),
        ('[[listener]]\naddress = "0.0.0.0:2525"\nrecipient_domains = ["*"]\n', "recipient_domains"),
        ('[[listener]]\naddress = "0.0.0.0:2525"\nrecipient_domains = ["*"]\n', "server.hostname"),
    ],
)
def test_serve_refuses_what_cannot_be_right(tmp_path: Path, text: str, missing: str) -> None:
    """Without a next hop, or open to the world without domains or a name, serve does not start."""
    gateway = Gateway(tmp_path, 25)
    gateway.config.write_text(text)

    with pytest.raises(RuntimeError, match=missing) as refused:
        gateway.run("serve")
    assert "ended with 2" in str(refused.value)
