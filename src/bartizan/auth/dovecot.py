"""Asks a Dovecot auth service, over its UNIX socket, whether a password is right.

In: credentials and where the client is. Out: right, wrong, or that nobody could say: no service there, one that does
not speak the protocol or not in time, or too many questions under way. All questions share one connection, which is
made by the first of them and made again when it is lost; a question that was under way then is asked once more.
Limits: `most` questions at the same time, `timeout` seconds for each, UNREAD_MOST octets that the service lets lie;
after a connection failed none is tried for PAUSE seconds.
Not here: the lines (dovecot_words.py), how often one may try.
"""

from __future__ import annotations

import asyncio
import enum
import secrets
from typing import cast

from bartizan.auth.dovecot_words import (
    Asks,
    Broken,
    Done,
    Offers,
    Right,
    Version,
    Word,
    Words,
    Wrong,
    ask,
    cancel,
    hello,
)
from bartizan.auth.verifier import Answer
from bartizan.model.auth import Credentials
from bartizan.model.clock import SYSTEM, Clock

PAUSE = 1.0
UNREAD_MOST = 1 << 20
_NUMBERS = 1 << 31
_LATE = "no answer in time"


class _Nothing(enum.Enum):
    """Why there was no answer; the value is for the log."""

    LOST = "connection lost"
    LATE = _LATE


_Said = Right | Wrong | Asks | _Nothing


