"""A server of one SMTP session, for tests of the generator: it answers final dots as it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = Callable[[int], bytes]
"""The reply to the final dot of the nth mail; b"" closes the connection instead."""


def session(listener: socket.socket, answer: Answer, greeting: bytes) -> None:
    """One connection, to its end."""
    connection, _ = listener.accept()
    mails = 0
    with connection, connection.makefile("rb") as lines:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(greeting)
        for line in lines:
            if line.startswith(b"EHLO"):
                connection.sendall(b"250-x\r\n250 PIPELINING\r\n")
            elif line.startswith((b"MAIL", b"RCPT", b"RSET")):
                connection.sendall(b"250 ok\r\n")
            elif line.startswith(b"DATA"):
                connection.sendall(b"354 go\r\n")
            elif line == b".\r\n":
                reply = answer(mails)
                mails += 1
                if not reply:
                    return
                connection.sendall(reply)
            elif line.startswith(b"QUIT"):
                connection.sendall(b"221 bye\r\n")
                return


@contextmanager
def serving(answer: Answer, sessions: int = 1, greeting: bytes = b"220 x\r\n") -> Iterator[int]:
    """A server of as many sessions, each in a thread; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(10.0)
        threads = [threading.Thread(target=session, args=(listener, answer, greeting)) for _ in range(sessions)]
        for thread in threads:
            thread.start()
        yield int(listener.getsockname()[1])
        for thread in threads:
            thread.join(10.0)
