"""Commands out of the bytes between messages: only CRLF ends one (RFC 5321 section 2.3.8).

A line that never ends is dropped as it arrives: what is handed out is cut one octet above `LONGEST_LOGIN`, so that
its length still says that it was too long. Not here: what a line means, and message data.
"""

from __future__ import annotations

import re

LONGEST = 4096
"""Octets of a command line with its CRLF, before the verb's own limit."""
LONGEST_LOGIN = 12288
"""The same of AUTH, and of the lines that answer its challenges (RFC 4954 section 4)."""
_KEPT = LONGEST_LOGIN + 1
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def readable(line: bytes) -> str | None:
    """The text of a command line, None when it holds a control character (a bare CR or LF is one) or is no UTF-8."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return None
    return text if text.isprintable() or _CONTROL.search(text) is None else None


class CommandLines:
    """Bytes received and not yet read as commands; at most one chunk and one unfinished line."""

    __slots__ = ("_buffer", "_head", "_position", "_seen", "dropped")

    def __init__(self) -> None:
        self._buffer = b""
        self._position = 0
        self._seen = 0
        self._head = b""
        self.dropped = 0
        """Octets thrown away of lines that were too long."""

    @property
    def pending(self) -> int:
        """Octets waiting."""
        return len(self._buffer) - self._position

    def feed(self, data: bytes) -> None:
        """More bytes from the network."""
        if self._position >= len(self._buffer):
            self._buffer = data
            self._seen = 0
        else:
            self._buffer = self._buffer[self._position :] + data
            self._seen = max(0, self._seen - self._position)
        self._position = 0

    def clear(self) -> None:
        """Forget everything that was not read."""
        self._buffer = self._head = b""
        self._position = self._seen = 0

    def take(self, octets: int) -> bytes:
        """So many octets that are no commands, fewer when no more are here."""
        start = self._position
        self._position = self._seen = min(start + octets, len(self._buffer))
        return self._buffer[start : self._position]

    def next(self) -> bytes | None:
        """The next line without its CRLF, None when it is not complete."""
        start = self._position
        end = self._buffer.find(b"\r\n", self._seen)
        if end < 0:
            self._wait()
            return None
        self._position = self._seen = end + 2
        if not self._head:
            return self._buffer[start:end]
        line, self._head = self._head, b""
        self.dropped += end - start
        return line

    def _wait(self) -> None:
        """Remember how far we looked; drop what is already too long, but for a CR that may belong to the end."""
        length = len(self._buffer) - self._position
        self._seen = max(self._position, len(self._buffer) - 1)
        if self._head or length > _KEPT:
            self._head = self._head or self._buffer[self._position : self._position + _KEPT]
            tail = self._buffer[-1:] if self._buffer.endswith(b"\r") else b""
            self.dropped += length - len(tail)
            self._buffer = tail
            self._position = self._seen = 0
