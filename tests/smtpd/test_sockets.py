"""Where clients come from and arrive: IPv6, mapped addresses, prefixes, several listeners in one process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from smtpd.conftest import Client
from smtpd.house import Pipeline, Rig, VirtualLoop, settings_of

import pytest

from bartizan.smtpd.listener import Listener
from bartizan.smtpd.office import Office

Connect = Callable[..., Awaitable[Client]]
TO_DATA = b"HELO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"


def test_ipv6(play: Callable[..., None]) -> None:
    """A message over ::1, whose peer is known by that address."""

    async def scene(listener: Listener, pipeline: Pipeline, connect: Connect) -> None:
        reader, writer = await connect()
        writer.write(TO_DATA)
        for _ in range(4):
            await reader.readline()
        writer.write(b"x\r\n.\r\n")
        assert await reader.readline() == b"250 2.0.0 Ok\r\n"
        peer = pipeline.accepted[0][0].peer
        assert (peer.address, peer.port) == ("::1", writer.get_extra_info("sockname")[1])

    play(scene, host="::1")


@pytest.mark.parametrize("trusted", ["127.0.0.0/8", "::1"])
def test_mapped_addresses(trusted: str) -> None:
    """An IPv4 client of a socket for both is an IPv4 client, for trust as for the envelope."""

    async def scene() -> None:
        pipeline = Pipeline(settings_of(recipient_domains=("ours.example",), trusted=(ip_network(trusted),)))
        with socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as sock:
            listener = Listener(pipeline.settings, pipeline.services(), [sock])
            await listener.start()
            for host, address in (("127.0.0.1", "127.0.0.1"), ("::1", "::1")):
                reader, writer = await asyncio.open_connection(host, sock.getsockname()[1])
                await reader.readline()
                writer.write(TO_DATA)
                codes = [(await reader.readline())[:3] for _ in range(4)]
                assert (codes[2] == b"250") == (trusted[:2] == address[:2])
                assert [session._clerk.peer.address for session in listener.office.sessions] == [address]  # type: ignore[attr-defined]
                writer.close()
                assert await listener.office.emptied(5)
            await listener.drain(1)

    asyncio.run(scene())


def test_a_prefix_is_one_peer() -> None:
    """Sessions from all over a /64 share one cap; the next /64 and a mapped IPv4 address have their own."""
    loop = VirtualLoop()
    pipeline = Pipeline(settings_of(sessions_per_peer=2))
    office = Office(pipeline.settings, pipeline.services(), loop)

    def answer(peer: str) -> bytes:
        return Rig(loop, pipeline, office, peer=peer).read()[:3]

    assert [answer(f"2001:db8::{host}") for host in ("1", "ffff:1", "2:3")] == [b"220", b"220", b"421"]
    assert answer("2001:db8:0:1::1") == b"220"
    assert [answer("::ffff:192.0.2.1"), answer("192.0.2.1"), answer("::ffff:192.0.2.1")] == [b"220", b"220", b"421"]
    assert answer("::ffff:192.0.2.2") == b"220"
    assert answer("fe80::1%eth0") == b"220"
    for session in tuple(office.sessions):
        session.leave_now()
    loop.turn()
    assert office.admission.sessions == 0
    loop.close()


def test_listeners_count_together() -> None:
    """Caps are the process's: a session at one listener is one less for its peer at the other."""

    async def scene() -> None:
        pipeline = Pipeline(settings_of(sessions_per_peer=1))
        socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
        first = Listener(pipeline.settings, pipeline.services(), [socks[0]])
        second = Listener(pipeline.settings, pipeline.services(), [socks[1]], beside=first)
        clients = []
        for listener, sock in zip((first, second), socks, strict=True):
            await listener.start()
            clients.append(await asyncio.open_connection(*sock.getsockname()))
            greeting = await clients[-1][0].readline()
            assert greeting[:3] == (b"220" if listener is first else b"421")
        for _, writer in clients:
            writer.close()
        for listener, sock in zip((first, second), socks, strict=True):
            await listener.drain(5)
            sock.close()
        assert first.office.admission.sessions == 0

    asyncio.run(scene())


def test_listeners_side_by_side() -> None:
    """Two in one process: each with its own domains, sizes and name; a change of one is no change of the other."""

    async def scene() -> None:
        settings = [
            settings_of(recipient_domains=("one.example",), message_bytes=1000),
            settings_of(recipient_domains=("two.example",), message_bytes=2000),
        ]
        pipelines = [Pipeline(one) for one in settings]
        socks = [socket.create_server(("127.0.0.1", 0)) for _ in settings]
        listeners = [
            Listener(one, pipeline.services(), [sock])
            for one, pipeline, sock in zip(settings, pipelines, socks, strict=True)
        ]
        clients = []
        for listener, sock in zip(listeners, socks, strict=True):
            await listener.start()
            clients.append(await asyncio.open_connection(*sock.getsockname()))

        async def said(index: int, line: bytes) -> bytes:
            reader, writer = clients[index]
            writer.write(line + b"\r\n")
            answer = await reader.readline()
            while answer[3:4] == b"-" and not answer.startswith(b"250-SIZE"):
                answer = await reader.readline()
            return answer

        for reader, _ in clients:
            await reader.readline()
        assert await said(0, b"EHLO c") == b"250-SIZE 1000\r\n"
        assert await said(1, b"EHLO c") == b"250-SIZE 2000\r\n"
        for index, other in ((0, 1), (1, 0)):
            reader, writer = clients[index]
            writer.write(b"MAIL FROM:<>\r\n")
            while not (await reader.readline()).startswith(b"250 2.1.0"):
                pass
            names = (b"one", b"two")
            assert (await said(index, b"RCPT TO:<a@%b.example>" % names[index])).startswith(b"250 2.1.5")
            assert (await said(index, b"RCPT TO:<a@%b.example>" % names[other])).startswith(b"550 5.7.1")
        listeners[0].renew(settings_of(recipient_domains=("two.example",)), pipelines[0].services())
        assert (await said(0, b"RCPT TO:<b@two.example>")).startswith(b"250 2.1.5")
        assert (await said(1, b"RCPT TO:<b@one.example>")).startswith(b"550 5.7.1")
        for _, writer in clients:
            writer.close()
        for listener, sock in zip(listeners, socks, strict=True):
            assert await listener.drain(5)
            sock.close()

    asyncio.run(scene())
