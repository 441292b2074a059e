"""The admin process over a real socket: what it answers, what it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import pytest

from admin.pages import Pages
from admin.running import MAIN, Running, running
from bartizan.admin.server import CONNECTIONS, HEAD_BYTES

FORBID = """
import os, sys
from bartizan.admin.order import AdminOrder
from bartizan.admin.process import run_admin
from bartizan.observe import codec

def confine():
    def look(event, args):
        if event in ("import", "open", "os.exec", "os.fork", "subprocess.Popen", "socket.connect", "ctypes.dlopen"):
            os.write(2, f"{event} {args}".encode())
            os._exit(77)
    sys.addaudithook(look)

with open(int(sys.argv[1]), "rb") as file:
    order = codec.unpack(file.read(), AdminOrder)
run_admin(order, confine)
"""
HASTY = f"from bartizan.admin import server; server.PATIENCE = 0.2; {MAIN}"


@pytest.fixture(scope="module")
def admin() -> Iterator[Running]:
    """One process for all tests that leave it as it is."""
    pages = Pages()
    with running(pages) as one:
        yield one
    pages.close()


def test_live_and_ready(pages: Pages) -> None:
    """Both follow the pages, without a restart, and say why not."""
    with running(pages) as admin:
        for path in ("/health/live", "/health/ready"):
            answer = admin.ask(path)
            assert (answer.code, answer.json) == (200, {"status": "ok", "wrong": []})
            assert answer.headers["content-type"] == "application/json"
            assert answer.headers["cache-control"] == "no-store"
        pages.supervision.set_ready(smtpds=0, scanners=1)
        pages.supervision.set_draining()
        pages.meters[0].set_store_failed(True)
        ready = admin.ask("/health/ready")
        why = ["draining", "no smtpd is ready", "the quarantine store has failed"]
        assert (ready.code, ready.json) == (503, {"status": "fail", "wrong": why})
        assert admin.ask("/health/live").code == 200
        pages.supervision.set_ready(smtpds=2, scanners=1)
        assert "no smtpd is ready" not in admin.ask("/health/ready").json["wrong"]


def test_a_dead_supervisor_is_told(pages: Pages) -> None:
    """503 for both."""
    os.pwrite(pages.supervisor, bytes(8), 8)
    with running(pages) as admin:
        assert [admin.ask(path).code for path in ("/health/live", "/health/ready")] == [503, 503]
        assert admin.ask("/health/live").json["wrong"] == ["the supervisor has not begun"]


def test_metrics(admin: Running) -> None:
    """The text format, fresh each time."""
    first = admin.ask("/metrics")
    assert first.code == 200
    assert first.headers["content-type"].startswith("text/plain; version=")
    assert b"\nbartizan_possible_duplicates_total 0.0\n" in first.body
    admin.pages.meters[0].possible_duplicate()
    assert b"\nbartizan_possible_duplicates_total 1.0\n" in admin.ask("/metrics").body


def test_says_nothing_about_itself(admin: Running) -> None:
    """No Server header; what is not there is a generic 404, also when only a slash is too much."""
    assert "server" not in admin.ask("/health/live").headers
    for path in ("/", "/metrics/", "/health", "/docs", "/metrics/../etc/passwd", "/%2e%2e/x"):
        answer = admin.ask(path)
        assert (answer.code, answer.body) == (404, b"Not Found")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "NONSENSE"])
def test_only_reading(admin: Running, method: str) -> None:
    """Other methods are 405."""
    answer = admin.ask("/metrics", method)
    assert (answer.code, answer.body) == (405, b"Method Not Allowed")


def test_head(admin: Running) -> None:
    """The same head without a body."""
    answer = admin.ask("/health/live", "HEAD")
    assert (answer.code, answer.headers["content-length"], answer.body) == (200, "26", b"")


def test_a_long_head_is_refused(admin: Running) -> None:
    """400 and the end, whether it ends or not."""
    with admin.connect() as client:
        client.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * HEAD_BYTES)
        assert everything(client).startswith(b"HTTP/1.1 400 ")


def test_nonsense_is_refused(admin: Running) -> None:
    """400 and the end; SMTP is nonsense."""
    with admin.connect() as client:
        client.sendall(b"EHLO x\r\n\r\n")
        assert everything(client).startswith(b"HTTP/1.1 400 ")


def test_an_upgrade_is_not_done(admin: Running) -> None:
    """No WebSockets here."""
    headers = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-key": "x", "sec-websocket-version": "13"}
    assert admin.ask("/metrics", headers=headers).code == 200


def test_one_connection_too_many(admin: Running) -> None:
    """It is closed; those that are there are served, and there is room again when one has left."""
    clients = [admin.connect() for _ in range(CONNECTIONS)]
    try:
        for client in clients:
            client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            assert answered(client).startswith(b"HTTP/1.1 200 ")
        with admin.connect() as late:
            assert everything(late) == b""
        clients[0].sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert everything(clients[0]).startswith(b"HTTP/1.1 200 ")
        assert admin.ask("/health/live").code == 200
    finally:
        for client in clients:
            client.close()


@pytest.mark.parametrize("said", [b"", b"GET /health/live HTTP/1.1\r\nX: "], ids=["silence", "half a head"])
def test_patience_ends(pages: Pages, said: bytes) -> None:
    """Who does not ask in time is cut off, and nobody else is."""
    with running(pages, HASTY) as admin, admin.connect() as client:
        client.sendall(said)
        assert everything(client) == b""
        assert admin.ask("/health/live").code == 200


def test_ends_at_sigterm(pages: Pages) -> None:
    """At once and in order, with a connection open; nothing is listened to after it."""
    with running(pages) as admin, admin.connect() as client:
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answered(client).startswith(b"HTTP/1.1 200 ")
        admin.process.send_signal(signal.SIGINT)
        assert admin.ask("/health/live").code == 200
        admin.process.send_signal(signal.SIGTERM)
        assert admin.ended() == (0, b"")


def test_a_successor_takes_the_socket(pages: Pages) -> None:
    """The socket is the supervisor's: the next process answers at the same address, and counters are as they were."""
    pages.meters[0].possible_duplicate()
    with running(pages) as first:
        assert b"duplicates_total 1.0" in first.ask("/metrics").body
        first.process.send_signal(signal.SIGTERM)
        assert first.ended() == (0, b"")
        with socket.create_connection(first.address, 10) as waiting:
            waiting.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            with running(pages, listening=first.socket):
                assert b"duplicates_total 1.0" in everything(waiting)


def test_needs_nothing_after_the_lock_down(pages: Pages) -> None:
    """Nothing is imported, opened, started or connected to once it is confined, whatever is asked."""
    with running(pages, FORBID) as admin:
        for path in ("/health/live", "/health/ready", "/metrics", "/nothing"):
            assert admin.ask(path).code in (200, 404)
            assert admin.ask(path, "POST").code in (404, 405)
        with admin.connect() as client:
            client.sendall(b"nonsense\r\n\r\n")
            assert everything(client).startswith(b"HTTP/1.1 400 ")


def answered(client: socket.socket) -> bytes:
    """One answer about health, with its body."""
    data = b""
    while not data.endswith(b"}"):
        data += client.recv(4096)
    return data


def everything(client: socket.socket) -> bytes:
    """Until the other side closes, in whatever way."""
    data = b""
    try:
        while more := client.recv(65536):
            data += more
    except ConnectionResetError:
        pass
    return data
