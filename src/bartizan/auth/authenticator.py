"""Says whether who logs in may: the one face of this package for a session.

In: what sasl.Exchange made of the client's words, and where the client is. Out: accepted, with the login as the
password file or the auth service names it; refused (535); or later (454), because the peer or the login has to wait
after wrong passwords, or because nobody can say now. What is known already (a wait, a password that was right a moment
ago) is answered without suspending. A client that leaves before it is answered is counted as one with a wrong password:
otherwise it could have passwords compared without end.
Not here: the replies, TLS, reading the password file.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bartizan.auth.dovecot import Dovecot
from bartizan.auth.passwords import PasswordFile
from bartizan.auth.sasl import Mechanism
from bartizan.auth.senders import Senders
from bartizan.auth.throttle import Throttle
from bartizan.auth.verifier import Answer, Verifier
from bartizan.model.auth import AuthSettings, Credentials
from bartizan.model.clock import SYSTEM, Clock
from bartizan.model.envelope import Peer


@dataclass(frozen=True, slots=True)
class Accepted:
    """Logged in, as `login`."""

    login: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Wrong login or password; which of them is nobody's business."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not now; `reason` is for the log, never for the client. `seconds` to wait after wrong passwords, else 0."""

    reason: str
    seconds: float = 0.0


Outcome = Accepted | Refused | Later
_REFUSED = Refused()


class Authenticator:
    """One for each process, made before the lock-down; threads and connections begin with the first login."""

    __slots__ = ("_clock", "_passwords", "_senders", "_service", "_settings", "_throttle", "_verifier")

    def __init__(self, settings: AuthSettings, passwords: PasswordFile | None = None, clock: Clock = SYSTEM) -> None:
        """`passwords` is what stands in `settings.passwords`, None exactly if that is empty."""
        self._clock = clock
        self._throttle = Throttle(settings, clock)
        self._begin(settings, passwords)

    def _begin(self, settings: AuthSettings, passwords: PasswordFile | None) -> None:
        if (passwords is None) != (not settings.passwords):
            raise ValueError("a password file is configured or given, but not both")
        self._settings = settings
        self._passwords = passwords
        self._senders = Senders(settings)
        self._verifier = Verifier(settings.threads, settings.queue, settings.remember, self._clock)
        self._service = (
            Dovecot(settings.socket, settings.socket_timeout, settings.queue, self._clock) if settings.socket else None
        )

    @property
    def mechanisms(self) -> tuple[Mechanism, ...]:
        """What to offer, over TLS only; nothing when nobody may log in."""
        return tuple(Mechanism) if self._settings.anybody else ()

    async def renew(self, settings: AuthSettings, passwords: PasswordFile | None = None) -> None:
        """Go by another configuration or password file; wrong passwords stay counted, and what is under way ends."""
        if (
            settings == self._settings
        ):  # the verifier's memory knows passwords that have changed from those that have not
            self._passwords = passwords
            return
        verifier, service = self._verifier, self._service
        self._throttle.renew(settings)
        self._begin(settings, passwords)
        verifier.close()
        if service is not None:
            await service.close()

    async def check(self, credentials: Credentials, peer: Peer) -> Outcome:
        """May they log in from there?"""
        attempt = self._throttle.begin(peer.address, credentials.login)
        if isinstance(attempt, float):
            return Later("wrong passwords before", attempt)
        right: bool | None = None
        try:
            answer, login, reason = await self._ask(credentials, peer)
            right = None if answer is Answer.UNKNOWN else answer is Answer.RIGHT
        except asyncio.CancelledError:
            right = False
            raise
        finally:
            self._throttle.ended(attempt, right)
        if right is None:
            return Later(reason)
        return Accepted(login) if right else _REFUSED

    def may_send(self, login: str, sender: str) -> bool:
        """May `login` (of Accepted) give `sender` as the reverse path?"""
        return self._senders.allow(login, sender)

    async def close(self) -> None:
        """No more logins; whoever waits is answered Later."""
        self._verifier.close()
        if self._service is not None:
            await self._service.close()

    async def _ask(self, credentials: Credentials, peer: Peer) -> tuple[Answer, str, str]:
        """The answer, the login, and why there is none."""
        service = self._service
        if self._passwords is not None:
            answer, login = await self._passwords.check(credentials.login, credentials.password, self._verifier)
            return answer, login, "too many passwords to compare, or no memory for it"
        if service is not None:
            answer, login = await service.check(credentials, peer.address)
            return answer, login, service.reason
        return Answer.WRONG, "", ""
