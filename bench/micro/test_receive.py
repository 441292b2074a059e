"""Receiving messages of 10 MB: aiosmtpd as it comes against serve's own session class, on one loop, over real sockets.

All three servers run in this process on the same kind of loop; the client is another process, so that only the server's
work and the kernel's are between first byte and reply. Rounds take turns and the best of each server counts, so that a
busy machine slows all alike. Every byte that was received is compared.
"""

from __future__ import annotations

import asyncio
import base64
import random
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import uvloop
from aiosmtpd.smtp import SMTP, Envelope, Session

from bartizan._core.automaton import Automaton
from bartizan._core.stream import MessageStream
from bartizan.config.schema import Phrases, Server, Settings
from bartizan.model.envelope import Envelope as OurEnvelope
from bartizan.model.limits import MIB
from bartizan.model.reply import ACCEPTED, Reply
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.settings import Services, SessionSettings
from bench import mix, phrases, wire

SIZE = 10 * MIB
ROUNDS = 3
READER_ALONE = 10.0
WHOLE_CORE = 5.0

CLIENT = """
import socket, sys, time
port, path, rounds = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
data = open(path, "rb").read()
peer = socket.create_connection(("127.0.0.1", port))
lines = peer.makefile("rb")
def reply():
    line = lines.readline()
    while line[3:4] == b"-":
        line = lines.readline()
    return line[:3]
def say(command, code):
    peer.sendall(command)
    got = reply()
    assert got == code, (command, got)
assert reply() == b"220"
say(b"EHLO client.example\\r\\n", b"250")
for _ in range(rounds):
    say(b"MAIL FROM:<a@load.example>\\r\\n", b"250")
    say(b"RCPT TO:<b@load.example>\\r\\n", b"250")
    say(b"DATA\\r\\n", b"354")
    began = time.perf_counter()
    peer.sendall(data)
    assert reply() == b"250"
    print(time.perf_counter() - began)
"""

Received = list[bytes | memoryview]
StartServer = Callable[[Received], Awaitable[asyncio.Server]]


def opaque(raw: bytes) -> bytes:
    """The same lines as one part that the core only reads and hashes: nothing to decode, no text."""
    head = b"From: a@load.example\r\nSubject: large\r\nContent-Type: application/octet-stream\r\n\r\n"
    return head + raw.partition(b"\r\n\r\n")[2]


def message() -> bytes:
    """A mail of 10 MB: 1 MB of text, the rest attached in base64, as large mails are; a few lines begin with a dot."""
    chance = random.Random(1)
    text = b"\r\n".join(mix.made_up(1, 200))[: 1 * MIB] + b"\r\n.\r\n..dots\r\n"
    attached = wire.canonical(base64.encodebytes(chance.randbytes((SIZE - len(text)) * 57 // 78)))
    head = b"From: a@load.example\r\nSubject: large\r\n\r\n"
    part = b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" + attached
    return wire.with_part(head + text, part, b"=_large")


class Stock:
    """aiosmtpd's own session, as its documentation sets it up."""

    def __init__(self, received: Received) -> None:
        self._received = received

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the content."""
        assert isinstance(envelope.content, bytes)
        self._received.append(envelope.content)
        return "250 Ok"


async def start_stock(received: Received) -> asyncio.Server:
    """A server of stock aiosmtpd sessions."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: SMTP(Stock(received), data_size_limit=2 * SIZE, loop=loop), "127.0.0.1", 0)


def our_server(automaton: Automaton | None) -> StartServer:
    """A server of serve's sessions; with an automaton the one pass looks for phrases too."""

    async def start(received: Received) -> asyncio.Server:
        async def submit(envelope: OurEnvelope, stream: MessageStream) -> Reply:
            received.append(stream.raw)
            return ACCEPTED

        services = Services(submit, lambda _: MessageStream(automaton, max_bytes=2 * SIZE), lambda: "id")
        listener = Listener(SessionSettings("mx.load.example"), services, ())
        return await asyncio.get_running_loop().create_server(_session(listener), "127.0.0.1", 0)

    return start


def _session(listener: Listener) -> Callable[[], Any]:
    from bartizan.smtpd.session import Session as OurSession

    return lambda: OurSession(listener.office)


async def _measure(servers: dict[str, tuple[StartServer, bytes]], folder: Path) -> dict[str, float]:
    """The best time in seconds of each server for one of its mails."""
    best = dict.fromkeys(servers, float("inf"))
    for _ in range(ROUNDS):
        for name, (start, raw) in servers.items():
            received: Received = []
            path = folder / name
            path.write_bytes(wire.stuffed(raw))
            async with await start(received) as server:
                port = server.sockets[0].getsockname()[1]
                rounds = 1 if name == "stock" else 4
                client = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", CLIENT, str(port), str(path), str(rounds), stdout=subprocess.PIPE
                )
                said, _ = await asyncio.wait_for(client.communicate(), 120)
            assert client.returncode == 0
            assert all(one == raw for one in received)
            assert len(received) == rounds
            best[name] = min(best[name], *map(float, said.split()))
    return best


@pytest.fixture
def automaton(tmp_path: Path) -> Automaton:
    """10,000 phrases of three words."""
    from bartizan.bundle import PHRASES, build

    real = mix.made_up(1)
    listed = tmp_path / "phrases.txt"
    listed.write_text("\n".join(phrases.sample(phrases.vocabulary(real), 10_000, 1)), encoding="utf-8")
    bundle = build(Settings(server=Server(cache=str(tmp_path / "cache")), phrases=Phrases(files=(str(listed),))))
    return Automaton.open(str(Path(bundle.directory, PHRASES)))


def test_receive(tmp_path: Path, automaton: Automaton) -> None:
    """Ten times stock aiosmtpd where lines are only read, five times with the whole core and 10,000 phrases."""
    raw = message()
    servers: dict[str, tuple[StartServer, bytes]] = {
        "stock": (start_stock, raw),
        "reader": (our_server(None), opaque(raw)),
        "core": (our_server(automaton), raw),
    }
    best = uvloop.run(_measure(servers, tmp_path))
    mb = {name: round(len(raw) / 1e6 / seconds) for name, seconds in best.items()}
    print(f"MB/s: {mb}; against stock: {best['stock'] / best['reader']:.1f}, {best['stock'] / best['core']:.1f}")
    assert best["stock"] / best["reader"] >= READER_ALONE
    assert best["stock"] / best["core"] >= WHOLE_CORE
