"""TLS from the start, over real sockets on both loops, also behind the headers of balancers."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Awaitable, Callable
from smtpd.dialogue import server_context
from smtpd.entrance import (
    BALANCER,
    BALANCERS,
    GREETING,
    HEADERS,
    LINE,
    TO_DATA,
    Client,
    closed,
    encrypted,
    reported,
    trusting,
    turns,
    until,
)
from smtpd.house import Pipeline
from typing import Any

import pytest

from bartizan.model.envelope import Peer
from bartizan.smtpd.listener import Listener


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_tls_from_the_start(meet: Callable[..., None], version: ssl.TLSVersion) -> None:
    """The greeting comes over TLS, STARTTLS is not offered, the envelope names version and cipher."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        context = trusting()
        context.minimum_version = context.maximum_version = version
        client = await connect()
        reader, writer = client
        await encrypted(client, context)
        assert await reader.readline() == GREETING
        writer.write(b"EHLO c\r\n")
        while (line := await reader.readline())[3:4] == b"-":
            assert b"STARTTLS" not in line
        writer.write(b"STARTTLS\r\n")
        assert (await reader.readline())[:4] == b"503 "
        writer.write(TO_DATA)
        for _ in range(4):
            await reader.readline()
        writer.write(b"x\r\n.\r\n")
        assert await reader.readline() == b"250 2.0.0 Ok\r\n"
        envelope = pipeline.accepted[0][0]
        assert envelope.tls.startswith(version.name.replace("_", ".") + " ")
        assert envelope.peer.address == "127.0.0.1"

    meet(scene, tls=server_context(), tls_at_once=True, tls_required=True)


@pytest.mark.parametrize(("header", "peer"), HEADERS.values(), ids=HEADERS)
def test_a_header_before_tls(meet: Callable[..., None], header: bytes, peer: Peer) -> None:
    """Cut anywhere, also with the hello in the same piece: TLS begins right behind it."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        for cut in range(1, len(header) + 3):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            engine = trusting().wrap_bio(incoming, outgoing, server_hostname="localhost")
            with contextlib.suppress(ssl.SSLWantReadError):
                engine.do_handshake()
            data = header + outgoing.read()
            reader, writer = await connect(BALANCER)
            writer.write(data[:cut])
            await turns()
            writer.write(data[cut:])
            greeting = b""
            while not greeting:
                incoming.write(await reader.read(65536))
                with contextlib.suppress(ssl.SSLWantReadError):
                    greeting = engine.read(100)
                writer.write(outgoing.read())
            assert greeting == GREETING
            writer.transport.abort()
            assert (await reported(pipeline, cut))[-1] == (peer.address, "client")
            assert pipeline.reports[-1].tls.startswith("TLSv1.3 ")

    meet(scene, balancers=BALANCERS, tls=server_context(), tls_at_once=True)


@pytest.mark.parametrize("garbage", [b"EHLO in the clear\r\n", b"\x16\x03\x01\x00\x05hello", b"\x00" * 300, b""])
def test_what_is_no_handshake(meet: Callable[..., None], garbage: bytes) -> None:
    """Ends the connection without a session."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect()
        client[1].write(garbage)
        if not garbage:
            client[1].write_eof()
        answer = await closed(client)
        assert not answer or answer[0] == 0x15
        assert await reported(pipeline) == [("127.0.0.1", "client")]

    meet(scene, tls=server_context(), tls_at_once=True)


@pytest.mark.parametrize("first", [0, 1, 20])
def test_a_handshake_that_stops(meet: Callable[..., None], first: int) -> None:
    """The time for it ends it."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect()
        client[1].write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".ljust(20, b"x")[:first])
        assert await closed(client) == b""
        assert await reported(pipeline) == [("127.0.0.1", "timeout")]

    meet(scene, tls=server_context(), tls_at_once=True, handshake=0.2)


@pytest.mark.parametrize("words", [{"sessions_per_peer": 2}, {"sessions": 2}], ids=["peer", "all"])
def test_handshakes_at_a_time(meet: Callable[..., None], words: dict[str, Any]) -> None:
    """One too many is closed at once; when another has ended there is room again."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        first, _ = await connect(), await connect()
        await until(lambda: len(listener._acceptors[0]) == 2)
        third = await connect()
        assert await closed(third) == b""
        assert await reported(pipeline) == [("127.0.0.1", "refused")]
        first[1].transport.abort()
        await reported(pipeline, 2)
        fourth = await connect()
        await encrypted(fourth)
        assert await fourth[0].readline() == GREETING

    meet(scene, tls=server_context(), tls_at_once=True, **words)


def test_handshakes_in_a_minute(meet: Callable[..., None]) -> None:
    """Who has connected too often in this minute is closed before a handshake is paid for."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        for _ in range(2):
            client = await connect()
            await encrypted(client)
            assert await client[0].readline() == GREETING
        assert await closed(await connect()) == b""
        assert await reported(pipeline) == [("127.0.0.1", "refused")]

    meet(scene, tls=server_context(), tls_at_once=True, connections=2)


def test_drain(meet: Callable[..., None]) -> None:
    """Sessions end as ever, nobody is let in, and what is on its way in is closed."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        idle, header, handshake = await connect(BALANCER), await connect(BALANCER), await connect(BALANCER)
        idle[1].write(LINE)
        await encrypted(idle)
        assert await idle[0].readline() == GREETING
        handshake[1].write(LINE + b"\x16")
        header[1].write(LINE[:5])
        await turns()
        assert len(listener._acceptors[0]) == 2
        assert await listener.drain(5)
        assert (await idle[0].read())[:3] == b"421"
        assert (await closed(header), await closed(handshake)) == (b"", b"")
        assert sorted(await reported(pipeline, 3)) == [
            (BALANCER, "drained"), ("192.0.2.7", "drained"), ("192.0.2.7", "drained"),
        ]  # fmt: skip
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await connect(BALANCER)

    meet(scene, balancers=BALANCERS, tls=server_context(), tls_at_once=True)
