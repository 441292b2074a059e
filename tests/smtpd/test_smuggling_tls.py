"""Nothing but CRLF . CRLF ends a message over TLS either, wherever the records are cut."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from smtpd.conftest import Client
from smtpd.dialogue import server_context
from smtpd.entrance import trusting
from smtpd.house import Pipeline
from smtpd.test_smuggling import NO_ENDS, SMUGGLED, TO_DATA, WITHOUT_BARE

import pytest

from bartizan.smtpd.listener import Listener

REFUSED = b"550 5.6.0 Bare carriage return or line feed in message\r\n"


@pytest.mark.parametrize("name", NO_ENDS)
def test_no_end(play: Callable[..., None], name: str) -> None:
    """The commands behind it stay text; the one answer comes after the one true end, and a refusal is the last one."""
    body = b"text" + NO_ENDS[name] + SMUGGLED + b"\r\n.\r\n"
    refused = name not in WITHOUT_BARE

    async def scene(_listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        for number, cut in enumerate(range(4, 4 + len(NO_ENDS[name]) + 1)):
            answer = await _answer(connect, body[:cut], body[cut:] + b"NOOP\r\nQUIT\r\n")
            if refused:
                assert answer == REFUSED
            else:
                assert answer == b"250 2.0.0 Ok\r\n250 2.0.0 Done\r\n221 2.0.0 Bye\r\n"
            assert len(pipeline.accepted) == (0 if refused else number + 1)

    play(scene, tls=server_context(), sessions_per_peer=100)


def test_cr_before_the_end(play: Callable[..., None]) -> None:
    """CR CRLF . CRLF holds the true end: refused for its bare CR, and what is behind it is never a command."""
    body = b"text\r\r\n.\r\n" + SMUGGLED + b"\r\n.\r\nNOOP\r\n"

    async def scene(_listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        for cut in range(4, 12):
            assert await _answer(connect, body[:cut], body[cut:]) == REFUSED
        assert pipeline.accepted == []

    play(scene, tls=server_context(), sessions_per_peer=100)


async def _answer(connect: Callable[[], Awaitable[Client]], *pieces: bytes) -> bytes:
    """All that is said to a message in records cut so, until the server closes."""
    reader, writer = await connect()
    writer.write(b"STARTTLS\r\n")
    assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
    await writer.start_tls(trusting(), server_hostname="localhost")
    writer.write(TO_DATA)
    for code in (b"250", b"250", b"250", b"354"):
        assert (await reader.readline())[:3] == code
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer
