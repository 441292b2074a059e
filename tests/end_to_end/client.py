"""An SMTP client that sends exactly the bytes it is given."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply: its code and its lines without the code, joined by LF."""

    code: int
    text: str


class Client:
    """One session with 127.0.0.1:`port`; the greeting is read and EHLO said."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        """`source` is the loopback address to come from. OSError, with nothing left open."""
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=_SECONDS, source_address=(source, 0))
        self._lines = self._socket.makefile("rb")
        try:
            self.greeting = self.answer()
            self.extensions = self.say(b"EHLO client.example").text
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()
        self._socket.close()

    def send(self, data: bytes) -> None:
        """Send bytes, wait for nothing."""
        self._socket.sendall(data)

    def answer(self) -> Answer:
        """The next reply, all of its lines. Raises ConnectionError at the end of the connection."""
        lines: list[str] = []
        while True:
            line = self._lines.readline()
            if not line.endswith(b"\r\n"):
                raise ConnectionError(f"the connection ended after {[*lines, line.decode('latin-1')]}")
            lines.append(line[4:-2].decode("ascii"))
            if line[3:4] != b"-":
                return Answer(int(line[:3]), "\n".join(lines))

    def say(self, command: bytes) -> Answer:
        """Send one command; its reply."""
        self.send(command + b"\r\n")
        return self.answer()

    def mail(
        self, raw: bytes, sender: str = "a@sender.example", recipients: tuple[str, ...] = ("b@here.example",)
    ) -> Answer:
        """One whole transaction: the reply that ended it. `raw` has CRLF line ends; dots are stuffed here."""
        answer = self.say(b"MAIL FROM:<%s> BODY=8BITMIME" % sender.encode())
        if answer.code == 555:
            answer = self.say(b"MAIL FROM:<%s>" % sender.encode())
        for recipient in recipients:
            if answer.code == 250:
                answer = self.say(b"RCPT TO:<%s>" % recipient.encode())
        if answer.code == 250:
            answer = self.say(b"DATA")
        if answer.code == 354:
            stuffed = raw.replace(b"\r\n.", b"\r\n..")
            self.send((b"." if stuffed.startswith(b".") else b"") + stuffed + b".\r\n")
            return self.answer()
        self.say(b"RSET")
        return answer


def mail(
    port: int, raw: bytes, sender: str = "a@sender.example", recipients: tuple[str, ...] = ("b@here.example",)
) -> Answer:
    """One mail in a session of its own."""
    with Client(port) as client:
        return client.mail(raw, sender, recipients)
