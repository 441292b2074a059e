"""What all sessions of one listener share: settings, services, counters, and answers that are worked out once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Protocol

from bartizan.model.offer import Offer
from bartizan.model.reply import Reply
from bartizan.smtpd.admission import Admission, Relaying
from bartizan.smtpd.settings import Services, SessionSettings
from bartizan.smtpd.tasks import Tasks

_LONGEST_TICK = 30.0


class Closable(Protocol):
    """A session, as far as closing down goes."""

    def leave_if_idle(self) -> None:
        """End with 421 unless a transaction is under way."""

    def leave_now(self) -> None:
        """End with 421, whatever is under way."""


class Office:
    """One for each listener; sessions put themselves into `sessions` and take themselves out."""

    def __init__(
        self,
        settings: SessionSettings,
        services: Services,
        loop: asyncio.AbstractEventLoop,
        admission: Admission | None = None,
    ) -> None:
        """`admission` is given where several offices of a process count together."""
        self.loop = loop
        self.admission = admission or Admission(settings.caps, settings.limits.message_bytes, services.meter)
        self.tasks = Tasks(loop)
        self.sessions: set[Closable] = set()
        self.draining = False
        self._hellos: dict[tuple[Offer, bool], bytes] = {}
        self._empty: asyncio.Future[None] | None = None
        self.renew(settings, services)

    def renew(self, settings: SessionSettings, services: Services) -> None:
        """Go by other settings from the next command on; what sessions hold and have said stays."""
        self.settings = settings
        self.services = services
        self.admission.renew(settings.caps, settings.limits.message_bytes)
        self.relaying = Relaying(settings.recipient_domains, settings.trusted)
        self.greeting = Reply(220, "", f"{settings.hostname} ESMTP").encode()
        times = settings.timeouts
        self.tick = min(_LONGEST_TICK, times.command, times.data_idle, times.grace, times.commit)
        """Seconds between two looks at a session's clock: not longer than any of the common timeouts."""
        self._hellos.clear()

    def size_limit(self, offer: Offer) -> int:
        """Largest message in bytes: ours, or the next hop's where that is less."""
        own = self.settings.limits.message_bytes
        return min(own, offer.size) if offer.size else own

    def offer(self) -> Offer:
        """What may be offered to a client now."""
        offer = self.services.offer()
        return offer if self.settings.dsn or not offer.dsn else replace(offer, dsn=False)

    def hello(self, offer: Offer, encrypted: bool) -> bytes:
        """The answer to EHLO, worked out once for each kind of session."""
        key = (offer, encrypted)
        answer = self._hellos.get(key)
        if answer is None:
            if len(self._hellos) > 100:
                self._hellos.clear()
            answer = self._hellos[key] = self._encode_hello(offer, encrypted)
        return answer

    def left(self, session: Closable) -> None:
        """A session is over."""
        self.sessions.discard(session)
        if not self.sessions and self._empty is not None and not self._empty.done():
            self._empty.set_result(None)

    async def emptied(self, seconds: float) -> bool:
        """Wait until the last session is over, at most so long; True when it is."""
        if self.sessions:
            self._empty = self.loop.create_future()
            await asyncio.wait((self._empty,), timeout=seconds)
        return not self.sessions

    def _encode_hello(self, offer: Offer, encrypted: bool) -> bytes:
        lines = [self.settings.hostname, f"SIZE {self.size_limit(offer)}", "PIPELINING", "ENHANCEDSTATUSCODES"]
        if offer.eight_bit:
            lines.append("8BITMIME")
        if offer.smtputf8:
            lines.append("SMTPUTF8")
        if offer.dsn:
            lines.append("DSN")
        if self.settings.tls is not None and not encrypted:
            lines.append("STARTTLS")
        first = "".join(f"250-{line}\r\n" for line in lines[:-1])
        return f"{first}250 {lines[-1]}\r\n".encode("ascii")
