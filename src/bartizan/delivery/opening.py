"""Open a session with the next hop: connect, greeting, EHLO or HELO, TLS (RFC 5321 section 3.2, RFC 3207).

A refusal here is about us or about the host, never about a message: every failure is a HopFailure, answered 451.

TLS levels: `none` stays in the clear; `may` uses TLS when offered, and goes on in the clear on a new connection when
the handshake fails (it protects against reading only, so certificates are not checked); `require` does nothing
without TLS, with the certificate checked unless the given context says otherwise.

Not here: authentication, DANE, MTA-STS.
"""

from __future__ import annotations

import asyncio
import enum
import re
import ssl
from dataclasses import dataclass

from bartizan.delivery.ehlo import Extensions, read_extensions
from bartizan.delivery.outcome import HopFailure
from bartizan.delivery.replies import HopReply
from bartizan.delivery.session import HopSession


class Tls(enum.StrEnum):
    """How much TLS a next hop gets."""

    NONE = "none"
    MAY = "may"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True)
class HopTimeouts:
    """Seconds that each phase may take; RFC 5321 section 4.5.3.2 asks for more, but our own client waits meanwhile."""

    connect: float = 10.0
    tls: float = 30.0
    greeting: float = 30.0
    """Greeting and EHLO, each."""
    command: float = 60.0
    """MAIL and RCPT, each reply."""
    data: float = 60.0
    """The reply to DATA."""
    write: float = 120.0
    """Until the next hop has taken a slice of the message."""
    dot: float = 300.0
    """The reply to the final dot."""
    reset: float = 10.0
    idle: float = 30.0
    """How long an unused connection is kept."""
    queue: float = 60.0
    """How long a message waits for a free connection."""


@dataclass(frozen=True, slots=True)
class HopAddress:
    """Where the next hop is and how it is spoken to; `hostname` is our name in EHLO."""

    host: str
    port: int
    hostname: str
    tls: Tls = Tls.NONE
    context: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._:\[\]-]{1,255}", self.hostname):
            raise ValueError("hostname must be a plain host name")


async def open_session(address: HopAddress, timeouts: HopTimeouts) -> HopSession:
    """A session that is ready for MAIL. Raises HopFailure."""
    try:
        return await _open(address, address.tls, timeouts)
    except _HandshakeFailed:
        if address.tls is Tls.REQUIRE:
            raise
        return await _open(address, Tls.NONE, timeouts)


class _HandshakeFailed(HopFailure):
    """TLS was offered and did not come up."""


async def _open(address: HopAddress, tls: Tls, timeouts: HopTimeouts) -> HopSession:
    session = await _connect(address, timeouts)
    try:
        greeting = await session.reply(timeouts.greeting)
        if greeting.code != 220:
            raise HopFailure(f"greeting: {greeting}")
        if _our_name(greeting, address.hostname):
            raise HopFailure("the next hop greets with our own name: mail would go round for ever")
        session.extensions = await _hello(session, address.hostname, timeouts.greeting)
        if tls is not Tls.NONE:
            await _secure(session, address, tls, timeouts)
        if not session.usable:
            raise HopFailure("next hop is out of turn")
    except BaseException:
        session.abort()
        raise
    return session


async def _connect(address: HopAddress, timeouts: HopTimeouts) -> HopSession:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeouts.connect):
            _, session = await loop.create_connection(lambda: HopSession(loop), address.host, address.port)
    except TimeoutError:
        raise HopFailure("connect: timeout") from None
    except OSError as problem:
        raise HopFailure(f"connect: {type(problem).__name__}") from problem
    return session


def _our_name(greeting: HopReply, hostname: str) -> bool:
    """Do we talk to ourselves? On one host, where everybody is localhost, a name says nothing."""
    name = greeting.lines[0].split(b" ")[0].decode("ascii", "replace") if greeting.lines else ""
    return name.lower() == hostname.lower() != "localhost"


async def _hello(session: HopSession, hostname: str, seconds: float) -> Extensions:
    """Introduce ourselves; HELO when the next hop does not know EHLO."""
    session.write(f"EHLO {hostname}\r\n".encode("ascii"), 1)
    answer = await session.reply(seconds)
    if answer.accepts:
        return read_extensions(answer)
    if answer.kind == 5:
        session.write(f"HELO {hostname}\r\n".encode("ascii"), 1)
        answer = await session.reply(seconds)
        if answer.accepts:
            return Extensions()
    raise HopFailure(f"EHLO: {answer}")


async def _secure(session: HopSession, address: HopAddress, tls: Tls, timeouts: HopTimeouts) -> None:
    """STARTTLS and a second EHLO: whatever was said in the clear is forgotten."""
    if not session.extensions.starttls:
        if tls is Tls.REQUIRE:
            raise HopFailure("TLS is required and not offered")
        return
    session.write(b"STARTTLS\r\n", 1)
    answer = await session.reply(timeouts.greeting)
    if answer.code != 220:
        if tls is Tls.REQUIRE:
            raise HopFailure(f"STARTTLS: {answer}")
        return
    if not session.usable:
        raise HopFailure("bytes in the clear after the reply to STARTTLS")
    session.extensions = Extensions()
    try:
        await session.start_tls(address.context or _context(tls), address.host, timeouts.tls)
    except HopFailure as problem:
        raise _HandshakeFailed(str(problem)) from problem
    session.extensions = await _hello(session, address.hostname, timeouts.greeting)


def _context(tls: Tls) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if tls is Tls.MAY:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
