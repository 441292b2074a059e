"""A next hop that does as it is told: any reply, or a failure, at any point of the protocol.

`FakeHop({"RCPT": [b"550 5.1.1 no"], "dot": RESET})`: a list is used up step by step, over all connections, and then
the usual answer follows; anything else is done each time. A step is the bytes to send (with CRLF), or CLOSE, RESET or
STALL, or a tuple of these done in turn. Points: connect, greeting, EHLO, HELO, STARTTLS, MAIL, RCPT, DATA, body (in the
middle of the data), dot, RSET, ETRN, QUIT.

What arrived is recorded byte by byte: `connections[i].commands` and `.data` (up to and including CRLF.CRLF), and what
was answered 2yz in `messages`.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
import ssl
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PEM = Path(__file__).with_name("localhost.pem")


class Failure(enum.Enum):
    """What a hop can do instead of answering."""

    CLOSE = "close"
    RESET = "reset"
    STALL = "stall"


CLOSE, RESET, STALL = Failure

Step = bytes | Failure | tuple[bytes | Failure, ...]

EHLO_PLAIN = b"250 hop.example\r\n"
EHLO_FULL = b"250-hop.example\r\n250-PIPELINING\r\n250-SIZE 52428800\r\n250-8BITMIME\r\n250-DSN\r\n250 SMTPUTF8\r\n"

USUAL: dict[str, Step] = {
    "connect": b"",
    "greeting": b"220 hop.example ESMTP\r\n",
    "EHLO": EHLO_FULL,
    "HELO": b"250 hop.example\r\n",
    "STARTTLS": b"220 2.0.0 Go ahead\r\n",
    "MAIL": b"250 2.1.0 Ok\r\n",
    "RCPT": b"250 2.1.5 Ok\r\n",
    "DATA": b"354 Go ahead\r\n",
    "body": b"",
    "dot": b"250 2.0.0 Ok: queued as 1234\r\n",
    "RSET": b"250 2.0.0 Ok\r\n",
    "ETRN": b"250 2.0.0 Ok\r\n",
    "QUIT": (b"221 2.0.0 Bye\r\n", CLOSE),
}


class Hung(Exception):
    """The hop has ended the connection."""


@dataclass
class Seen:
    """One connection: its commands without CRLF, each DATA that arrived completely, and the one that is broken off."""

    commands: list[bytes] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    partial: bytes = b""
    tls: bool = False


@dataclass
class Taken:
    """A message that was answered 2yz."""

    mail: bytes
    rcpt: tuple[bytes, ...]
    data: bytes


class FakeHop:
    """An SMTP server on loopback, as an async context manager."""

    def __init__(
        self,
        script: Mapping[str, Step | Sequence[Step]] | None = None,
        *,
        pem: Path = PEM,
        version: ssl.TLSVersion | None = None,
    ) -> None:
        """`pem` holds the key and certificate for STARTTLS, `version` is the only one that is spoken."""
        self.script: dict[str, Any] = {
            point: list(steps) if isinstance(steps, list) else steps for point, steps in (script or {}).items()
        }
        self.connections: list[Seen] = []
        self.messages: list[Taken] = []
        self.port = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pem)
        if version is not None:
            self._context.minimum_version = self._context.maximum_version = version
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._news = asyncio.Event()

    async def __aenter__(self) -> FakeHop:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *problem: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def commands(self) -> list[bytes]:
        """The commands of all connections."""
        return [command for connection in self.connections for command in connection.commands]

    @property
    def verbs(self) -> list[str]:
        """The verbs of all commands."""
        return [command.split(b" ", 1)[0].decode() for command in self.commands]

    async def until(self, verb: str, times: int = 1) -> None:
        """Wait until `verb` (or "dot") has come `times` times."""
        while [*self.verbs, *("dot" for c in self.connections for _ in c.data)].count(verb) < times:
            self._news.clear()
            await self._news.wait()

    def _step(self, point: str) -> Step:
        steps = self.script.get(point, USUAL[point])
        if isinstance(steps, list):
            steps = steps.pop(0) if steps else USUAL[point]
        return steps

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        seen = Seen()
        self.connections.append(seen)
        try:
            await self._talk(seen, reader, writer)
        except (Hung, OSError, EOFError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _talk(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._do("connect", reader, writer)
        await self._do("greeting", reader, writer)
        mail, rcpt = b"", []
        while True:
            line = (await reader.readuntil(b"\r\n"))[:-2]
            seen.commands.append(line)
            self._news.set()
            verb = line.split(b" ", 1)[0].decode("ascii")
            answer = await self._do(verb, reader, writer)
            if verb == "MAIL":
                mail, rcpt = line, []
            elif verb == "RCPT" and answer.startswith(b"2"):
                rcpt.append(line)
            elif verb == "DATA" and answer.startswith(b"3"):
                data = await self._data(seen, reader, writer)
                if (await self._do("dot", reader, writer)).startswith(b"2"):
                    self.messages.append(Taken(mail, tuple(rcpt), data))
            elif verb == "STARTTLS" and answer.startswith(b"220"):
                await writer.start_tls(self._context)
                seen.tls = True

    async def _data(self, seen: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Everything up to and including CRLF.CRLF; `body` is done when the first bytes are there."""
        data = b""
        first = True
        while not data.endswith(b"\r\n.\r\n") and data != b".\r\n":
            chunk = await reader.read(1 << 16)
            seen.partial = data = data + chunk
            if not chunk:
                raise EOFError
            if first:
                first = False
                await self._do("body", reader, writer)
        seen.partial = b""
        seen.data.append(data)
        self._news.set()
        return data

    async def _do(self, point: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """Do the point's step; the bytes that were sent."""
        step = self._step(point)
        sent = b""
        for act in step if isinstance(step, tuple) else (step,):
            if isinstance(act, bytes):
                writer.write(act)
                sent += act
                continue
            with contextlib.suppress(OSError):
                await writer.drain()
            if act is STALL:
                await asyncio.Event().wait()
            if act is RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            else:
                writer.close()
            raise Hung
        return sent
