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


@pytest.mark.parametrize("name", NO_ENDS)
def test_no_end(play: Callable[..., None], name: str) -> None:
    """The commands behind it stay text; the one answer comes after the one true end."""
    body = b"text" + NO_ENDS[name] + SMUGGLED

    async def scene(_listener: Listener, pipeline: Pipeline, connect: Callable[[], Awaitable[Client]]) -> None:
        reader, writer = await connect()
        writer.write(b"STARTTLS\r\n")
        assert await reader.readline() == b"220 2.0.0 Ready to start TLS\r\n"
        await writer.start_tls(trusting(), server_hostname="localhost")
        for cut in range(4, 4 + len(NO_ENDS[name]) + 1):
            writer.write(TO_DATA)
            for code in (b"250", b"250", b"250", b"354"):
                assert (await reader.readline())[:3] == code
            before = len(pipeline.accepted)
            for piece in (body[:cut], body[cut:], b"\r\n.\r\n", b"NOOP\r\n"):
                writer.write(piece)
                await asyncio.sleep(0)
            refused = name not in WITHOUT_BARE
            assert (await reader.readline())[:4] == (b"550 " if refused else b"250 ")
            assert await reader.readline() == b"250 2.0.0 Done\r\n"
            assert len(pipeline.accepted) == before + (not refused)

    play(scene, tls=server_context())
