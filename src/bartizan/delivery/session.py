"""One SMTP connection to a next hop: write commands, wait for replies, notice everything that is out of turn.

A reply that nobody asked for breaks the connection at once: it would be taken as the answer to the next command, and
in the worst case as the 250 for a message that was not yet sent. The same holds for bytes in the clear behind the
reply to STARTTLS (response injection, RFC 3207).

Works with asyncio's and uvloop's transports. Not here: what is said (opening, transaction), who may use it (pool).
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import cast

from bartizan.delivery.ehlo import Extensions
from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.replies import BrokenReply, HopReply, ReplyParser

TLS_SHUTDOWN_SECONDS = 5.0


class HopSession(asyncio.Protocol):
    """A connection with its unanswered commands. One user at a time; every wait has a limit in seconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.extensions = Extensions()
        self.messages = 0
        """Transactions begun on this connection."""
        self.out_of_turn = False
        """Something came that was no answer; then the answers before it may have been none either."""
        self.idle_since = 0.0
        self.closed: asyncio.Future[None] = loop.create_future()
        """Done when the transport is gone."""
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._parser = ReplyParser()
        self._replies: deque[HopReply] = deque()
        self._unanswered = 0
        self._failure: HopFailure | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._paused = False

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._unanswered = 1  # the greeting comes unasked

    def data_received(self, data: bytes) -> None:
        if self._failure is not None:
            return
        try:
            for reply in self._parser.feed(data):
                if not self._unanswered:
                    self._disorder(f"reply out of turn: {reply}", closing=reply.code == 421)
                    return
                self._unanswered -= 1
                self._replies.append(reply)
        except BrokenReply as problem:
            self._disorder(f"broken reply: {problem}")
            return
        if not self._unanswered and not self._parser.empty:
            self._disorder("bytes out of turn")
            return
        self._wake()

    def connection_lost(self, problem: Exception | None) -> None:
        self.fail(HopFailure("connection closed by the next hop", closed=True))
        if not self.closed.done():
            self.closed.set_result(None)

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        self._wake()

    # --- our side

    @property
    def usable(self) -> bool:
        """Nothing is wrong, nothing is unanswered, nothing is unread: another transaction may begin."""
        return self._failure is None and not self._unanswered and not self._replies and not self._lost

    def write(self, data: bytes, replies: int) -> None:
        """Write `data`, which will be answered by `replies` replies. Raises HopFailure."""
        if self._failure is not None or self._lost:
            raise self._failure or HopFailure("connection closed by the next hop", closed=True)
        self._unanswered += replies
        assert self._transport is not None
        self._transport.write(data)

    async def reply(self, seconds: float) -> HopReply:
        """The next reply. Raises HopFailure when none comes in time or any more."""
        until = self._loop.time() + seconds
        while not self._replies:
            await self._wait(until, "no reply in time")
        return self._replies.popleft()

    async def drain(self, seconds: float) -> None:
        """Wait until the transport has room for more. Raises HopFailure."""
        until = self._loop.time() + seconds
        while self._paused:
            await self._wait(until, "next hop does not read")
        if self._failure is not None:
            raise self._failure

    async def start_tls(self, context: ssl.SSLContext, name: str, seconds: float) -> None:
        """Begin TLS, right after the positive reply to STARTTLS was read. Raises HopFailure."""
        if not self.usable:
            raise self._failure or HopFailure("bytes after the reply to STARTTLS")
        assert self._transport is not None
        try:
            transport = await self._loop.start_tls(
                self._transport,
                self,
                context,
                server_hostname=name,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=TLS_SHUTDOWN_SECONDS,
            )
        except (OSError, asyncio.CancelledError) as problem:
            self.connection_lost(None)
            if isinstance(problem, asyncio.CancelledError):
                raise
            raise HopFailure(f"TLS handshake failed: {type(problem).__name__}") from problem
        if transport is None or self._failure is not None:
            raise self._failure or HopFailure("TLS handshake failed")
        self._transport = transport

    def quit(self) -> None:
        """End the connection politely; its 221 is not waited for."""
        if self.usable and self._transport is not None:
            self._transport.write(b"QUIT\r\n")
            self._failure = HopFailure("connection closed by us")
            self._transport.close()
        else:
            self.abort()

    def abort(self) -> None:
        """End the connection now, whatever is under way on it."""
        self.fail(HopFailure("connection closed by us"))

    def fail(self, failure: HopFailure) -> None:
        """Nothing more can be done here; the first reason is the one that is told."""
        if self._failure is None:
            self._failure = failure
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    @property
    def _lost(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    async def _wait(self, until: float, slow: str) -> None:
        """Wait for anything to happen; the connection is given up at `until`, however often something does."""
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        timer = self._loop.call_at(until, self._expire, slow)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None

    def _disorder(self, detail: str, *, closing: bool = False) -> None:
        """The next hop speaks out of turn; it may do so with 421, to say that it ends the connection."""
        self.out_of_turn = not closing
        self.fail(HopFailure(detail, closed=closing))

    def _expire(self, slow: str) -> None:
        self.fail(HopFailure(slow))

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
