"""Peers that take their time, on either side: they are cut off in time, and nobody else waits for them."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.gateway import Gateway
from end_to_end.client import Client, mail
from end_to_end.recorder import Recorder

RAW = b"From: a@sender.example\r\nTo: b@here.example\r\nSubject: hello\r\n\r\nx\r\n"
SESSIONS = 100
HURRY = f"""
[timeouts]
command = 2.0
data_idle = 2.0
minimum_rate = 10000.0
rate_grace = 2.0

[caps]
sessions = {SESSIONS}
"""
PATIENCE = 20.0
HELLO = b"EHLO client.example\r\n"
BEGINNING = b"MAIL FROM:<slow@sender.example>\r\nRCPT TO:<b@here.example>\r\nDATA\r\n"


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory, rules_cache: Path) -> Iterator[tuple[Gateway, Recorder]]:
    """A gateway with little patience."""
    folder = tmp_path_factory.mktemp("hurried")
    with Recorder() as recorder:
        gateway = Gateway(folder, recorder.port, workers=1, scanners=1, cache=rules_cache, more=HURRY)
        with gateway:
            yield gateway, recorder


def goes_on(gateway: Gateway, recorder: Recorder, times: int = 10) -> None:
    """Others' mail passes at its usual pace."""
    before, began = len(recorder.finished), time.monotonic()
    for _ in range(times):
        assert mail(gateway.port, RAW, "quick@sender.example").code == 250
    assert len(recorder.finished) == before + times
    assert time.monotonic() - began < 10.0


def rest(client: socket.socket) -> bytes:
    """Everything until the gateway ends the connection, which it must."""
    client.settimeout(PATIENCE)
    received = b""
    try:
        while piece := client.recv(65536):
            received += piece
    except ConnectionResetError:
        pass
    return received


def go_ahead(client: socket.socket) -> None:
    """Read the replies up to 354."""
    client.settimeout(PATIENCE)
    received = b""
    while b"\r\n354 " not in received:
        received += client.recv(65536)


def flood(client: socket.socket) -> None:
    """Send commands and never read a reply, as long as the gateway lets us. OSError at the end."""
    while True:
        client.sendall(HELLO * 1000)


def drip(client: socket.socket, data: bytes, over: threading.Event) -> None:
    """One byte at a time, for as long as anybody listens."""
    try:
        for byte in data:
            if over.wait(0.05):
                return
            client.sendall(bytes((byte,)))
    except OSError:
        return


@pytest.mark.parametrize(
    ("first", "message", "dripped"),
    [
        (b"", None, b"NOOP " + b"x" * 1000),
        (b"MAIL FROM:<slow@sender.example>\r\n", None, b""),
        (BEGINNING, b"", b""),
        (BEGINNING, b"", b"x" * 1000),
        (BEGINNING, RAW, b""),
        (BEGINNING, RAW + b".\r", b""),
    ],
    ids=["drips a command", "stalls", "sends nothing", "drips a message", "stalls before the dot", "stalls at the dot"],
)
def test_a_slow_client(hurried: tuple[Gateway, Recorder], first: bytes, message: bytes | None, dripped: bytes) -> None:
    """It is told so and cut off within its timeouts; its message is nowhere, and others' mail goes on meanwhile."""
    gateway, recorder = hurried
    over = threading.Event()
    with ThreadPoolExecutor() as background, socket.create_connection(("127.0.0.1", gateway.port)) as client:
        assert client.recv(4096).startswith(b"220 ")
        began = time.monotonic()
        client.sendall(HELLO + first)
        if message is not None:
            go_ahead(client)
            client.sendall(message)
        dripping = background.submit(drip, client, dripped, over)
        goes_on(gateway, recorder)
        end = rest(client).splitlines()
        over.set()
        dripping.result()
    assert end[-1].startswith(b"421 4.4.2")
    assert time.monotonic() - began < PATIENCE
    assert "slow@sender.example" not in [t.sender for t in recorder.finished]


def test_a_client_that_never_reads_its_replies(hurried: tuple[Gateway, Recorder]) -> None:
    """It uses up the gateway's patience and is cut off; others' mail goes on meanwhile."""
    gateway, recorder = hurried
    with ThreadPoolExecutor() as background, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(PATIENCE)
        client.connect(("127.0.0.1", gateway.port))
        flooding = background.submit(flood, client)
        goes_on(gateway, recorder)
        assert isinstance(flooding.exception(PATIENCE), ConnectionError)


def test_more_connections_than_there_is_room_for(hurried: tuple[Gateway, Recorder]) -> None:
    """Those beyond the cap are told to come again, a session that has begun goes on, and the idle make room."""
    gateway, recorder = hurried
    with ExitStack() as stack, Client(gateway.port) as begun:
        crowd = [
            stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE))
            for _ in range(3 * SESSIONS)
        ]
        greetings = [one.recv(4) for one in crowd]
        assert begun.mail(RAW).code == 250
        assert greetings.count(b"220 ") <= SESSIONS - 1
        assert greetings.count(b"220 ") + greetings.count(b"421 ") == len(crowd)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                goes_on(gateway, recorder)
                break
            except (OSError, ValueError, AssertionError):
                assert time.monotonic() < end


def test_thousands_of_connections(tmp_path: Path, rules_cache: Path) -> None:
    """Far more sessions than the usual soft limit of descriptors: all are greeted, and mail passes between them."""
    many = 1500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = many + 500
    if hard != resource.RLIM_INFINITY and hard < 2 * wanted:
        pytest.skip(f"this machine allows {hard} descriptors")
    with Recorder() as recorder, ExitStack() as stack:
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        try:
            gateway = Gateway(tmp_path / "gateway", recorder.port, workers=1, scanners=1, cache=rules_cache)
            stack.enter_context(gateway)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        sources = [f"127.0.0.{1 + number % 200}" for number in range(many)]
        crowd = [
            stack.enter_context(
                socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE, source_address=(source, 0))
            )
            for source in sources
        ]
        assert {one.recv(4) for one in crowd} == {b"220 "}
        goes_on(gateway, recorder)


def test_a_next_hop_that_is_slow_for_some(tmp_path: Path, rules_cache: Path) -> None:
    """While it sits on some messages at some point of the protocol, those for others pass; nobody is told 250 early."""
    over = threading.Event()
    stuck = threading.Semaphore(0)

    def slow(line: bytes) -> bytes | None:
        if b"slow@" in line:
            stuck.release()
            over.wait(60.0)
        return None

    with Recorder(slow) as recorder, ThreadPoolExecutor(10) as background, ExitStack() as stack:
        gateway = stack.enter_context(
            Gateway(tmp_path / "gateway", recorder.port, workers=1, scanners=1, cache=rules_cache)
        )
        stack.callback(over.set)
        waiting = [background.submit(mail, gateway.port, RAW, recipients=("slow@here.example",)) for _ in range(10)]
        for _ in waiting:
            assert stuck.acquire(timeout=PATIENCE)
        goes_on(gateway, recorder)
        assert not any(answer.done() for answer in waiting)
        over.set()
        assert {answer.result().code for answer in waiting} == {250}
