"""A scanner that obeys its messages: the program that tests start instead of the real one.

It is the real worker with one more detector, which does what the subject of a message says, inside the sandbox; `lie`
makes the scanner itself answer with something else than the truth.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator

from bartizan.detect import base
from bartizan.model.finding import Finding
from bartizan.model.message import Node
from bartizan.scanner import worker
from bartizan.scanner.protocol import ANSWER_HEAD


class Obey:
    """Dies, hangs, fails or eats memory on command."""

    def look(self, node: Node, data: bytes | memoryview) -> Iterator[Finding]:
        """Obey a raw message's subject."""
        if node.path != "message":
            return
        start = bytes(data[:200])
        if b"Subject: die" in start:
            os.kill(os.getpid(), 9)
        if b"Subject: leave" in start:
            os._exit(3)
        if b"Subject: hang" in start:
            while True:
                pass
        if b"Subject: raise" in start:
            raise RuntimeError("told to")
        if b"Subject: eat" in start:
            sys.stderr.write(f"{len(bytearray(64 << 30))}\n")
        yield from ()


class Liar(worker.Worker):
    """Answers with what follows `Subject: lie ` in hexadecimal instead of the truth."""

    def _serve(self, connection: socket.socket) -> None:
        peeked = connection.recv(4096, socket.MSG_PEEK)
        at = peeked.find(b"Subject: lie ")
        if at < 0:
            super()._serve(connection)
            return
        self._receive(connection)
        lie = bytes.fromhex(peeked[at + 13 :].split(b"\r\n")[0].decode())
        connection.sendall(lie.replace(b"HEAD", ANSWER_HEAD.pack(max(0, len(lie) - 4))))


if __name__ == "__main__":
    worker.Worker = Liar  # type: ignore[misc]
    sys.exit(worker.main(sys.argv[1:], lambda directory: (*base.load(directory), Obey())))
