"""Clients that do no good, for bench.wall: python -m bench.misbehave PORT SLOW ERRORS.

SLOW ones send a command a byte a second; ERRORS ones say nothing but nonsense, and come back as soon as they are sent
away. They come from loopback addresses of their own. "ready" on standard output: all are there. Ends when killed.
"""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sys

import uvloop

_SENTENCE = b"EHLO a-client-that-takes-its-time.example\r\n"
_NONSENSE = b"RCPT TO:<nobody>\r\n" * 10
_BREATH = 0.25
"""Seconds before a client that was sent away comes back."""


async def _slow(port: int, number: int, there: asyncio.Semaphore) -> None:
    """A byte a second, again and again."""
    first = True
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.0.1.{1 + number % 250}", 0))
            if first:
                there.release()
                first = False
            for position in range(10_000):
                if writer.is_closing():
                    break
                writer.write(_SENTENCE[position % len(_SENTENCE) :][:1])
                await asyncio.sleep(1.0)
            writer.transport.abort()
        await asyncio.sleep(_BREATH)


async def _wrong(port: int, number: int) -> None:
    """Errors as fast as they are answered."""
    while True:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(f"127.0.2.{1 + number % 250}", 0)
            )
            while not reader.at_eof():
                writer.write(_NONSENSE)
                if not await reader.read(65536):
                    break
            writer.transport.abort()
        await asyncio.sleep(_BREATH)


async def _all(port: int, slow: int, errors: int) -> None:
    there = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(_slow(port, number, there)) for number in range(slow)]
    for _ in range(slow):
        await there.acquire()
    tasks += [asyncio.create_task(_wrong(port, number)) for number in range(errors)]
    print("ready", flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(_all(*map(int, sys.argv[1:4])))
