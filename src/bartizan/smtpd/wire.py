"""One connection's outgoing half: replies gathered into one write, and an end that lets the client read the last one.

A socket that is closed with unread bytes in it resets the connection and takes our reply with it, so after a reply that
ends a session we send FIN and read on for a while. Not here: what is said.
"""

from __future__ import annotations

import asyncio
import ssl

from bartizan.model import reply as replies
from bartizan.model.reply import Reply

_TABLE = {id(reply): reply.encode() for reply in vars(replies).values() if isinstance(reply, Reply)}
"""The replies of the table as bytes, by identity: the table lives for ever."""


class Wire:
    """A transport with replies that wait to be sent."""

    __slots__ = ("_out", "_reading", "full", "transport")

    def __init__(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._out: list[bytes] = []
        self._reading = True
        self.full = False
        """The client does not read what we write: the transport told us to pause."""

    def add(self, reply: Reply) -> None:
        """One reply to go out with the next flush."""
        self._out.append(_TABLE.get(id(reply)) or reply.encode())

    def add_bytes(self, reply: bytes) -> None:
        """The same for a reply that is ready."""
        self._out.append(reply)

    def flush(self) -> None:
        """Write everything that was added."""
        out = self._out
        if out:
            data = out[0] if len(out) == 1 else b"".join(out)
            out.clear()
            if not self.transport.is_closing():
                self.transport.write(data)

    def pause_reading(self) -> None:
        """Let the kernel hold what the client sends."""
        if self._reading:
            self._reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """The opposite, where it was paused."""
        if not self._reading:
            self._reading = True
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def encrypted(self, transport: asyncio.Transport) -> str:
        """Go on over `transport`, which came out of a handshake; names protocol and cipher."""
        self.transport = transport
        self._reading = True
        return tls_name(transport)

    def finish(self, linger: bool) -> None:
        """Flush and say that no more is coming; with `linger` the client may close first, where that is possible."""
        self.flush()
        transport = self.transport
        if linger and transport.can_write_eof() and not transport.is_closing():
            try:
                transport.write_eof()
            except OSError:  # the client has reset the connection, and we are about to be told
                transport.abort()
            else:
                self.resume_reading()
        else:
            transport.close()


def tls_name(transport: asyncio.Transport) -> str:
    """ "TLSv1.3 TLS_AES_256_GCM_SHA384", or "" for a plain connection."""
    engine = transport.get_extra_info("ssl_object")
    if not isinstance(engine, ssl.SSLObject):
        return ""
    cipher = engine.cipher()
    return f"{engine.version()} {cipher[0]}" if cipher else str(engine.version())
