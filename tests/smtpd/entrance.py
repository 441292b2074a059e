"""A stage for what comes before mail: a listener on loopback, its pipeline, clients from any loopback address."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from smtpd.dialogue import CERTIFICATE
from smtpd.house import Pipeline, settings_of
from smtpd.test_proxy import TCP4, V4, binary
from typing import Any

from bartizan.model.envelope import Peer
from bartizan.smtpd.listener import Listener

BALANCER = "127.0.0.2"
BALANCERS = (ip_network(BALANCER), ip_network("2001:db8::/32"))
LINE = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 465\r\n"
HEADERS = {"1": (LINE, Peer("192.0.2.7", 40000)), "2": (binary(TCP4, V4), Peer("192.0.2.7", 4))}
GREETING = b"220 mx.example ESMTP\r\n"
TO_DATA = b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Scene = Callable[[Listener, Pipeline, Callable[..., Awaitable[Client]]], Awaitable[None]]


def trusting() -> ssl.SSLContext:
    """A client that trusts the test certificate."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


async def perform(scene: Scene, words: dict[str, Any]) -> None:
    """Play a scene with a way to connect from an address; nobody is left behind."""
    pipeline = Pipeline(settings_of(**words))
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    listener = Listener(pipeline.settings, pipeline.services(), [sock])
    await listener.start()
    clients: list[Client] = []

    async def connect(host: str = "127.0.0.1") -> Client:
        clients.append(await asyncio.open_connection("127.0.0.1", port, local_addr=(host, 0)))
        return clients[-1]

    async with asyncio.timeout(20):
        await scene(listener, pipeline, connect)
        for _, writer in clients:
            writer.close()
        await listener.drain(5)
        await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
    assert pipeline.problems == []
    assert (listener.office.admission.sessions, listener.sessions) == (0, 0)


async def turns(number: int = 6) -> None:
    """Let the server, on the same loop, take what has arrived."""
    for _ in range(number):
        await asyncio.sleep(0)


async def until(so: Callable[[], bool]) -> None:
    """Let the server go on until it is."""
    while not so():  # noqa: ASYNC110  nobody tells
        await asyncio.sleep(0)


async def reported(pipeline: Pipeline, count: int = 1) -> list[tuple[str, str]]:
    """Address and end of so many sessions, once they are told of."""
    await until(lambda: len(pipeline.reports) >= count)
    return [(report.peer.address, report.ended) for report in pipeline.reports]


async def closed(client: Client) -> bytes:
    """What the client still reads, up to the end."""
    with contextlib.suppress(ConnectionError):
        return await client[0].read()
    return b""


async def encrypted(client: Client, context: ssl.SSLContext | None = None, name: str = "localhost") -> None:
    """Shake hands."""
    await client[1].start_tls(context or trusting(), server_hostname=name)
