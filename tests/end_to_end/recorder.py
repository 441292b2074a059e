"""A next hop that records every transaction exactly as it came over the wire, and answers as it is told."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass(slots=True)
class Transaction:
    """What one client did from MAIL to the final dot: `wire` is the data, dots stuffed, without the final one."""

    sender: str
    recipients: list[str] = field(default_factory=list)
    wire: bytes = b""
    finished: bool = False

    @property
    def message(self) -> bytes:
        """The data with dots unstuffed."""
        data = self.wire.replace(b"\r\n..", b"\r\n.")
        return data[1:] if data.startswith(b"..") else data


class Recorder:
    """The server, running from enter to exit. `answers` maps a command line (b"RCPT TO:<x@y>", b".") to its reply line.

    An answer of b"" closes the connection without one.
    """

    def __init__(
        self,
        answers: Callable[[bytes], bytes | None] = lambda line: None,
        extensions: tuple[bytes, ...] = (),
        port: int = 0,
    ) -> None:
        self.answers = answers
        self.extensions = extensions or (
            b"PIPELINING",
            b"8BITMIME",
            b"SMTPUTF8",
            b"SIZE 0",
            b"ENHANCEDSTATUSCODES",
            b"DSN",
        )
        self.transactions: list[Transaction] = []
        self.lines: list[bytes] = []
        """Every command line of every session, without CRLF."""
        recorder = self

        class Session(socketserver.StreamRequestHandler):
            timeout = 60.0

            def handle(self) -> None:
                recorder.session(self)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, request: object, client_address: object) -> None:
                """A gateway that stops cuts its sessions: nothing to say about that."""

        self._server = Server(("127.0.0.1", port), Session)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10.0)

    @property
    def finished(self) -> list[Transaction]:
        """The transactions that this next hop took responsibility for."""
        return [transaction for transaction in self.transactions if transaction.finished]

    def session(self, peer: socketserver.StreamRequestHandler) -> None:
        """One connection."""
        transaction: Transaction | None = None

        def reply(line: bytes, usual: bytes, taken: Transaction | None = None) -> bool:
            """Answer `line`, as told or as usual; was it a positive answer? Raises ConnectionError to close.

            `taken` is marked as finished before a positive answer leaves, so that who reads it finds the mark.
            """
            answer = self.answers(line)
            if answer == b"":
                raise ConnectionError
            positive = (answer or usual)[:1] in b"23"
            if taken is not None:
                taken.finished = positive
            peer.wfile.write((answer or usual) + b"\r\n")
            return positive

        peer.wfile.write(b"220 recorder.example ESMTP\r\n")
        while line := peer.rfile.readline():
            line = line.removesuffix(b"\r\n")
            self.lines.append(line)
            verb = line[:4].upper()
            if verb == b"EHLO":
                offered = (b"recorder.example", *self.extensions)
                heads = [b"250-"] * (len(offered) - 1) + [b"250 "]
                peer.wfile.write(b"".join(head + name + b"\r\n" for head, name in zip(heads, offered, strict=True)))
            elif verb == b"MAIL" and reply(line, b"250 2.1.0 Ok"):
                transaction = Transaction(line.partition(b"<")[2].partition(b">")[0].decode())
                self.transactions.append(transaction)
            elif verb == b"RCPT" and transaction and reply(line, b"250 2.1.5 Ok"):
                transaction.recipients.append(line.partition(b"<")[2].partition(b">")[0].decode())
            elif verb == b"DATA" and transaction and transaction.recipients and reply(line, b"354 Go ahead"):
                transaction.wire = self._data(peer)
                reply(b".", b"250 2.0.0 Ok", transaction)
                transaction = None
            elif verb == b"RSET":
                transaction = None
                reply(line, b"250 2.0.0 Ok")
            elif verb == b"QUIT":
                reply(line, b"221 2.0.0 Bye")
                return
            elif verb == b"ETRN":
                reply(line, b"252 2.0.0 Pending messages for node started")
            elif verb == b"NOOP":
                reply(line, b"250 2.0.0 Ok")
            elif verb == b"DATA":
                reply(line, b"503 5.5.1 No recipients")

    @staticmethod
    def _data(peer: socketserver.StreamRequestHandler) -> bytes:
        """The data up to CRLF.CRLF and nothing else; a bare LF never ends a line here."""
        data = bytearray(b"\r\n")
        while not data.endswith(b"\r\n.\r\n"):
            piece = peer.rfile.readline()
            if not piece:
                raise ConnectionError
            data += piece
        return bytes(data[2:-3])
