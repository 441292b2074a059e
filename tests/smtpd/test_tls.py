"""STARTTLS from end to end: versions, what is forgotten, what comes at the wrong moment (RFC 3207)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from smtpd.conftest import Client
from smtpd.dialogue import CERTIFICATE, server_context
from smtpd.house import Pipeline, settings_of
from smtpd.test_tls_names import made

import pytest

from bartizan.smtpd.listener import Listener
from bartizan.smtpd.tls import Chain, names_of
from bartizan.smtpd.tls import server_context as tls_context

Connect = Callable[[], Awaitable[Client]]
TO_DATA = b"MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


def client_context(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """A client that trusts the test certificate and speaks one version."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    if version is not None:
        context.minimum_version = context.maximum_version = version
    return context


async def ehlo(client: Client) -> list[bytes]:
    """What is offered."""
    reader, writer = client
    writer.write(b"EHLO c\r\n")
    lines = [await reader.readline()]
    while lines[-1][3:4] == b"-":
        lines.append(await reader.readline())
    return [line[4:-2] for line in lines]


async def starttls(client: Client, context: ssl.SSLContext, name: str = "localhost") -> None:
    """Up to the end of the handshake."""
    reader, writer = client
    writer.write(b"STARTTLS\r\n")
    assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
    await writer.start_tls(context, server_hostname=name)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
def test_versions(play: Callable[..., None], version: ssl.TLSVersion) -> None:
    """Both ways to shake hands; the envelope names the version; nothing said before counts, STARTTLS is gone."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        client = await connect()
        reader, writer = client
        assert b"STARTTLS" in await ehlo(client)
        await starttls(client, client_context(version))
        writer.write(TO_DATA)
        assert [(await reader.readline())[:9] for _ in range(3)] == [b"503 5.5.1", b"503 5.5.1", b"503 5.5.1"]
        assert b"STARTTLS" not in await ehlo(client)
        writer.write(b"STARTTLS\r\n")
        assert (await reader.readline())[:9] == b"503 5.5.1"
        writer.write(TO_DATA)
        assert [(await reader.readline())[:3] for _ in range(3)] == [b"250", b"250", b"354"]
        writer.write(b"secret\r\n.\r\n")
        assert await reader.readline() == b"250 2.0.0 Ok\r\n"
        assert pipeline.accepted[0][0].tls.startswith("TLSv1.3 " if version.name == "TLSv1_3" else "TLSv1.2 ")

    play(scene, tls=server_context())


def test_commands_right_behind_the_handshake(play: Callable[..., None]) -> None:
    """A client that does not wait after its last handshake message is answered, and in order."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n")
        await reader.readline()
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        engine = client_context(ssl.TLSVersion.TLSv1_3).wrap_bio(incoming, outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            engine.do_handshake()
        writer.write(outgoing.read())
        while True:
            incoming.write(await reader.read(65536))
            try:
                engine.do_handshake()
                break
            except ssl.SSLWantReadError:
                continue
        engine.write(b"HELO c\r\n")
        engine.write(TO_DATA)
        writer.write(outgoing.read())
        answer = b""
        while answer.count(b"\r\n") < 4:
            incoming.write(await reader.read(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                while piece := engine.read(65536):
                    answer += piece
        assert [line[:3] for line in answer.splitlines()] == [b"250", b"250", b"250", b"354"]

    play(scene, tls=server_context())


@pytest.mark.parametrize("behind", [b"EHLO c\r\n", b"\r\n", b"x", b"\x16"])
def test_anything_behind_starttls_is_an_attack(play: Callable[..., None], behind: bytes) -> None:
    """Also a single octet: the session ends, and no handshake begins (CVE-2011-0411)."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n" + behind)
        assert await reader.read() == b"554 5.5.0 Commands sent out of turn, closing channel\r\n"

    play(scene, tls=server_context())


@pytest.mark.parametrize("first", [1, 5, 20])
def test_a_handshake_that_stops(play: Callable[..., None], first: int) -> None:
    """A few octets of a hello and then silence: the time for a handshake ends it."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n")
        await reader.readline()
        outgoing = ssl.MemoryBIO()
        engine = client_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
        with contextlib.suppress(ssl.SSLWantReadError):
            engine.do_handshake()
        writer.write(outgoing.read()[:first])
        with contextlib.suppress(ConnectionError):
            await reader.read()
        assert await listener.office.emptied(5)

    play(scene, tls=server_context(), handshake=0.2)


@pytest.mark.parametrize("when", ["commands", "data", "commit"])
def test_a_client_that_hangs_up(play: Callable[..., None], when: str) -> None:
    """Without a goodbye, at any moment inside TLS: a message counts only if its end has come."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        client = await connect()
        reader, writer = client
        await starttls(client, client_context())
        if when != "commands":
            await ehlo(client)
            writer.write(TO_DATA)
            for _ in range(3):
                await reader.readline()
        if when == "data":
            writer.write(b"half a mess")
        if when == "commit":
            pipeline.gate = asyncio.Event()
            writer.write(b"x\r\n.\r\n")
            await pipeline.arrived.wait()
        writer.transport.abort()
        if pipeline.gate is not None:
            pipeline.gate.set()
        assert await listener.office.emptied(5)
        assert await listener.office.tasks.wait(5)
        assert len(pipeline.accepted) == (when == "commit")

    play(scene, tls=server_context())


def test_a_certificate_by_name(play: Callable[..., None], tmp_path: Path) -> None:
    """The name that a client asks for chooses it, on either loop; a renewed listener presents the new ones."""
    other = made(tmp_path, "other", "DNS:*.other.example")
    chains = [Chain(str(CERTIFICATE), ("localhost",)), Chain(str(other), names_of(str(other)))]

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        await starttls(await connect(), client_context(), "localhost")
        await starttls(await connect(), ssl.create_default_context(cafile=str(other)), "a.other.example")
        early = await connect()
        listener.renew(settings_of(tls=tls_context(chains[1:])), pipeline.services())
        with pytest.raises(ssl.SSLCertVerificationError):
            await starttls(await connect(), client_context(), "localhost")
        await starttls(early, ssl.create_default_context(cafile=str(other)), "b.other.example")
        assert b"STARTTLS" not in await ehlo(early)

    play(scene, tls=tls_context(chains))