class _Link(asyncio.Protocol):
    """One connection to the service."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[str] = loop.create_future()
        """Told once: "" when questions may be asked, else why there is no use in it."""
        self.waiting: dict[int, asyncio.Future[_Said]] = {}
        self.heard = 0
        """Pieces of data that came."""
        self.lost = False
        self.gone: asyncio.Future[None] = loop.create_future()
        """When nothing is left of the connection."""
        self._words = Words()
        self._version = 0
        self._plain = False
        self._transport: asyncio.Transport | None = None
        self._number = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        self._transport.write(hello(1 + secrets.randbelow(_NUMBERS - 1)))

    def data_received(self, data: bytes) -> None:
        self.heard += 1
        for word in self._words.feed(data):
            self._hear(word)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(_Nothing.LOST.value)
        if not self.gone.done():
            self.gone.set_result(None)

    def ask(self, credentials: Credentials, address: str) -> tuple[int, asyncio.Future[_Said]]:
        """Ask; the number of the question, and what will be said."""
        self._number = self._number % (_NUMBERS - 1) + 1
        answer: asyncio.Future[_Said] = asyncio.get_running_loop().create_future()
        if self.lost:
            answer.set_result(_Nothing.LOST)
        else:
            self.waiting[self._number] = answer
            self._write(ask(self._number, credentials, address))
        return self._number, answer

    def forget(self, number: int) -> None:
        """Nobody waits for the answer any more."""
        if self.waiting.pop(number, None) is not None:
            self._write(cancel(number))

    def close(self) -> None:
        """Whoever waits is told that the connection was lost."""
        if self._transport is not None:
            self._transport.abort()
        self._lose(_Nothing.LOST.value)

    def _write(self, line: bytes) -> None:
        if self._transport is None or self.lost:
            return
        self._transport.write(line)
        if self._transport.get_write_buffer_size() > UNREAD_MOST:
            self.close()

    def _hear(self, word: Word) -> None:
        match word:
            case Version(major):
                self._version = major
            case Offers(mechanism):
                self._plain = self._plain or mechanism == "PLAIN"
            case Done():
                self._introduced()
            case Broken(reason):
                self._fail(reason)
            case Right(number) | Wrong(number) | Asks(number):
                answer = self.waiting.pop(number, None)  # none: it was cancelled
                if answer is not None and not answer.done():
                    answer.set_result(word)
                if isinstance(word, Asks):
                    self._write(cancel(number))

    def _introduced(self) -> None:
        if self._version != 1:
            self._fail("not version 1 of the protocol")
        elif not self._plain:
            self._fail("the service does not offer PLAIN")
        elif not self.ready.done():
            self.ready.set_result("")

    def _fail(self, reason: str) -> None:
        self._lose(reason)
        self.close()

    def _lose(self, reason: str) -> None:
        self.lost = True
        if not self.ready.done():
            self.ready.set_result(reason)
        waiting, self.waiting = self.waiting, {}
        for answer in waiting.values():
            if not answer.done():
                answer.set_result(_Nothing.LOST)


class Dovecot:
    """The service at one socket; one object for each process, made at any time."""

    __slots__ = (
        "_asking",
        "_clock",
        "_closed",
        "_link",
        "_most",
        "_not_before",
        "_opening",
        "_path",
        "_timeout",
        "reason",
    )

    def __init__(self, path: str, timeout: float = 20.0, most: int = 64, clock: Clock = SYSTEM) -> None:
        self._path = path
        self._timeout = timeout
        self._most = most
        self._clock = clock
        self._link: _Link | None = None
        self._opening: asyncio.Task[_Link | None] | None = None
        self._not_before = 0.0
        self._asking = 0
        self._closed = False
        self.reason = ""
        """Why the last question could not be answered, for the log."""

    async def check(self, credentials: Credentials, address: str) -> tuple[Answer, str]:
        """Are they right? With the service's name for the user, or the login when it gave none."""
        if self._asking >= self._most:
            return self._unknown("too many questions under way")
        self._asking += 1
        try:
            return await self._check(credentials, address)
        finally:
            self._asking -= 1

    async def close(self) -> None:
        """No more questions; whoever waits is told that nobody could say."""
        self._closed = True
        if self._opening is not None:
            self._opening.cancel()
        if self._link is not None:
            self._link.close()
            await self._link.gone

    async def _check(self, credentials: Credentials, address: str) -> tuple[Answer, str]:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._timeout
        said: _Said = _Nothing.LOST
        for _ in range(2):
            kept = self._link is not None and not self._link.lost
            try:
                async with asyncio.timeout_at(until):
                    link = await self._connected()
            except TimeoutError:
                return self._unknown(_LATE)
            if link is None:
                return Answer.UNKNOWN, ""
            said = await self._said(link, credentials, address, until)
            if said is not _Nothing.LOST or not kept:  # one that was kept may have been dead for long
                break
        match said:
            case Right(_, user):
                return Answer.RIGHT, user or credentials.login
            case Wrong(_, False):
                return Answer.WRONG, ""
            case Wrong():
                return self._unknown("the service failed")
            case Asks():
                return self._unknown("the service asks back")
            case _Nothing():
                return self._unknown(said.value)

    async def _said(self, link: _Link, credentials: Credentials, address: str, until: float) -> _Said:
        heard = link.heard
        number, answer = link.ask(credentials, address)
        timer = answer.get_loop().call_at(until, _give_up, answer)
        try:
            said = await answer
        finally:
            timer.cancel()
            link.forget(number)
        if said is _Nothing.LATE and link.heard == heard:
            link.close()  # not a word in all that time: the next question gets a new connection
        return said

    async def _connected(self) -> _Link | None:
        """The connection, made now if there is none; None when there is none to be had."""
        if self._link is not None and not self._link.lost:
            return self._link
        if self._opening is None:
            if self._closed or self._clock.monotonic() < self._not_before:
                return None
            self._opening = asyncio.get_running_loop().create_task(self._open(), name="auth socket")
        try:
            return await asyncio.shield(self._opening)  # others may wait for it
        except asyncio.CancelledError:
            if self._closed:
                return None
            raise

    async def _open(self) -> _Link | None:
        link = None
        reason = _LATE
        try:
            async with asyncio.timeout(self._timeout):
                _, link = await asyncio.get_running_loop().create_unix_connection(_Link, self._path)
                reason = await link.ready
        except TimeoutError:
            pass
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
        finally:
            self._opening = None
            if reason and link is not None:
                link.close()
        if reason:
            self.reason = reason
            self._not_before = self._clock.monotonic() + PAUSE
            return None
        self._link = link
        return link

    def _unknown(self, reason: str) -> tuple[Answer, str]:
        self.reason = reason
        return Answer.UNKNOWN, ""


def _give_up(answer: asyncio.Future[_Said]) -> None:
    if not answer.done():
        answer.set_result(_Nothing.LATE)
