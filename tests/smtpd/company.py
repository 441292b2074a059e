"""Other clients that a dialogue has beside its own: idle connections, and one whose messages wait for a decision.

Comes in: the address of the listener. Those that wait come from 127.0.0.2, so that they are another peer. Not here:
the client that talks (dialogue.py).
"""

from __future__ import annotations

import asyncio
import socket
from smtpd.house import Pipeline

OTHER = "127.0.0.2"
_BEGIN = (b"HELO other\r\n", b"MAIL FROM:<other@b.example>\r\n", b"RCPT TO:<other@d.example>\r\n", b"DATA\r\n")
_END = b"\r\n.\r\n"


class Company:
    """The other clients of one dialogue; each message waits at the gate of the `pipeline`."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._idle: list[socket.socket] = []
        self._waiting: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    def connect(self, address: tuple[str, int], count: int) -> None:
        """So many connections that say nothing."""
        self._idle += [socket.create_connection(address) for _ in range(count)]

    async def hold(self, address: tuple[str, int], octets: int) -> None:
        """One more message of so many octets is in flight, and from now on nothing is decided on any message."""
        pipeline = self._pipeline
        if pipeline.gate is None:
            pipeline.gate = asyncio.Event()
        reader, writer = await asyncio.open_connection(*address, local_addr=(OTHER, 0))
        self._waiting.append((reader, writer))
        for line in (b"", *_BEGIN):
            writer.write(line)
            answer = await reader.readuntil(b"\r\n")
            assert answer[:1] in b"23", f"the other client got {answer!r}"
        pipeline.arrived.clear()
        writer.write(b"x" * (octets - len(_END)) + _END)
        await pipeline.arrived.wait()
        pipeline.arrived.clear()

    async def let_go(self) -> int:
        """All of it is decided on, and answered; how many messages that are."""
        assert self._pipeline.gate is not None, "nothing is held"
        self._pipeline.gate.set()
        self._pipeline.gate = None
        for reader, _ in self._waiting:
            answer = await reader.readuntil(b"\r\n")
            assert answer.startswith(b"250 "), f"the other client got {answer!r}"
        count = len(self._waiting)
        self._part()
        return count

    def leave(self) -> None:
        """All of them."""
        for sock in self._idle:
            sock.close()
        if self._pipeline.gate is not None:
            self._pipeline.gate.set()
        self._part()

    def _part(self) -> None:
        for _, writer in self._waiting:
            writer.close()
        self._waiting.clear()
