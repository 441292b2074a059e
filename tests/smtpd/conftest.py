"""A virtual loop, and a stage for real connections: a listener on loopback, its pipeline, clients; on both loops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from smtpd import entrance
from smtpd.house import Pipeline, VirtualLoop, settings_of
from typing import Any

import pytest
import uvloop

from bartizan.smtpd.listener import Listener

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Scene = Callable[[Listener, Pipeline, Callable[[], Awaitable[Client]]], Awaitable[None]]


@pytest.fixture(scope="module")
def loop() -> Iterator[VirtualLoop]:
    """One loop for the module."""
    loop = VirtualLoop()
    yield loop
    loop.close()


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def play(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Plays a scene: a listener on loopback (at `host`), its pipeline, and a way to connect."""

    async def stage(scene: Scene, host: str, words: dict[str, Any]) -> None:
        pipeline = Pipeline(settings_of(**words))
        sock = socket.create_server((host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        port = sock.getsockname()[1]
        listener = Listener(pipeline.settings, pipeline.services(), [sock])
        await listener.start()
        clients: list[Client] = []

        async def connect(host: str = host) -> Client:
            client = await asyncio.open_connection(host, port)
            clients.append(client)
            assert await client[0].readline() == b"220 mx.example ESMTP\r\n"
            return client

        async with asyncio.timeout(10):
            await scene(listener, pipeline, connect)
            for _, writer in clients:
                writer.close()
            await listener.drain(5)
        sock.close()
        assert pipeline.problems == []
        assert (listener.office.admission.sessions, listener.office.admission.octets) == (0, 0)

    def run(scene: Scene, host: str = "127.0.0.1", **words: Any) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(stage(scene, host, words))

    return run


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def meet(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Plays a scene at the entrance: a listener, its pipeline, and a way to connect from an address."""

    def run(scene: entrance.Scene, **words: Any) -> None:
        loop = request.param()
        try:
            loop.run_until_complete(entrance.perform(scene, words))
        finally:
            loop.close()

    return run
