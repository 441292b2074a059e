"""What comes before mail, over real sockets on both loops: headers of balancers, and a change of what comes."""

from __future__ import annotations

import asyncio
import errno
import socket
import struct
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
)
from smtpd.house import Pipeline, settings_of
from smtpd.test_proxy import BAD, GOOD, UNSPEC, binary
from typing import Any

import pytest
import uvloop

from bartizan.model.envelope import Peer
from bartizan.smtpd import acceptor as acceptor_module
from bartizan.smtpd.acceptor import Acceptor
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.office import Office


@pytest.mark.parametrize("loop_of", [uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
@pytest.mark.parametrize("name", ["ipv4", "longest", "unknown", "2 ipv4", "2 checksum", "2 local"])
def test_in_any_two_pieces(name: str, loop_of: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """Split anywhere a header is taken off, and nothing of what follows; while it waits nothing is left to wake it."""
    data, source = GOOD[name]
    behind = b"\x16\x03\x01"

    async def scene() -> None:
        loop = asyncio.get_running_loop()
        for cut in range(len(data) + len(behind) + 1):
            ours, theirs = socket.socketpair()
            with ours, theirs:
                ours.setblocking(False)
                reading = asyncio.ensure_future(acceptor_module._header(loop, ours))
                theirs.sendall((data + behind)[:cut])
                await turns()
                if cut < len(data):
                    assert not reading.done()
                    with pytest.raises(BlockingIOError):
                        ours.recv(1, socket.MSG_PEEK)
                theirs.sendall((data + behind)[cut:])
                header = await asyncio.wait_for(reading, 5)
                assert header is not None
                assert header.source == source
                assert ours.recv(100) == behind

    loop = loop_of()
    loop.run_until_complete(scene())
    loop.close()


@pytest.mark.parametrize(("header", "peer"), HEADERS.values(), ids=HEADERS)
def test_mail_of_whom_the_balancer_speaks_for(meet: Callable[..., None], header: bytes, peer: Peer) -> None:
    """The envelope has the client, not the balancer."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        reader, writer = await connect(BALANCER)
        writer.write(header)
        assert await reader.readline() == GREETING
        writer.write(TO_DATA)
        for _ in range(4):
            await reader.readline()
        writer.write(b"x\r\n.\r\nQUIT\r\n")
        assert await reader.read() == b"250 2.0.0 Ok\r\n221 2.0.0 Bye\r\n"
        assert pipeline.accepted[0][0].peer == peer
        assert await reported(pipeline) == [(peer.address, "quit")]

    meet(scene, balancers=BALANCERS)


def test_trust_and_caps_are_the_clients(meet: Callable[..., None]) -> None:
    """Each client behind a balancer has its own account; the balancer has none."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        answers = []
        for source in (b"192.0.2.7", b"192.0.2.7", b"192.0.2.8"):
            reader, writer = await connect(BALANCER)
            writer.write(LINE.replace(b"192.0.2.7", source))
            answers.append((await reader.readline())[:3])
        assert answers == [b"220", b"421", b"220"]

    meet(scene, balancers=BALANCERS, sessions_per_peer=1)


@pytest.mark.parametrize("header", [b"PROXY UNKNOWN\r\n", binary(UNSPEC, b"", command=0x20)], ids=["1", "2"])
def test_a_balancer_that_asks_for_itself(meet: Callable[..., None], header: bytes) -> None:
    """A health check is served under the balancer's own address."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        reader, writer = await connect(BALANCER)
        writer.write(header)
        assert await reader.readline() == GREETING
        writer.write(b"QUIT\r\n")
        await reader.read()
        assert await reported(pipeline) == [(BALANCER, "quit")]

    meet(scene, balancers=BALANCERS)


@pytest.mark.parametrize("sent", [b"", LINE, b"EHLO c\r\n"], ids=["nothing", "header", "ehlo"])
def test_nobody_else_may_connect(meet: Callable[..., None], sent: bytes) -> None:
    """Closed without a word, whatever it says."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect("127.0.0.1")
        client[1].write(sent)
        assert await closed(client) == b""
        assert await reported(pipeline) == [("127.0.0.1", "refused")]

    meet(scene, balancers=BALANCERS)


@pytest.mark.parametrize("name", ["smtp", "tls", "bare lf", "2 command", "2 wrong checksum", "endless"])
def test_no_header_no_session(meet: Callable[..., None], name: str) -> None:
    """A balancer that says something else is not served."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect(BALANCER)
        client[1].write(BAD[name])
        assert await closed(client) == b""
        assert await reported(pipeline) == [(BALANCER, "refused")]

    meet(scene, balancers=BALANCERS)


@pytest.mark.parametrize(("last", "ended"), [("silence", "timeout"), ("end", "client"), ("reset", "client")])
def test_a_header_that_does_not_come(meet: Callable[..., None], last: str, ended: str) -> None:
    """Half of one, and then nothing more."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect(BALANCER)
        client[1].write(LINE[:20])
        await turns()
        if last == "end":
            client[1].write_eof()
        elif last == "reset":
            sock = client[1].get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client[1].transport.abort()
        assert await reported(pipeline) == [(BALANCER, ended)]
        if last == "silence":
            assert await closed(client) == b""

    meet(scene, balancers=BALANCERS, handshake=0.2 if last == "silence" else 30.0)


def test_commands_right_behind_a_header(meet: Callable[..., None]) -> None:
    """The header is no early talk; what comes behind it before the greeting is."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        client = await connect(BALANCER)
        client[1].write(LINE + b"EHLO c\r\n")
        assert (await client[0].readline())[:3] == b"554"

    meet(scene, balancers=BALANCERS, early_talker="reject")


def test_a_plain_listener_becomes_one_with_tls(meet: Callable[..., None]) -> None:
    """And one with balancers, and plain again: new connections follow, the old session goes on."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Callable[..., Awaitable[Client]]) -> None:
        old = await connect()
        assert await old[0].readline() == GREETING
        for words, header in (
            ({"tls": server_context(), "tls_at_once": True}, b""),
            ({"balancers": BALANCERS}, LINE),
            ({"balancers": BALANCERS, "tls": server_context(), "tls_at_once": True}, LINE),
            ({}, b""),
        ):
            listener.renew(settings_of(**words), pipeline.services())
            new = await connect(BALANCER)
            new[1].write(header)
            if "tls" in words:
                await encrypted(new)
            assert await new[0].readline() == GREETING
        old[1].write(b"NOOP\r\n")
        assert (await old[0].readline())[:3] == b"250"

    meet(scene)


def test_no_room_for_another_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Told once, and accepting goes on after a rest; a client that was gone already is not told of."""
    pipeline = Pipeline(settings_of(tls=server_context(), tls_at_once=True))
    monkeypatch.setattr(acceptor_module, "_REST", 0.01)

    errors = [errno.ECONNABORTED, errno.EMFILE]

    class Full(socket.socket):
        def accept(self) -> tuple[socket.socket, Any]:
            if errors:
                raise OSError(errors.pop(0), "no")
            return super().accept()

    async def scene() -> None:
        sock = Full()
        sock.bind(("127.0.0.1", 0))
        office = Office(pipeline.settings, pipeline.services(), asyncio.get_running_loop())
        acceptor = Acceptor(office, sock, 5)
        acceptor.start()
        reader, writer = await asyncio.open_connection(*sock.getsockname(), ssl=trusting(), server_hostname="localhost")
        assert await reader.readline() == GREETING
        writer.transport.abort()
        await reported(pipeline)
        acceptor.close()

    asyncio.run(scene())
    assert [type(error) for _, error in pipeline.problems] == [OSError]
