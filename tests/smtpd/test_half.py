"""Over TLS too, a client that ends its half and reads on hears what became of its message (RFC 8446 section 6.1)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from smtpd.dialogue import server_context
from smtpd.entrance import GREETING, TO_DATA, Client, reported, trusting
from smtpd.house import Pipeline

import pytest

from bartizan.smtpd.listener import Listener

Connect = Callable[..., Awaitable[Client]]


class Half:
    """TLS over a client's streams, whose half can be ended alone: by close_notify, by FIN, or by both."""

    def __init__(self, client: Client, version: ssl.TLSVersion) -> None:
        self._reader, self.writer = client
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = trusting()
        context.minimum_version = context.maximum_version = version
        self._engine = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")

    async def shake(self) -> None:
        """The whole handshake."""
        while True:
            try:
                self._engine.do_handshake()
            except ssl.SSLWantReadError:
                self.writer.write(self._outgoing.read())
                arrived = await self._reader.read(65536)
                assert arrived
                self._incoming.write(arrived)
            else:
                self.writer.write(self._outgoing.read())
                return

    async def read(self, lines: int) -> list[bytes]:
        """So many lines, or what comes before the end of the other half."""
        got = b""
        while got.count(b"\r\n") < lines:
            try:
                more = self._engine.read(65536)
            except ssl.SSLWantReadError:
                self._incoming.write(more := await self._reader.read(65536))
            except ssl.SSLZeroReturnError:
                more = b""
            else:
                got += more
            if not more:
                break
        return got.splitlines()

    def send(self, data: bytes, ends: str = "") -> None:
        """Send octets and then the ends named in `ends`, all in one write."""
        self._engine.write(data)
        if "notify" in ends:
            with contextlib.suppress(ssl.SSLWantReadError):
                self._engine.unwrap()
        self.writer.write(self._outgoing.read())
        if "fin" in ends:
            self.writer.write_eof()


async def begin(connect: Connect, version: ssl.TLSVersion, at_once: bool) -> Half:
    """A client behind its handshake, at DATA."""
    client = await connect()
    half = Half(client, version)
    if not at_once:
        assert await client[0].readline() == GREETING
        client[1].write(b"STARTTLS\r\n")
        await client[0].readline()
    await half.shake()
    if at_once:
        await half.read(1)
    half.send(TO_DATA)
    assert (await half.read(4))[-1].startswith(b"354")
    return half


versions = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=["1.2", "1.3"])
doors = pytest.mark.parametrize("at_once", [False, True], ids=["starttls", "implicit"])
all_ends = pytest.mark.parametrize("ends", ["notify", "notify fin", "fin"])


@versions
@doors
@all_ends
@pytest.mark.parametrize("behind", [b"QUIT\r\n", b""], ids=["quit", "nothing"])
def test_the_answer_is_read(
    meet: Callable[..., None], version: ssl.TLSVersion, at_once: bool, ends: str, behind: bytes
) -> None:
    """The end comes with the dot, before the message is decided on: the answer to it follows, and to QUIT."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        pipeline.gate = asyncio.Event()
        half = await begin(connect, version, at_once)
        half.send(b"x\r\n.\r\n" + behind, ends)
        await pipeline.arrived.wait()
        pipeline.gate.set()
        answers = await half.read(3)
        assert [line[:3] for line in answers] == ([b"250", b"221"] if behind else [b"250"])
        assert len(pipeline.accepted) == 1
        half.writer.close()
        assert await reported(pipeline) == [("127.0.0.1", "quit" if behind else "client")]

    meet(scene, tls=server_context(), tls_at_once=at_once)


@versions
@doors
@all_ends
@pytest.mark.parametrize("said", [b"half a mess", b"x\r\n.\r\nNOOP\r\n"], ids=["message", "commands"])
def test_nothing_is_owed(
    meet: Callable[..., None], version: ssl.TLSVersion, at_once: bool, ends: str, said: bytes
) -> None:
    """In the middle of a message, or when all is answered, the end is the end; half a message is none."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        half = await begin(connect, version, at_once)
        half.send(said)
        if b"NOOP" in said:
            await half.read(2)
        half.send(b"", ends)
        assert await half.read(1) == []
        half.writer.close()
        assert await reported(pipeline) == [("127.0.0.1", "client")]
        assert len(pipeline.accepted) == (b"NOOP" in said)

    meet(scene, tls=server_context(), tls_at_once=at_once)
