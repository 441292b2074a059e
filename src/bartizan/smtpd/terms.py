"""The terms that one kind of client is served under: settings of its listener and class, answers worked out once.

A listener has one `Terms` for everybody and one more for each class of peers; the first class that knows a peer wins.
Not here: what sessions share (office.py), who may come in at all (admission.py).
"""

from __future__ import annotations

from dataclasses import replace

from bartizan.auth.authenticator import Authenticator
from bartizan.model.check import Check, Rulings
from bartizan.model.offer import Offer
from bartizan.model.reply import Reply
from bartizan.smtpd.admission import Relaying
from bartizan.smtpd.rates import Rates
from bartizan.smtpd.settings import Services, SessionSettings
from bartizan.smtpd.xclient import ATTRIBUTES

_LONGEST_TICK = 30.0
_MOST_HELLOS = 100


class Terms:
    """One for each listener and class; made anew when the configuration changes."""

    __slots__ = (
        "_hellos", "greeting", "rates", "relaying", "services", "settings", "strict_caps", "strict_timeouts", "tick",
    )  # fmt: skip

    def __init__(self, settings: SessionSettings, services: Services, rates: Rates | None = None) -> None:
        """`rates` count what a class with rates of its own does; None: as for everybody (admission.py)."""
        self.settings = settings
        self.services = services
        self.rates = rates
        self.relaying = Relaying(settings.recipient_domains, settings.trusted, settings.listed_domains)
        self.greeting = Reply(220, "", f"{settings.hostname} {'ESMTP' if settings.esmtp.ehlo else 'SMTP'}").encode()
        self.strict_timeouts = times = settings.strict_timeouts()
        self.strict_caps = settings.strict_caps()
        self.tick = min(_LONGEST_TICK, times.command, times.data_idle, times.grace, times.commit)
        """Seconds between two looks at a session's clock: not longer than any of the common timeouts."""
        self._hellos: dict[tuple[Offer, bool, bool], bytes] = {}

    @property
    def rulings(self) -> Rulings:
        """What is done about each check."""
        return self.settings.checks

    def on(self, *checks: Check) -> bool:
        """Is one of these carried out?"""
        return self.settings.checks.on(*checks)

    def size_limit(self, offer: Offer) -> int:
        """Largest message in bytes: ours, or the next hop's where that is less."""
        own = self.settings.largest_message or self.settings.limits.message_bytes
        return min(own, offer.size) if offer.size else own

    @property
    def sessions_per_peer(self) -> int:
        """Sessions of one peer that is not trusted."""
        return self.settings.peer_sessions or self.settings.caps.sessions_per_peer

    def offer(self) -> Offer:
        """What may be offered to a client now: what the next hop offers, as far as these terms let it."""
        offer, esmtp = self.services.offer(), self.settings.esmtp
        dsn = offer.dsn and esmtp.dsn and self.settings.dsn
        eight_bit = offer.eight_bit and esmtp.eight_bit
        smtputf8 = offer.smtputf8 and esmtp.smtputf8
        ours = (dsn, eight_bit, smtputf8, esmtp.size)
        if ours == (offer.dsn, offer.eight_bit, offer.smtputf8, offer.sized):
            return offer
        return replace(offer, dsn=dsn, eight_bit=eight_bit, smtputf8=smtputf8, sized=esmtp.size)

    def hello(self, offer: Offer, encrypted: bool, speaks_for_others: bool = False) -> bytes:
        """The answer to EHLO, worked out once for each kind of session."""
        key = (offer, encrypted, speaks_for_others)
        answer = self._hellos.get(key)
        if answer is None:
            if len(self._hellos) > _MOST_HELLOS:
                self._hellos.clear()
            answer = self._hellos[key] = self._encode_hello(*key)
        return answer

    @property
    def authenticator(self) -> Authenticator | None:
        """Who says whether a client may log in; None where nobody may."""
        return self.services.authenticator if self.settings.esmtp.auth else None

    def _encode_hello(self, offer: Offer, encrypted: bool, speaks_for_others: bool) -> bytes:
        esmtp = self.settings.esmtp
        mechanisms = self.authenticator.mechanisms if self.authenticator is not None and encrypted else ()
        offered = {
            f"SIZE {self.size_limit(offer)}": offer.sized,
            "PIPELINING": esmtp.pipelining,
            "ENHANCEDSTATUSCODES": True,
            "8BITMIME": offer.eight_bit,
            "SMTPUTF8": offer.smtputf8,
            "DSN": offer.dsn,
            "CHUNKING": esmtp.chunking,
            "ETRN": esmtp.etrn,
            f"AUTH {' '.join(mechanisms)}": bool(mechanisms),
            f"XCLIENT {' '.join(ATTRIBUTES)}": speaks_for_others,
            "STARTTLS": esmtp.starttls and self.settings.tls is not None and not encrypted,
        }
        lines = [self.settings.hostname, *(line for line, is_offered in offered.items() if is_offered)]
        first = "".join(f"250-{line}\r\n" for line in lines[:-1])
        return f"{first}250 {lines[-1]}\r\n".encode("ascii")
