"""Listens on the sockets that the supervisor opened, and lets sessions end in order (DESIGN section 7, slot sockets).

The sockets belong to the supervisor: it keeps its copies, so connections that wait in a queue survive this process.
Plain connections are taken by the event loop itself, which is fastest; others by an acceptor.
Not here: what comes before mail (acceptor.py), who is let in (admission.py).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable

from bartizan.smtpd.acceptor import Acceptor, needed
from bartizan.smtpd.office import Office
from bartizan.smtpd.session import Session
from bartizan.smtpd.settings import Services, SessionSettings

BACKLOG = 4096


class Listener:
    """One listener of a process, on the running loop."""

    def __init__(
        self,
        settings: SessionSettings,
        services: Services,
        sockets: Iterable[socket.socket],
        *,
        backlog: int = BACKLOG,
        beside: Listener | None = None,
    ) -> None:
        """`sockets` are bound and need not listen yet. Caps hold for this listener and those that it is `beside`
        together. Must be made while the loop runs; ValueError for settings
        that cannot be used."""
        self._sockets = tuple(sockets)
        self._backlog = backlog
        self._servers: list[asyncio.Server] = []
        self._acceptors: list[Acceptor] = []
        shared = None if beside is None else beside.office.admission
        self.office: Office = Office(settings, services, asyncio.get_running_loop(), shared)

    @property
    def sessions(self) -> int:
        """Connections that are open."""
        return len(self.office.sessions)

    async def start(self) -> None:
        """Accept from now on; OSError when a socket cannot listen."""
        office = self.office
        if needed(office.terms.settings):
            self._open_acceptors()
            return
        for sock in self._sockets:
            server = await office.loop.create_server(lambda: Session(office), sock=sock.dup(), backlog=self._backlog)
            self._servers.append(server)

    def renew(self, settings: SessionSettings, services: Services) -> None:
        """Other settings and services from now on, for the sessions that are open too."""
        self.office.renew(settings, services)
        if self._servers and needed(settings):
            self._close_servers()
            self._open_acceptors()

    async def drain(self, seconds: float) -> bool:
        """Accept no more, end idle sessions with 421, let transactions finish for so long, then end the others.

        True when every message under way got its answer; commits that are still running are not cancelled.
        """
        office = self.office
        self._close_servers()
        for acceptor in self._acceptors:
            acceptor.close()
        self._acceptors.clear()
        for sock in self._sockets:
            sock.close()
        office.draining = True
        for session in tuple(office.sessions):
            session.leave_if_idle()
        until = office.loop.time() + seconds
        emptied = await office.emptied(seconds)
        for session in tuple(office.sessions):
            session.leave_now()
        finished = await office.tasks.wait(max(0.0, until - office.loop.time()))
        return emptied and finished

    def _open_acceptors(self) -> None:
        for sock in self._sockets:
            acceptor = Acceptor(self.office, sock.dup(), self._backlog)
            acceptor.start()
            self._acceptors.append(acceptor)

    def _close_servers(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
