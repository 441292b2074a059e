"""Lets clients in where something comes before their first octet of mail: a balancer's header, a TLS handshake.

In: a listening socket. Out: sessions on connections that are ready. Where there are balancers, only they may connect,
and each connection begins with a header of the PROXY protocol; its octets are taken off the socket and not one more, so
that TLS or mail begins right behind it. Until it is through, a connection has the time for a handshake, once for the
header and once more for TLS. So many may be on their way as there may be sessions, of one peer as of its sessions; a
peer that has connected too often gets no handshake. Who does not make it is closed without an answer, counted, and told
of as a session that ended.
Not here: what a header says (proxy.py), which certificate is presented (tls.py), STARTTLS (slow.py).
"""

from __future__ import annotations

import asyncio
import errno
import functools
import socket
import ssl
from collections import Counter
from typing import cast

from bartizan.model.envelope import Peer, peer_key
from bartizan.smtpd.admission import among, peer_at
from bartizan.smtpd.half import shake_hands
from bartizan.smtpd.office import Office
from bartizan.smtpd.proxy import LONGEST, Header, Unread, parse
from bartizan.smtpd.rates import What
from bartizan.smtpd.resumed import Resumed
from bartizan.smtpd.session import Session
from bartizan.smtpd.settings import SessionReport, SessionSettings

_AT_ONCE = 64
"""Connections that are taken before others have their turn."""
_REST = 1.0
"""Seconds without accepting when the process or the host has no room for another connection."""
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class TurnedAway(Exception):
    """A connection is not wanted: why, as metrics.REFUSED_SESSIONS has it."""


def needed(settings: SessionSettings) -> bool:
    """Does something come before mail?"""
    return bool(settings.balancers) or settings.tls_at_once


