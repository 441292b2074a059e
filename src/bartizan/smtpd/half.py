"""TLS whose client may end its half first: ours stays open as long as the session owes it an answer.

A client may send its last command, end its half (close_notify, RFC 8446 section 6.1, then FIN) and read on: Exim does
so behind the last message of a connection. The loops end the whole connection at either; the client, whose message has
been delivered, never hears of it and sends it again. So the TLS engine shows them no close_notify, what stands between
socket and TLS shows them no FIN, and the session is asked in their place, as it is without TLS.
Known gap: commands that FIN finds unread behind a commit are dropped; nothing has been done about them.
Not here: what a session still answers (connection.py, dialogue.py), how TLS is set up (tls.py).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import Any, cast


class _Engine(ssl.SSLObject):
    """The end of the client's half is told to `tell`, once, and looks to who reads as if nothing were there now."""

    ended = False
    cut = False
    """FIN has come: there is no close_notify to wait for."""
    tell: Callable[[], object] | None = None

    def read(self, length: int = 1024, buffer: Any = None) -> Any:
        """Octets, or how many came into `buffer`; SSLWantReadError when there are none now, or will be none."""
        got = super().read(length, buffer)
        if got:
            return got
        if not self.ended:
            self.ended = True
            if self.tell is not None:
                self.tell()
        raise ssl.SSLWantReadError(ssl.SSL_ERROR_WANT_READ, "the client has ended its half")

    def unwrap(self) -> None:
        """End our half; SSLWantReadError when that of the client may still be ended."""
        try:
            super().unwrap()
        except ssl.SSLWantReadError:
            if not self.cut:
                raise


class _Between(asyncio.BufferedProtocol):
    """Asks the session before FIN ends TLS, which has all else."""

    def __init__(self, inner: asyncio.BufferedProtocol, engine: _Engine, session: asyncio.Protocol) -> None:
        self._inner = inner
        self._engine = engine
        self._session = session

    def get_buffer(self, sizehint: int) -> bytearray | memoryview:
        return cast(memoryview, self._inner.get_buffer(sizehint))

    def buffer_updated(self, nbytes: int) -> None:
        self._inner.buffer_updated(nbytes)

    def eof_received(self) -> bool | None:
        self._engine.cut = True
        return self._session.eof_received() or self._inner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


async def shake_hands(
    raw: asyncio.Transport, session: asyncio.Protocol, context: ssl.SSLContext, seconds: float
) -> asyncio.Transport | None:
    """The transport that came out of a handshake over `raw`, for `session`, which is not told of it; None when `raw`
    was closed meanwhile. OSError when the handshake fails, TimeoutError and ConnectionAbortedError among them."""
    loop = asyncio.get_running_loop()
    context.sslobject_class = _Engine
    encrypted = await loop.start_tls(raw, session, context, server_side=True, ssl_handshake_timeout=seconds)
    if encrypted is None or raw.is_closing():
        return encrypted

    def end() -> None:
        if not session.eof_received():
            encrypted.close()

    def tell() -> None:
        loop.call_soon(end)  # what was read before it has still to be handed over

    engine = cast(_Engine, encrypted.get_extra_info("ssl_object"))
    engine.tell = tell
    if engine.ended:
        tell()
    raw.set_protocol(_Between(cast(asyncio.BufferedProtocol, raw.get_protocol()), engine, session))
    return encrypted
