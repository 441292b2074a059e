"""Accepting and closing down, over real sockets on both loops."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from smtpd.conftest import Client
from smtpd.dialogue import CERTIFICATE, server_context
from smtpd.house import Pipeline, settings_of

import pytest

from bartizan.smtpd.listener import Listener

TO_DATA = b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


def test_drain(play: Callable[..., None]) -> None:
    """Idle sessions hear 421 at once, a transaction goes on to its answer and hears it then; nobody is let in."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        idle, idle_writer = await connect()
        reader, writer = await connect()
        writer.write(TO_DATA)
        for _ in range(4):
            last = await reader.readline()
        assert last.startswith(b"354 ")
        draining = asyncio.ensure_future(listener.drain(5))
        assert (await idle.read()).startswith(b"421 4.3.2 ")
        idle_writer.close()
        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await connect()
        writer.write(b"text\r\n.\r\nMAIL FROM:<next@b.example>\r\n")
        assert await reader.readline() == b"250 2.0.0 Ok\r\n"
        assert await reader.readline() == b"250 2.1.0 Ok\r\n"
        writer.write(b"RSET\r\n")
        assert await reader.readline() == b"250 2.0.0 Done\r\n"
        assert (await reader.read()).startswith(b"421 4.3.2 ")
        writer.close()
        assert await draining
        assert len(pipeline.accepted) == 1

    play(scene)


def test_drain_has_an_end(play: Callable[..., None]) -> None:
    """A transaction that does not end is ended; a commit is not."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        pipeline.gate = asyncio.Event()
        stuck, stuck_writer = await connect()
        stuck_writer.write(b"HELO c\r\nMAIL FROM:<>\r\n")
        await stuck.readline()
        await stuck.readline()
        reader, writer = await connect()
        writer.write(TO_DATA)
        for _ in range(4):
            await reader.readline()
        writer.write(b"text\r\n.\r\n")
        await pipeline.arrived.wait()
        assert not await listener.drain(0.05)
        assert (await stuck.read()).startswith(b"421 4.3.2 ")
        assert (await reader.read()).startswith(b"421 4.3.2 ")
        pipeline.gate.set()
        assert await listener.office.tasks.wait(5)
        assert len(pipeline.accepted) == 1
        stuck_writer.close()

    play(scene)


@pytest.mark.parametrize("garbage", [b"EHLO in the clear\r\n", b"\x16\x03\x01\x00\x05hello", b""])
def test_no_handshake(play: Callable[..., None], garbage: bytes) -> None:
    """What is no handshake ends the connection, and nothing of it is left."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n")
        assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
        writer.write(garbage)
        if not garbage:
            writer.write_eof()
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = await reader.read()
        assert not answer or answer[0] == 0x15
        assert await listener.office.emptied(5)
        assert [report.ended for report in pipeline.reports] == ["client"]

    play(scene, tls=server_context())


def test_drain_during_a_handshake(play: Callable[..., None]) -> None:
    """A handshake that does not end is ended, and nothing of it is left."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n")
        assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
        assert not await listener.drain(0.05)
        assert await listener.office.emptied(5)
        assert await listener.office.tasks.wait(5)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""

    play(scene, tls=server_context())


def test_settings_change_during_a_handshake(play: Callable[..., None]) -> None:
    """STARTTLS that was accepted goes on with the certificate of then, also when there is none any more."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        reader, writer = await connect()
        session = next(iter(listener.office.sessions))
        accepted = session._shake_hands  # type: ignore[attr-defined]

        def renewed(context: ssl.SSLContext) -> None:
            accepted(context)
            listener.renew(settings_of(), pipeline.services())

        session._shake_hands = renewed  # type: ignore[attr-defined]
        writer.write(b"STARTTLS\r\n")
        assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
        await writer.start_tls(ssl.create_default_context(cafile=str(CERTIFICATE)), server_hostname="localhost")
        writer.write(b"EHLO c\r\n")
        assert await reader.readline() == b"250-mx.example\r\n"

    play(scene, tls=server_context())


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_a_large_message(play: Callable[..., None], tls: bool) -> None:
    """More than fits into any buffer; the envelope says how it came."""
    body = b"0123456789abcdef" * 64 + b"\r\n"
    body *= 4000

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        reader, writer = await connect()
        if tls:
            writer.write(b"STARTTLS\r\n")
            await reader.readline()
            await writer.start_tls(ssl.create_default_context(cafile=str(CERTIFICATE)), server_hostname="localhost")
        writer.write(TO_DATA)
        for _ in range(4):
            await reader.readline()
        writer.write(body + b".\r\nQUIT\r\n")
        assert await reader.readline() == b"250 2.0.0 Ok\r\n"
        assert await reader.readline() == b"221 2.0.0 Bye\r\n"
        envelope, raw = pipeline.accepted[0]
        assert raw == body
        assert envelope.tls.startswith("TLSv1.3 TLS_") == tls

    play(scene, tls=server_context())
