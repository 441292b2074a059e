"""What comes before mail, over real sockets on both loops: headers of balancers, TLS from the start, or both."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from smtpd.conftest import Client
from smtpd.dialogue import CERTIFICATE, server_context
from smtpd.house import Pipeline, settings_of
from smtpd.test_proxy import BAD, GOOD, TCP4, UNSPEC, V4, binary
from typing import Any

import pytest
import uvloop

from bartizan.model.envelope import Peer
from bartizan.smtpd import acceptor as acceptor_module
from bartizan.smtpd.acceptor import Acceptor
from bartizan.smtpd.listener import Listener
from bartizan.smtpd.office import Office

BALANCER = "127.0.0.2"
BALANCERS = (ip_network(BALANCER), ip_network("2001:db8::/32"))
LINE = b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 465\r\n"
HEADERS = {"1": (LINE, Peer("192.0.2.7", 40000)), "2": (binary(TCP4, V4), Peer("192.0.2.7", 4))}
GREETING = b"220 mx.example ESMTP\r\n"
TO_DATA = b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"

Scene = Callable[[Listener, Pipeline, Callable[..., Awaitable[Client]]], Awaitable[None]]


def trusting() -> ssl.SSLContext:
    """A client that trusts the test certificate."""
    return ssl.create_default_context(cafile=str(CERTIFICATE))


@pytest.fixture(params=[uvloop.new_event_loop, asyncio.new_event_loop], ids=["uvloop", "asyncio"])
def meet(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Plays a scene: a listener, its pipeline, and a way to connect from an address; nobody is left behind."""

    async def stage(scene: Scene, words: dict[str, Any]) -> None:
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

    def run(scene: Scene, **words: Any) -> None:
        loop = request.param()
        try:
            loop.run_until_complete(stage(scene, words))
        finally:
            loop.close()

    return run


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


# Headers


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


# TLS


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


# Change


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
