"""A next hop of our own: takes every mail, counts, keeps nothing but tokens. `python -m bench.own_sink HOST PORT`.

Offers PIPELINING, 8BITMIME, SMTPUTF8 and SIZE, as an internal mail server does. The command XREPORT is answered with
one line of JSON: how many mails and bytes came in, and with --tokens how often each token did.
Limits: as many connections as there are descriptors; a command line of at most 64 KiB. Ends at SIGTERM.
Not here: starting it (sinks).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

import uvloop

from bench.wire import TOKEN_FIELD

_END = b"\r\n.\r\n"
_LONGEST_COMMAND = 65536
_HEAD = 32768
"""Octets at the start of a mail in which its token is looked for; a gateway puts fields of its own above it."""
_TOKEN = re.compile(rb"^" + TOKEN_FIELD + rb": ([0-9a-f]+)\r$", re.MULTILINE)
_EHLO = b"250-sink.load.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE\r\n"
_OK = b"250 2.0.0 Ok\r\n"


@dataclass(slots=True)
class Taken:
    """What came in: mails, their bytes (dots still stuffed, without the final one), and tokens if they are wanted."""

    mails: int = 0
    size: int = 0
    tokens: dict[str, int] | None = None


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._data = False
        self._size = 0
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(b"220 sink.load.example ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        replies: list[bytes] = []
        at = 0
        while at < len(data):
            after = self._mail(data, at, replies) if self._data else self._command(data, at, replies)
            if after < 0:
                break
            at = after
        if not self._data:
            self._rest = data[at:]
        assert self._transport is not None
        if replies:
            self._transport.write(b"".join(replies))
        if b"221 2.0.0 Bye\r\n" in replies or len(self._rest) > _LONGEST_COMMAND:
            self._transport.close()

    def _command(self, data: bytes, at: int, replies: list[bytes]) -> int:
        """Answer the command that begins at `at`; where the next one begins, -1 when the line is not complete."""
        end = data.find(b"\r\n", at)
        if end < 0:
            return -1
        verb = data[at : at + 4].upper()
        if verb == b"DATA":
            self._data = True
            # The line end of DATA counts as the one before a final dot.
            self._size = -2
            self._head = self._rest = b""
            replies.append(b"354 End with a dot\r\n")
            return end
        if verb in (b"EHLO", b"HELO"):
            replies.append(_EHLO)
        elif verb == b"QUIT":
            replies.append(b"221 2.0.0 Bye\r\n")
        elif verb == b"XREP":
            replies.append(b"250 " + json.dumps(asdict(self._taken)).encode() + b"\r\n")
        else:
            replies.append(_OK if verb in (b"MAIL", b"RCPT", b"RSET", b"NOOP") else b"502 5.5.1 What?\r\n")
        return end + 2

    def _mail(self, data: bytes, at: int, replies: list[bytes]) -> int:
        """Take what belongs to the mail; where the next command begins, -1 when the final dot is not there yet."""
        end = data.find(_END, at)
        taken = self._taken
        upto = end + 2 if end >= 0 else max(at, len(data) - len(_END) + 1)
        if taken.tokens is not None and len(self._head) < _HEAD:
            self._head += data[at:upto][: _HEAD - len(self._head)]
        self._size += upto - at
        if end < 0:
            self._rest = data[upto:]
            return -1
        taken.mails += 1
        taken.size += self._size
        if taken.tokens is not None:
            found = _TOKEN.search(self._head)
            token = found[1].decode() if found else ""
            taken.tokens[token] = taken.tokens.get(token, 0) + 1
        self._data = False
        self._rest = b""
        replies.append(_OK)
        return end + len(_END)


async def serve(host: str, port: int, taken: Taken) -> None:
    """Take mail until SIGTERM."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told.set)
    server = await loop.create_server(lambda: Session(taken), host, port, backlog=1024)
    await told.wait()
    server.close()


def main(argv: Sequence[str]) -> int:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m bench.own_sink")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--tokens", action="store_true", help="count each token")
    options = parser.parse_args(argv)
    uvloop.run(serve(options.host, options.port, Taken(tokens={} if options.tokens else None)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
