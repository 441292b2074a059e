"""Plays a Dovecot auth service, as the manual describes the protocol; what it answers is up to the test."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Callable

_LINES = (
    "VERSION\t1\t2",
    "MECH\tPLAIN\tplaintext",
    "MECH\tLOGIN\tplaintext",
    "SPID\t77",
    "CUID\t1",
    "COOKIE\t0123",
    "DONE",
)
HELLO = "".join(f"{line}\n" for line in _LINES).encode()
Answering = Callable[[int, str, str], bytes]


def by_password(number: int, login: str, password: str) -> bytes:
    """Right is the password "secret"; the server knows everybody by a name in lower case."""
    if password == "secret":
        return f"OK\t{number}\tuser={login.lower()}\tsome=thing\n".encode()
    return f"FAIL\t{number}\tuser={login}\n".encode()


class Service:
    """One service at `path`; `questions` are the lines it was sent, `connections` how many there were."""

    def __init__(self, path: str, answering: Answering = by_password, hello: bytes = HELLO) -> None:
        self.path = path
        self.answering = answering
        self.hello = hello
        self.questions: list[str] = []
        self.cancelled: list[str] = []
        self.connections = 0
        self._server: asyncio.Server | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._serving: set[asyncio.Task[None]] = set()
        self.asked = asyncio.Event()
        """Set by each question."""

    async def __aenter__(self) -> Service:
        self._server = await asyncio.start_unix_server(self._serve, self.path)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._server.wait_closed()

    def hang_up(self) -> None:
        """End all connections."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self.connections += 1
        self._writers.append(writer)
        assert await reader.readline() == b"VERSION\t1\t2\n"
        name, client = (await reader.readline()).decode().split()
        assert (name, client.isdigit()) == ("CPID", True)
        writer.write(self.hello)
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := (await reader.readline()).decode().rstrip("\n"):
            name, number, *rest = line.split("\t")
            if name == "CANCEL":
                self.cancelled.append(number)
                continue
            self.questions.append("\t".join(rest))
            self.asked.set()
            assert (name, rest[0], rest[-1][:5]) == ("AUTH", "PLAIN", "resp=")
            _, login, password = base64.b64decode(rest[-1][5:]).decode().split("\0")
            writer.write(self.answering(int(number), login, password))
