"""One generation inside an smtpd: everything that its messages need, and whether any is still using it.

A message is decided on by the generation in force when its final dot arrives. If it began to arrive under an older one,
its phrases are looked for once more with the new list.
Not here: sessions, switching from one generation to the next (node/smtpd.py).
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bartizan._core.automaton import Automaton
from bartizan._core.stream import MessageStream
from bartizan.actions.dispatch import Dispatcher
from bartizan.actions.hide import Hiding
from bartizan.actions.own_fields import OwnFields
from bartizan.auth.authenticator import Authenticator
from bartizan.auth.passwords import PasswordFile
from bartizan.delivery.nexthop import NextHop
from bartizan.delivery.store import AsyncMessageStore
from bartizan.dns.resolver import Resolver
from bartizan.message.parse import from_bytes, from_stream
from bartizan.model.envelope import Envelope
from bartizan.model.message import Message
from bartizan.model.reply import Reply
from bartizan.node import lists
from bartizan.node.generation import Generation
from bartizan.node.outlets import next_hop
from bartizan.observe.events import EventLog
from bartizan.observe.meter import Meter
from bartizan.pipeline import Pipeline
from bartizan.policy import load as policy
from bartizan.restraint import Restraint
from bartizan.scanner.pool import ScannerPool
from bartizan.wall.own import Own
from bartizan.wall.patterns import Patterns
from bartizan.wall.wall import Wall


class InForce:
    """A generation that this smtpd follows, or followed. Must be made inside the loop."""

    def __init__(
        self,
        generation: Generation,
        phrases: int,
        store: AsyncMessageStore,
        events: EventLog,
        meter: Meter,
        servers: tuple[str, ...] = (),
        before: InForce | None = None,
    ) -> None:
        """`phrases` is the descriptor of the phrase file, closed here. What has not changed goes on in use: the next
        hop of `before` with its connections, its restraint with what is known of peers, its resolver with what that has
        learned; `servers` are the name servers of this host. ValueError, OSError when the
        phrase file cannot be used."""
        self.generation = generation
        self.hop: NextHop
        self.restraint: Restraint
        self.resolver: Resolver
        self.automaton = Automaton.open(phrases)
        settings = generation.settings
        if before is not None and _hop(before.generation) == _hop(generation):
            self.hop = before.hop
        else:
            self.hop = next_hop(settings)
        if before is not None and before.generation.settings.restraint == settings.restraint:
            self.restraint = before.restraint
        else:
            self.restraint = Restraint(settings.restraint, tell=lambda text: events.process("restraint", "smtpd", text))
        if before is not None and before.generation.settings.dns == settings.dns:
            self.resolver = before.resolver
        else:
            self.resolver = Resolver(settings.dns, servers)
        self.authenticator, self.passwords = _authenticator(generation, before)
        self.walls = tuple(self._wall(index) for index in range(len(settings.listeners)))
        self._pool = ScannerPool(generation.directory, settings.limits)
        self._hiding = Hiding(settings.hide, settings.server.hostname)
        dispatcher = Dispatcher(
            self.hop,
            store,
            hostname=settings.server.hostname,
            on_problem=events.problem,
            own_fields=OwnFields.of(settings.rules, (settings.server.hostname, *settings.server.authserv_ids)),
            hiding=self._hiding,
        )
        rules = policy.build(settings.rules, settings.policy.default)
        self._pipeline = Pipeline(
            self._pool, rules, dispatcher, events, generation.bundle, restraint=self.restraint, meter=meter
        )
        self._running = 0
        self._last: asyncio.Future[None] | None = None

    async def submit(self, envelope: Envelope, stream: MessageStream) -> Reply:
        """Decide on one whole message and answer it."""
        self._running += 1
        try:
            return await self._pipeline.process(envelope, self._message(stream))
        finally:
            self._running -= 1
            if self._last is not None and not self._running:
                self._last.set_result(None)

    def refused(self, sender: str, recipient: str) -> Reply | None:
        """How the next hop refused `recipient` a short while ago, by the names that it knows them by."""
        for pair in self._hiding.guises(sender, recipient):
            if (reply := self.hop.refused(*pair)) is not None:
                return reply
        return None

    def new_stream(self, normalize: bool) -> MessageStream:
        """The receiver of a message, which makes good bare line ends or not."""
        limits = self.generation.settings.limits
        return MessageStream(
            self.automaton,
            max_bytes=limits.message_bytes,
            max_line=limits.data_line_bytes,
            normalize_bare=normalize,
            max_depth=limits.mime_depth,
            max_parts=limits.mime_parts,
            max_header=limits.header_bytes,
            max_headers=limits.headers_bytes,
            max_fields=limits.header_fields,
        )

    async def retire(self, successor: InForce | None = None) -> None:
        """Wait until no message uses it, then free what the successor has not taken over."""
        if self._running:
            self._last = asyncio.get_running_loop().create_future()
            await self._last
        self._pool.close()
        if successor is None or successor.restraint is not self.restraint:
            self.restraint.close()
        if successor is None and self.authenticator is not None:
            await self.authenticator.close()
        if successor is None or successor.resolver is not self.resolver:
            await self.resolver.close()
        if successor is None or successor.hop is not self.hop:
            await self.hop.close()

    def _wall(self, index: int) -> Wall:
        """The checks of a listener."""
        settings = self.generation.settings
        listener = settings.listeners[index]
        tables = self.generation.tables(index)
        own = Own((settings.server.hostname, *lists.named_domains(listener)), lists.domains(tables))
        return Wall(lists.opened(tables), Patterns(listener.sender_patterns), self.resolver, own)

    def _message(self, stream: MessageStream) -> Message:
        if stream.automaton is self.automaton:
            return from_stream(stream, self.automaton)
        again = from_bytes(stream.raw, self.automaton, self.generation.settings.limits, stored=False).message
        return replace(again, anomalies=tuple(sorted({*again.anomalies, *stream.anomalies})))


def _authenticator(generation: Generation, before: InForce | None) -> tuple[Authenticator | None, PasswordFile | None]:
    """Who may log in, with what is known of wrong passwords; and the file that it is to go by from now on."""
    settings = generation.settings.auth
    passwords = PasswordFile.parse(generation.passwords(), settings.passwords) if settings.passwords else None
    if before is not None and before.authenticator is not None:
        return before.authenticator, passwords
    return Authenticator(settings, passwords) if settings.anybody else None, passwords


def _hop(generation: Generation) -> tuple[object, ...]:
    """All that the client of the next hop depends on."""
    return generation.settings.next_hop, generation.settings.server.hostname
