"""What all sessions of one listener share: the terms they are served under, services, counters, what is under way."""

from __future__ import annotations

import asyncio
from typing import Protocol

from bartizan.model.envelope import Peer
from bartizan.model.rates import RateSettings
from bartizan.smtpd.admission import Admission, among
from bartizan.smtpd.rates import Rates
from bartizan.smtpd.settings import Network, Services, SessionSettings
from bartizan.smtpd.tasks import Tasks
from bartizan.smtpd.terms import Terms


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
        self.admission = admission or Admission(
            settings.caps, settings.limits.message_bytes, services.meter, settings.rates, settings.stress
        )
        self.tasks = Tasks(loop)
        self.sessions: set[Closable] = set()
        self.draining = False
        self.edition = 0
        """Counts the changes of settings."""
        self._classes: tuple[tuple[tuple[Network, ...], Terms], ...] = ()
        self._empty: asyncio.Future[None] | None = None
        self.renew(settings, services)

    def renew(self, settings: SessionSettings, services: Services) -> None:
        """Go by other settings from the next transaction on; what sessions hold and have said stays."""
        self.services = services
        self.edition += 1
        self.admission.renew(settings.caps, settings.limits.message_bytes, settings.rates, settings.stress)
        self.terms = Terms(settings, services)
        """For everybody who is in no class."""
        kept = {one.settings.rates: one.rates for _, one in self._classes if one.rates is not None}
        self._classes = tuple(
            (one.networks, Terms(one.settings, services, self._own_rates(one.settings, kept)))
            for one in settings.classes
        )

    def terms_for(self, peer: Peer) -> Terms:
        """What `peer` is served under."""
        for networks, terms in self._classes:
            if among(peer.address, networks):
                return terms
        return self.terms

    def rates_for(self, terms: Terms) -> Rates:
        """What peers who are served under these terms do in a minute."""
        return terms.rates or self.admission.rates

    def _own_rates(self, settings: SessionSettings, kept: dict[RateSettings, Rates]) -> Rates | None:
        """Of a class: None where they are those of everybody; what peers did before stays counted if it is among
        `kept`."""
        rates = settings.rates
        if rates == self.terms.settings.rates:
            return None
        return kept.setdefault(rates, Rates(rates))

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
