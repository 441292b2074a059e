"""Read the replies of a next hop (RFC 5321 section 4.2, RFC 2034).

In: bytes as they come off the socket. Out: `HopReply` values, in order. A next hop is trusted to keep mail, not to
speak well: its bytes are read as hostile input.

Limits: 512-2048 bytes a line with its CRLF (RFC 5321 section 4.5.3.1.5 asks for 512), 100 lines a reply; so at most
200 KiB are ever held. Only CRLF ends a line; a bare CR, a bare LF or a NUL, a code outside 200-599, a separator that is
neither space nor hyphen, and a continuation line with another code are all `BrokenReply`: whoever sent them has lost
the thread, so nothing later from that connection can be believed.

Not here: what a reply means (outcome), waiting for it (session).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bartizan.model.reply import printable

MAX_LINE = 2048
MAX_LINES = 100

_LINE = re.compile(rb"([2-5][0-9][0-9])(?:([ -])([^\r\n\0]*))?")
_ENHANCED = re.compile(rb"([245])\.([0-9]{1,3})\.([0-9]{1,3})(?= |$)")


class BrokenReply(Exception):
    """What the next hop sent is no SMTP reply; the connection cannot be used any more."""


@dataclass(frozen=True, slots=True)
class HopReply:
    """One reply: `code` 200-599, and in `lines` the text behind code and separator (any bytes but CR, LF and NUL)."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def kind(self) -> int:
        """The first digit, 2-5."""
        return self.code // 100

    @property
    def accepts(self) -> bool:
        """25z: the mail system accepts (RFC 5321 section 4.2.1). Another 2yz, such as a greeting's 220 or a goodbye's
        221, is no answer to MAIL, RCPT or the final dot: who says it there has lost the thread."""
        return self.code // 10 == 25

    @property
    def enhanced(self) -> str:
        """The enhanced status code of the first line as "5.1.1"; "" when there is none."""
        found = _ENHANCED.match(self.lines[0])
        return ".".join(str(int(digits)) for digits in found.groups()) if found else ""

    def __str__(self) -> str:
        """Code and first line, cleaned for a log."""
        return printable(f"{self.code} {self.lines[0].decode('ascii', 'replace')}").rstrip()


class ReplyParser:
    """Turns a byte stream into replies; holds at most one incomplete reply."""

    __slots__ = ("_code", "_lines", "_max_line", "_max_lines", "_rest")

    def __init__(self, max_line: int = MAX_LINE, max_lines: int = MAX_LINES) -> None:
        """`max_line` 512-2048 bytes with CRLF; `max_lines` 1-100 lines a reply."""
        if not 512 <= max_line <= MAX_LINE or not 1 <= max_lines <= MAX_LINES:
            raise ValueError("max_line must be 512-2048, max_lines 1-100")
        self._max_line = max_line
        self._max_lines = max_lines
        self._rest = b""
        self._lines: list[bytes] = []
        self._code = 0

    @property
    def empty(self) -> bool:
        """True when no part of a reply is held: the stream is between two replies."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> Iterator[HopReply]:
        """Each reply that is complete now; what came before something broken is still given, then BrokenReply."""
        buffer = self._rest + data if self._rest else data
        self._rest = b""
        start = 0
        while (end := buffer.find(b"\r\n", start, start + self._max_line)) >= 0:
            reply = self._line(buffer[start:end])
            start = end + 2
            if reply is not None:
                yield reply
        if len(buffer) - start >= self._max_line:
            raise BrokenReply("line too long")
        if buffer.find(b"\n", start) >= 0:
            raise BrokenReply("bare LF")
        self._rest = buffer[start:]

    def _line(self, line: bytes) -> HopReply | None:
        """Take one line without its CRLF; the reply, when this was its last line."""
        found = _LINE.fullmatch(line)
        if found is None:
            raise BrokenReply("malformed line")
        code = int(found[1])
        if self._lines and code != self._code:
            raise BrokenReply("lines with different codes")
        self._code = code
        self._lines.append(found[3] or b"")
        if found[2] == b"-":
            if len(self._lines) >= self._max_lines:
                raise BrokenReply("too many lines")
            return None
        reply = HopReply(code, tuple(self._lines))
        self._lines = []
        return reply