class Acceptor:
    """Accepts on one socket, which becomes its own. It goes by the settings of the moment, also when nothing needs to
    come before mail any more."""

    def __init__(self, office: Office, sock: socket.socket, backlog: int) -> None:
        self._office = office
        self._loop = office.loop
        self._sock = sock
        self._backlog = backlog
        self._on_their_way: set[asyncio.Task[None]] = set()
        self._shaking: Counter[str] = Counter()
        self._resting: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        """Connections that are on their way in."""
        return len(self._on_their_way)

    def start(self) -> None:
        """Accept from now on; OSError when the socket cannot listen."""
        self._sock.setblocking(False)
        self._sock.listen(self._backlog)
        self._loop.add_reader(self._sock.fileno(), self._accept)

    def close(self) -> None:
        """Accept no more, and close what is on its way in."""
        if self._resting is not None:
            self._resting.cancel()
        else:
            self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        for task in tuple(self._on_their_way):
            task.cancel()

    def _accept(self) -> None:
        """Somebody has connected, perhaps many."""
        for _ in range(_AT_ONCE):
            try:
                sock, address = self._sock.accept()
            except BlockingIOError:
                return
            except OSError as error:  # else the client's: gone before it was let in
                if error.errno in _NO_ROOM:
                    self._rest(error)
                    return
                continue
            sock.setblocking(False)
            task = self._loop.create_task(self._bring_in(sock, peer_at(address[0], address[1])), name="door")
            self._on_their_way.add(task)
            task.add_done_callback(self._on_their_way.discard)

    def _rest(self, error: OSError) -> None:
        """Let the kernel hold those who come, for a while."""
        self._office.services.on_problem("accepting connections", error)
        self._loop.remove_reader(self._sock.fileno())
        self._resting = self._loop.call_later(_REST, self._go_on)

    def _go_on(self) -> None:
        self._resting = None
        self._loop.add_reader(self._sock.fileno(), self._accept)

    async def _bring_in(self, sock: socket.socket, connection: Peer) -> None:
        """From the first octet to a session, or to the end."""
        services, begun = self._office.services, self._loop.time()
        peer, ended = connection, "drained"
        try:
            peer = await self._admit(sock, connection)
            await self._seat(sock, peer)
            ended = ""  # a session tells of its end itself
        except TurnedAway as reason:
            services.meter.session_refused(str(reason))
            ended = "refused"
        except (TimeoutError, ConnectionAbortedError):  # what the loops make of a handshake that takes too long
            ended = "timeout"
        except OSError:  # the client's doing: ssl.SSLError is one
            ended = "client"
        except Exception as error:
            services.on_problem("letting a client in", error)
            ended = "failed"
        finally:
            if ended and services.on_session is not None:
                seconds = self._loop.time() - begun
                services.on_session(SessionReport(peer, "", "", services.clock.wall() - seconds, seconds, 0, 0, ended))

    async def _admit(self, sock: socket.socket, connection: Peer) -> Peer:
        """Whom the connection is for. TurnedAway, OSError; then it is closed."""
        settings = self._office.terms.settings
        try:
            if len(self._on_their_way) > settings.caps.sessions:
                raise TurnedAway("cap")
            if not settings.balancers:
                return connection
            if not among(connection.address, settings.balancers):
                raise TurnedAway("proxy")
            async with asyncio.timeout(settings.timeouts.handshake):
                header = await _header(self._loop, sock)
            if header is None:
                raise TurnedAway("proxy")
            return header.source or connection
        except BaseException:
            sock.close()
            raise

    async def _seat(self, sock: socket.socket, peer: Peer) -> None:
        """Begin a session of `peer`, over TLS where that comes first. TurnedAway, OSError; then `sock` is closed."""
        loop, office = self._loop, self._office
        settings = office.terms.settings
        begin = functools.partial(Session, office, peer)
        if settings.tls is None or not settings.tls_at_once:
            await loop.connect_accepted_socket(begin, sock)
            return
        key, terms = peer_key(peer), office.terms_for(peer)
        if not terms.relaying.trusts(peer):
            capped = self._shaking[key] >= terms.sessions_per_peer
            if capped or not office.rates_for(terms).left(peer, What.CONNECTIONS, loop.time()):
                sock.close()
                raise TurnedAway("cap" if capped else "rate")
        self._shaking[key] += 1
        try:
            session = begin()
            hands = functools.partial(_Opening, session, settings.tls, settings.timeouts.handshake)
            _, opening = await loop.connect_accepted_socket(hands, sock)
            encrypted = await opening.handshake
            if encrypted is None or encrypted.is_closing():
                raise ConnectionResetError("closed within the handshake")
            session.connection_made(encrypted)
        finally:
            self._shaking[key] -= 1
            if not self._shaking[key]:
                del self._shaking[key]
        office.services.meter.session_encrypted()


class _Opening(asyncio.Protocol):
    """Begins the handshake before anything is read, so that no octet of it is read by anything else."""

    def __init__(self, session: Session, context: ssl.SSLContext, seconds: float) -> None:
        self._begin = functools.partial(shake_hands, session=session, context=context, seconds=seconds)
        self.handshake: Resumed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        work = self._begin(cast(asyncio.Transport, transport))
        self.handshake = Resumed(work, work.send(None))


async def _header(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> Header | None:
    """The header that a connection begins with, taken off it; None when it begins with something else. OSError also for
    a connection that ends before it is whole."""
    seen = b""
    while True:
        try:
            more = sock.recv(LONGEST, socket.MSG_PEEK)
        except BlockingIOError:
            await _readable(loop, sock)
            continue
        if not more:
            raise ConnectionResetError("closed before its header was whole")
        answer = parse(seen + more)
        if answer is Unread.BAD:
            return None
        seen += sock.recv(answer.octets - len(seen) if isinstance(answer, Header) else len(more))
        if isinstance(answer, Header):
            return answer


async def _readable(loop: asyncio.AbstractEventLoop, sock: socket.socket) -> None:
    """Wait until there is something to read, or an end."""
    arrived = loop.create_future()
    loop.add_reader(sock.fileno(), _tell, arrived)
    try:
        await arrived
    finally:
        loop.remove_reader(sock.fileno())


def _tell(arrived: asyncio.Future[None]) -> None:
    if not arrived.done():
        arrived.set_result(None)
